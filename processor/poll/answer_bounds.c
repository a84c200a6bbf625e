/* What may bound a range of choices, and what a range holds: see answer_choices.h. */
#include "poll/answer_choices.h"

/* All choices from the first to the last of two sets, by number or by date. */
uint64_t choices_between(const struct answer_question *question, const struct token *a, const struct token *b)
{
    if (a->origin != TOKEN_NUMBER || b->origin != TOKEN_NUMBER)
        return choices_bounded(question, a->set, true) & choices_bounded(question, b->set, false);
    uint64_t low = a->set;
    uint64_t high = b->set;
    return low && high && low <= high ? (high | (high - 1)) & ~(low - 1) : 0;
}

/* A bound is one day, of which the poll holds no other: not 午後から, 最後まで, 火曜まで over several weeks. */
bool choices_can_bound(const struct answer_question *question, const struct token *set)
{
    enum { WEEK = 7, SHORTEST_MONTH = 28 };
    if (!choices_one_day(question, set->set) || set->within)
        return false;
    switch (set->origin) {
    case TOKEN_DATE:
        return true;
    case TOKEN_DAY:
        return !choices_recur(question, set->set, SHORTEST_MONTH);
    case TOKEN_WEEKDAY:
        return !choices_recur(question, set->set, WEEK);
    default:
        return false;
    }
}

/* One option by its number, which is no day of the poll as well. */
bool choices_is_option(const struct answer_question *question, const struct token *set)
{
    if (set->bad || choices_count(set->set) != 1 || set->flags & (SET_LIST | SET_MERGED))
        return false;
    int number = choices_number(question, (size_t)__builtin_ctzll(set->set));
    for (size_t i = 0; i < question->choice_count; i++)
        if (question->choices[i].start.day == number || question->choices[i].start.hour == number)
            return false;
    return true;
}

uint64_t choices_of_day(const struct answer_question *question, uint64_t set)
{
    return choices_bounded(question, set, true) & choices_bounded(question, set, false);
}
