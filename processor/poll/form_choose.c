/* Choosing by words: see form_choose.h. */
#include "poll/form_choose.h"

#include <string.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/memory.h"

/* A clause, and what the sentence before it held. */
struct clause {
    uint64_t refs;
    size_t first;    /* its words */
    bool is_strange; /* a word that nobody knows, or that leaves things open */
    bool is_negative;
    bool has_or;
    bool has_all;
    bool excepts; /* what follows */
};

struct walk {
    struct choosing *choosing;
    const struct form_question *question;
    const struct form_words *words;
    double first_number;
    size_t count;
    struct clause clause;
    bool sentence_chose;
    bool sentence_doubts; /* a negation or doubt that stands for itself */
    bool in_reason;       /* what follows in this sentence is one */
    uint64_t excepted;
    bool has_except;
};

static uint64_t bit(size_t place)
{
    return (uint64_t)1 << place;
}

static void add_comment(struct walk *walk, size_t first, size_t end)
{
    char *text = form_words_quote(NULL, walk->words, first, end);
    if (walk->choosing->comment->length && *text)
        buffer_add_byte(walk->choosing->comment, '\n');
    buffer_add_text(walk->choosing->comment, text);
    talloc_free(text);
}

static void end_clause(struct walk *walk, size_t end)
{
    struct clause *clause = &walk->clause;
    struct choosing *choosing = walk->choosing;
    bool names = clause->refs || clause->has_all;
    if (names && (clause->is_strange || (clause->has_or && (clause->refs & (clause->refs - 1)))))
        choosing->doubt = true;
    if (names) {
        walk->sentence_chose = true;
        if (clause->is_negative && clause->has_all)
            choosing->doubt = true;
        else if (clause->excepts)
            walk->excepted |= clause->refs;
        else if (clause->is_negative)
            choosing->refused |= clause->refs;
        else
            choosing->chosen |= clause->refs;
        choosing->is_all |= clause->has_all && !clause->is_negative;
    } else if (clause->is_negative) {
        walk->sentence_doubts = true;
    }
    if (!names && (clause->is_strange || clause->is_negative))
        add_comment(walk, clause->first, end);
    *clause = (struct clause){.first = end + 1};
}

static void end_sentence(struct walk *walk, size_t end)
{
    if (walk->in_reason)
        add_comment(walk, walk->clause.first, end);
    else
        end_clause(walk, end);
    walk->clause = (struct clause){.first = end + 1};
    walk->choosing->doubt |= walk->sentence_chose && walk->sentence_doubts;
    walk->sentence_chose = walk->sentence_doubts = walk->in_reason = false;
}

/* What stood before in the clause is excepted: 「1と3以外」 */
static void except_before(struct walk *walk)
{
    walk->has_except = true;
    walk->choosing->doubt |= walk->clause.is_strange;
    walk->excepted |= walk->clause.refs | walk->choosing->chosen;
    walk->choosing->chosen = walk->clause.refs = 0;
    walk->sentence_chose = true;
}

/* The choice that a number names; count: none does. */
static size_t place_of(const struct walk *walk, const struct form_word *word)
{
    double place = word->number - walk->first_number;
    if (word->is_decimal || place < 0 || place >= (double)walk->count)
        return walk->count;
    return (size_t)place;
}

static const struct form_word *word_at(const struct walk *walk, size_t i)
{
    static const struct form_word end = {.kind = FORM_WORD_STOP, .ends_line = true};
    return i < walk->words->count ? &walk->words->list[i] : &end;
}

/* The choice that a word names; count: none. */
static size_t reference(const struct walk *walk, size_t i)
{
    const struct form_word *word = word_at(walk, i);
    if (word->kind == FORM_WORD_CHOICE)
        return word->place;
    if (word->kind == FORM_WORD_NUMBER || word->kind == FORM_WORD_STARS)
        return place_of(walk, word);
    return walk->count;
}

static bool is_reference(const struct walk *walk, size_t i)
{
    return reference(walk, i) < walk->count;
}

static size_t line_end(const struct walk *walk, size_t i)
{
    while (!(word_at(walk, i)->kind == FORM_WORD_STOP && word_at(walk, i)->ends_line))
        i++;
    return i;
}

/* Words of one's own behind 「その他」: in brackets, behind a colon, or simply more than is known. Returns where they
 * end. */
static size_t take_other(struct walk *walk, size_t i)
{
    size_t next = i + 1;
    enum form_word_kind kind = word_at(walk, next)->kind;
    if (kind == FORM_WORD_REMARK) {
        char *text = form_words_quote(walk->choosing, walk->words, next, next + 1);
        static const char *const brackets[] = {"(", "（", ")", "）"};
        for (size_t j = 0; j < 2; j++)
            if (strncmp(text, brackets[j], strlen(brackets[j])) == 0)
                text += strlen(brackets[j]);
        size_t length = strlen(text);
        for (size_t j = 2; j < 4; j++)
            if (length >= strlen(brackets[j]) && strcmp(text + length - strlen(brackets[j]), brackets[j]) == 0)
                length -= strlen(brackets[j]);
        walk->choosing->other = memory_copy_bytes(walk->choosing, text, length);
        return next + 1;
    }
    bool is_more = (kind == FORM_WORD_UNKNOWN || kind == FORM_WORD_QUANTITY) && !word_at(walk, next)->glued;
    bool is_open = kind == FORM_WORD_COLON || is_more;
    if (!is_open)
        return next;
    size_t end = line_end(walk, next);
    size_t start = next + (kind == FORM_WORD_COLON);
    if (start < end)
        walk->choosing->other = form_words_quote(walk->choosing, walk->words, start, end);
    return end;
}

/* 1-3, between two numbers; returns the words taken, 0: it is none. */
static size_t take_range(struct walk *walk, size_t i)
{
    if (word_at(walk, i + 1)->kind != FORM_WORD_RANGE || !is_reference(walk, i) || !is_reference(walk, i + 2))
        return 0;
    size_t low = reference(walk, i);
    size_t high = reference(walk, i + 2);
    walk->choosing->by_range = true;
    walk->choosing->doubt |= high <= low;
    for (size_t place = low; place <= high; place++)
        walk->clause.refs |= bit(place);
    return 3;
}

/* A number beside the top of its scale is that top: 4/5, 4 out of 5, 5点満点で4. */
static bool is_top(const struct walk *walk, size_t i)
{
    const struct form_question *question = walk->question;
    if (question->kind != FORM_SCALE || word_at(walk, i)->kind != FORM_WORD_NUMBER ||
        word_at(walk, i)->number < question->high || word_at(walk, i)->number > question->high)
        return false;
    enum form_word_kind before = i > 0 ? word_at(walk, i - 1)->kind : FORM_WORD_STOP;
    bool divides = (before == FORM_WORD_SLASH || before == FORM_WORD_OUT_OF) && i > 1 && is_reference(walk, i - 2);
    return divides || word_at(walk, i + 1)->kind == FORM_WORD_OUT_OF;
}

static size_t take_reference(struct walk *walk, size_t i)
{
    if (is_top(walk, i))
        return 1;
    size_t taken = take_range(walk, i);
    if (taken)
        return taken;
    size_t place = reference(walk, i);
    if (place == walk->count) { /* no such choice */
        walk->choosing->doubt = true;
        walk->clause.is_strange = true;
        return 1;
    }
    walk->clause.refs |= bit(place);
    bool is_other = walk->question->kind != FORM_SCALE && walk->question->choices[place].is_other;
    return is_other ? take_other(walk, i) - i : 1;
}

/* A dash or 「から」 that joins no choices ends a clause, or gives a reason. */
static void take_loose_range(struct walk *walk, size_t i)
{
    const struct form_word *word = word_at(walk, i);
    bool is_reason = strncmp(walk->words->folded->text + word->start, "から", word->end - word->start) == 0;
    if (word_at(walk, i + 1)->kind == FORM_WORD_NUMBER || word_at(walk, i + 1)->kind == FORM_WORD_CHOICE)
        walk->clause.is_strange = true;
    else if (is_reason)
        walk->in_reason = true;
    else
        end_clause(walk, i);
}

/* 「山が近いので2」: what was said so far is the reason, unless it names the choice. */
static void take_reason(struct walk *walk, size_t i)
{
    if (walk->clause.refs || walk->sentence_chose) {
        walk->in_reason = true;
        end_clause(walk, i);
    } else {
        add_comment(walk, walk->clause.first, i + 1);
        walk->clause = (struct clause){.first = i + 1};
    }
}

/* Words beside the choice: reasons, remarks, doubt, and what is strange here. */
static void take_aside(struct walk *walk, size_t i)
{
    struct clause *clause = &walk->clause;
    switch (word_at(walk, i)->kind) {
    case FORM_WORD_REASON:
        take_reason(walk, i);
        break;
    case FORM_WORD_REMARK:
        add_comment(walk, i, i + 1);
        break;
    case FORM_WORD_DOUBT:
        walk->sentence_doubts = true;
        clause->is_strange = true;
        break;
    case FORM_WORD_UNSURE:
        walk->choosing->doubt = true;
        clause->is_strange = true;
        break;
    case FORM_WORD_UNKNOWN:
    case FORM_WORD_QUANTITY:
    case FORM_WORD_QUESTION:
    case FORM_WORD_ABOUT:
    case FORM_WORD_RANK:
    case FORM_WORD_BEFORE:
    case FORM_WORD_EQUAL:
    case FORM_WORD_SKIP:
        clause->is_strange = true;
        break;
    default: /* words that only join others */
        break;
    }
}

/* Takes the word at `i` and returns how many were taken. */
static size_t take(struct walk *walk, size_t i)
{
    struct clause *clause = &walk->clause;
    switch (word_at(walk, i)->kind) {
    case FORM_WORD_CHOICE:
    case FORM_WORD_NUMBER:
    case FORM_WORD_STARS:
        return take_reference(walk, i);
    case FORM_WORD_COMMA:
        if (i > 0 && word_at(walk, i - 1)->kind == FORM_WORD_TOPIC && clause->refs)
            return 1;
        end_clause(walk, i);
        return 1;
    case FORM_WORD_BUT:
        end_clause(walk, i);
        return 1;
    case FORM_WORD_STOP:
        end_sentence(walk, i);
        return 1;
    case FORM_WORD_OR:
        clause->has_or = true;
        clause->is_strange |= !is_reference(walk, i + 1); /* 「2か」: a question */
        return 1;
    case FORM_WORD_RANGE:
        take_loose_range(walk, i);
        return 1;
    case FORM_WORD_EXCEPT:
        except_before(walk);
        return 1;
    case FORM_WORD_ALLBUT:
        walk->has_except = true;
        clause->excepts = true;
        return 1;
    case FORM_WORD_ALL:
        clause->has_all = true;
        return 1;
    case FORM_WORD_NONE:
        walk->choosing->is_none = true;
        return 1;
    case FORM_WORD_NOT:
        clause->is_negative = true;
        if (is_reference(walk, i + 1) && clause->refs) /* 「2ではなく3」 */
            end_clause(walk, i);
        return 1;
    default:
        take_aside(walk, i);
        return 1;
    }
}

/* What has been excepted makes all the rest chosen, but not 「その他」: nobody means that by it. */
static void complement(struct walk *walk)
{
    struct choosing *choosing = walk->choosing;
    choosing->doubt |= choosing->chosen || choosing->refused || !walk->excepted;
    choosing->is_complement = true;
    for (size_t i = 0; i < walk->count; i++)
        if (!(walk->excepted & bit(i)) && !walk->question->choices[i].is_other)
            choosing->chosen |= bit(i);
}

struct choosing *form_choose(const void *context, const struct form_question *question, const struct form_words *words,
                             double first, size_t count)
{
    struct choosing *choosing = memory_new(context, struct choosing);
    choosing->comment = buffer_new(choosing, 4 * LIMIT_TEXT_BYTES);
    struct walk walk = {
        .choosing = choosing, .question = question, .words = words, .first_number = first, .count = count};
    for (size_t i = 0; i < words->count;) {
        if (walk.in_reason && words->list[i].kind != FORM_WORD_STOP)
            i++;
        else
            i += take(&walk, i);
    }
    end_sentence(&walk, words->count);
    if (walk.has_except && question->kind != FORM_SCALE)
        complement(&walk);
    else
        choosing->doubt |= walk.has_except;
    choosing->doubt |= (choosing->chosen & choosing->refused) != 0;
    return choosing;
}
