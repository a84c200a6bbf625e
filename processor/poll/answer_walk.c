/* Choices by what they are, and writing sets over tokens: see answer_walk.h and answer_choices.h. */
#include "poll/answer_walk.h"

#include <stdlib.h>
#include <string.h>

#include "text/almanac.h"

enum { NOON = 12 };

uint64_t choices_all(const struct answer_question *question)
{
    return question->choice_count >= 64 ? UINT64_MAX : ((uint64_t)1 << question->choice_count) - 1;
}

int choices_count(uint64_t set)
{
    return __builtin_popcountll(set);
}

const struct token *walk_peek(const struct walk *walk, size_t ahead)
{
    static const struct token nothing = {.kind = TOKEN_PARAGRAPH};
    size_t at = walk->at + ahead;
    return at < walk->tokens->count ? &walk->tokens->list[at] : &nothing;
}

enum token_kind walk_kind(const struct walk *walk, size_t ahead)
{
    return walk_peek(walk, ahead)->kind;
}

bool walk_is_text(const struct walk *walk, const struct token *token, const char *text)
{
    size_t length = strlen(text);
    return token->end - token->start == length && memcmp(walk->tokens->folded->text + token->start, text, length) == 0;
}

/* ----- sets by what a choice is ----- */

static bool spans_day(const struct when *choice, int month, int day)
{
    if (choice->start.day == day && (month == 0 || choice->start.month == month))
        return true;
    return choice->all_day && choice->has_end && choice->end.day == day && (month == 0 || choice->end.month == month);
}

static bool is_in_part(const struct when *choice, int part)
{
    if (choice->all_day)
        return false;
    int end = choice->has_end && civil_same_day(choice->start, choice->end) ? choice->end.hour * 60 + choice->end.minute
                                                                            : choice->start.hour * 60;
    return part ? choice->start.hour >= NOON : choice->start.hour < NOON && end <= (NOON + 1) * 60;
}

static bool has_property(const struct answer_question *question, size_t i, enum property property, int value)
{
    const struct when *choice = &question->choices[i];
    switch (property) {
    case BY_NUMBER:
        return choices_number(question, i) == value;
    case BY_DAY:
        return spans_day(choice, 0, value);
    case BY_DATE:
        return spans_day(choice, value / 100, value % 100);
    case BY_MONTH:
        return choice->start.month == value;
    case BY_WEEKDAY:
        return civil_weekday(choice->start) == value;
    case BY_PART:
        return is_in_part(choice, value);
    case BY_START:
        return !choice->all_day && choice->start.hour * 60 + choice->start.minute == value;
    }
    return false;
}

uint64_t walk_find(const struct walk *walk, enum property property, int value)
{
    uint64_t set = 0;
    for (size_t i = 0; i < walk->question->choice_count; i++)
        if (has_property(walk->question, i, property, value))
            set |= (uint64_t)1 << i;
    return set;
}

uint64_t walk_find_range(const struct walk *walk, int start, int end)
{
    uint64_t set = 0;
    for (size_t i = 0; i < walk->question->choice_count; i++) {
        const struct when *choice = &walk->question->choices[i];
        if (has_property(walk->question, i, BY_START, start) && choice->has_end &&
            choice->end.hour * 60 + choice->end.minute == end)
            set |= (uint64_t)1 << i;
    }
    return set;
}

uint64_t walk_find_lessons(const struct walk *walk, int first, int last, uint64_t among)
{
    const struct almanac_hours *begin = almanac_find_lesson(walk->question->almanac, first);
    const struct almanac_hours *finish = almanac_find_lesson(walk->question->almanac, last);
    uint64_t set = 0;
    if (!begin || !finish || last < first)
        return 0;
    for (size_t i = 0; i < walk->question->choice_count; i++) {
        const struct when *choice = &walk->question->choices[i];
        if (!(among >> i & 1))
            continue;
        int start = choice->start.hour * 60 + choice->start.minute;
        int end = choice->has_end ? choice->end.hour * 60 + choice->end.minute : start + 1;
        bool is_long = choice->all_day || (choice->has_end && !civil_same_day(choice->start, choice->end));
        if (is_long || (start < finish->end && end > begin->start && !(start >= begin->start && end <= finish->end)))
            return 0;
        if (start >= begin->start && end <= finish->end)
            set |= (uint64_t)1 << i;
    }
    return set;
}

uint64_t walk_find_nth_day(const struct walk *walk, int n)
{
    int seen = 0;
    for (size_t i = 0; i < walk->question->choice_count; i++) {
        const struct civil start = walk->question->choices[i].start;
        if (i == 0 || !civil_same_day(walk->question->choices[i - 1].start, start))
            seen++;
        if (seen == n)
            return walk_find(walk, BY_DATE, start.month * 100 + start.day);
    }
    return 0;
}

bool choices_one_day(const struct answer_question *question, uint64_t set)
{
    const struct when *first = NULL;
    for (size_t i = 0; i < question->choice_count; i++) {
        if (!(set >> i & 1))
            continue;
        if (first && !civil_same_day(first->start, question->choices[i].start))
            return false;
        first = &question->choices[i];
    }
    return true;
}

bool choices_recur(const struct answer_question *question, uint64_t set, long days)
{
    if (!set)
        return false;
    long day = civil_day_number(question->choices[__builtin_ctzll(set)].start);
    for (size_t i = 0; i < question->choice_count; i++)
        if (labs(civil_day_number(question->choices[i].start) - day) >= days)
            return true;
    return false;
}

uint64_t choices_bounded(const struct answer_question *question, uint64_t set, bool later)
{
    uint64_t bounded = set;
    for (size_t i = 0; i < question->choice_count; i++)
        for (size_t j = 0; j < question->choice_count; j++) {
            if (!(set >> j & 1))
                continue;
            long difference = civil_day_number(question->choices[i].start) -
                              civil_day_number(question->choices[j].start);
            if (later ? difference >= 0 : difference <= 0)
                bounded |= (uint64_t)1 << i;
        }
    return bounded;
}

struct token *walk_put_set(struct walk *walk, size_t count, uint64_t set, bool bad)
{
    struct token token = *walk_peek(walk, 0);
    token.end = walk_peek(walk, count - 1)->end;
    token.origin = token.kind;
    token.kind = TOKEN_SET;
    token.flags &= WORD_IMPLIES;
    token.set = bad ? 0 : set;
    token.bad = bad || !set;
    walk->at += count;
    walk->tokens->list[walk->written] = token;
    return &walk->tokens->list[walk->written++];
}

void walk_keep(struct walk *walk, enum token_kind kind)
{
    struct token token = *walk_peek(walk, 0);
    token.kind = kind;
    walk->at++;
    walk->tokens->list[walk->written++] = token;
}
