/*
 * A ranking: choices in order, the best first. Either a list in that order (3 > 1 > 2; B、A、C) or ranks with their
 * choices (1位: B, 2位: A); numbers on both sides (1:3) count only when both ways of reading them agree.
 */
#include <string.h>

#include "base/memory.h"
#include "poll/form_words.h"

struct ranking {
    const struct form_question *question;
    const struct form_words *words;
    size_t *order; /* of choices, as they are named */
    size_t count;
    size_t *at;   /* the choice of each rank; choice_count: none */
    size_t ranks; /* how many are given so */
    size_t rank;  /* that waits for its choice, 0: none */
    size_t last;  /* the choice that stood last in this clause; choice_count: none */
    bool doubt;
    bool is_strange;
    bool has_choice; /* the line names any */
};

static void put(struct ranking *ranking, size_t rank, size_t place)
{
    size_t count = ranking->question->choice_count;
    if (rank < 1 || rank > count || (ranking->at[rank - 1] != count && ranking->at[rank - 1] != place)) {
        ranking->doubt = true;
        return;
    }
    ranking->ranks += ranking->at[rank - 1] == count;
    ranking->at[rank - 1] = place;
}

static void name_choice(struct ranking *ranking, size_t place)
{
    ranking->has_choice = true;
    if (place >= ranking->question->choice_count || ranking->count == ranking->question->choice_count) {
        ranking->doubt = true;
        return;
    }
    if (ranking->rank) {
        put(ranking, ranking->rank, place);
        ranking->rank = 0;
    }
    ranking->order[ranking->count++] = place;
    ranking->last = place;
}

/* "312": the digits of a whole ranking in one word. */
static bool take_run(struct ranking *ranking, const struct form_word *word)
{
    size_t count = ranking->question->choice_count;
    const char *text = ranking->words->folded->text + word->start;
    size_t length = word->end - word->start;
    if (ranking->count || length < 3 || length != count || count > 9 || strspn(text, "123456789") < length)
        return false;
    for (size_t i = 0; i < length; i++)
        name_choice(ranking, (size_t)(text[i] - '1'));
    return true;
}

static void take_number(struct ranking *ranking, size_t i)
{
    const struct form_word *word = &ranking->words->list[i];
    const struct form_word *before = i > 0 ? word - 1 : NULL;
    bool is_joined = before && (before->kind == FORM_WORD_COLON || before->kind == FORM_WORD_EQUAL);
    bool stands_beside = before && before->kind == FORM_WORD_CHOICE;
    if (word->is_decimal || word->number < 1) {
        ranking->doubt = true;
    } else if (ranking->last < ranking->question->choice_count &&
               (stands_beside || (is_joined && i > 1 && word[-2].kind == FORM_WORD_CHOICE))) {
        put(ranking, (size_t)word->number, ranking->last); /* りんご2 */
    } else if (is_joined && !ranking->rank) {
        ranking->doubt = true; /* 1:3 */
    } else if (!take_run(ranking, word)) {
        name_choice(ranking, (size_t)word->number - 1);
    }
}

static void end_clause(struct ranking *ranking)
{
    ranking->doubt |= ranking->is_strange && ranking->has_choice;
    ranking->is_strange = ranking->has_choice = false;
    ranking->last = ranking->question->choice_count;
}

static void take(struct ranking *ranking, size_t i)
{
    const struct form_word *word = &ranking->words->list[i];
    switch (word->kind) {
    case FORM_WORD_CHOICE:
        name_choice(ranking, word->place);
        break;
    case FORM_WORD_NUMBER:
        take_number(ranking, i);
        break;
    case FORM_WORD_RANK:
        if (ranking->last < ranking->question->choice_count && !ranking->rank &&
            (i + 1 == ranking->words->count || (word[1].kind != FORM_WORD_CHOICE && word[1].kind != FORM_WORD_COLON &&
                                                word[1].kind != FORM_WORD_NUMBER && word[1].kind != FORM_WORD_TOPIC)))
            put(ranking, (size_t)word->number, ranking->last); /* Bが1位 */
        else
            ranking->rank = (size_t)word->number;
        break;
    case FORM_WORD_STOP:
        end_clause(ranking);
        break;
    case FORM_WORD_OR:
    case FORM_WORD_NOT:
    case FORM_WORD_DOUBT:
    case FORM_WORD_UNSURE:
    case FORM_WORD_EXCEPT:
    case FORM_WORD_ALLBUT:
    case FORM_WORD_QUANTITY:
    case FORM_WORD_ALL:
    case FORM_WORD_NONE:
        ranking->doubt = true;
        break;
    case FORM_WORD_UNKNOWN:
    case FORM_WORD_QUESTION:
    case FORM_WORD_ABOUT:
        ranking->is_strange = true;
        break;
    case FORM_WORD_EQUAL: { /* A=B: a tie */
        bool is_rank = i + 1 < ranking->words->count && word[1].kind == FORM_WORD_NUMBER;
        ranking->doubt |= !is_rank && !ranking->rank;
        break;
    }
    default:
        break;
    }
}

/* The order out of ranks, when ranks were given: all choices then have one. */
static bool order_by_rank(struct ranking *ranking)
{
    size_t count = ranking->question->choice_count;
    if (!ranking->ranks)
        return true;
    bool whole = ranking->ranks == ranking->count;
    for (size_t i = 0; whole && i < ranking->ranks; i++) {
        whole = ranking->at[i] != count;
        ranking->order[i] = ranking->at[i];
    }
    return whole;
}

static bool is_repeated(const struct ranking *ranking)
{
    for (size_t i = 0; i < ranking->count; i++)
        for (size_t j = 0; j < i; j++)
            if (ranking->order[i] == ranking->order[j])
                return true;
    return false;
}

/* When only the last is left, it is the last. */
static bool complete(struct ranking *ranking)
{
    size_t count = ranking->question->choice_count;
    if (ranking->count + 1 != count)
        return false;
    for (size_t place = 0; place < count; place++) {
        bool is_named = false;
        for (size_t i = 0; i < ranking->count; i++)
            is_named |= ranking->order[i] == place;
        if (!is_named)
            ranking->order[ranking->count] = place;
    }
    ranking->count++;
    return true;
}

void form_read_ranking(struct form_response *response, const struct form_question *question,
                       const struct form_words *words)
{
    struct ranking ranking = {.question = question, .words = words, .last = question->choice_count};
    ranking.order = memory_array(response, size_t, question->choice_count);
    ranking.at = memory_array(response, size_t, question->choice_count);
    for (size_t i = 0; i < question->choice_count; i++)
        ranking.at[i] = question->choice_count;
    for (size_t i = 0; i < words->count; i++)
        take(&ranking, i);
    end_clause(&ranking);
    size_t wanted = question->most ? question->most : question->choice_count;
    bool well = !ranking.doubt && !ranking.rank && ranking.count && order_by_rank(&ranking) && !is_repeated(&ranking);
    if (well && ranking.count < wanted && wanted == question->choice_count && question->choice_count > 2 &&
        complete(&ranking))
        response->verdict = ANSWER_INFERRED;
    if (!well || ranking.count < wanted || (question->most && ranking.count > question->most)) {
        form_doubt(response, words->source);
        return;
    }
    response->chosen = memory_resize(response, ranking.order, size_t, ranking.count);
}
