/*
 * Which choices are meant: numbers, dates, weekdays, times of day and positions become sets of choices of this poll;
 * lists, ranges and exceptions of them become one set. A reference that fits no choice, or fits two that differ, is
 * bad.
 */
#ifndef KAIRAN_POLL_ANSWER_CHOICES_H
#define KAIRAN_POLL_ANSWER_CHOICES_H

#include "poll/answer_tokens.h"

/* Rewrites `tokens`: every reference to choices becomes a TOKEN_SET. */
void choices_resolve(struct tokens *tokens, const struct answer_question *question);

/*
 * Rewrites them once more: lists, ranges, 以外 and the like become single sets, remarks in brackets TOKEN_NOTE, and a
 * time that bounds (11時まで) stays TOKEN_TIME, with TIME_FROM or TIME_UNTIL in its flags. Noise and brackets go.
 */
void choices_join(struct tokens *tokens, const struct answer_question *question);

/* All choices as a set. */
uint64_t choices_all(const struct answer_question *question);

/* The number that people call a choice by, and the largest one. */
static inline int choices_number(const struct answer_question *question, size_t choice)
{
    return question->numbers ? question->numbers[choice] : (int)choice + 1;
}
static inline int choices_last_number(const struct answer_question *question)
{
    return question->choice_count ? choices_number(question, question->choice_count - 1) : 0;
}

/* Whether all choices of a set are on the same day. */
bool choices_one_day(const struct answer_question *question, uint64_t set);

/* Whether the poll reaches so many days beyond a day: 火曜以降 may mean that of another week. */
bool choices_recur(const struct answer_question *question, uint64_t set, long days);

/* The choices of `set` together with all before it (`later` false) or after it on the calendar. */
uint64_t choices_bounded(const struct answer_question *question, uint64_t set, bool later);

/* All choices from the first of two references to the last, by number or by date; 0: none. */
uint64_t choices_between(const struct answer_question *question, const struct token *a, const struct token *b);

/* Whether a reference to days can be the end of a range: one day of which the poll holds no other. */
bool choices_can_bound(const struct answer_question *question, const struct token *set);

/* Whether a reference is one option by its number, which is no day or hour of the poll as well. */
bool choices_is_option(const struct answer_question *question, const struct token *set);

/* The choices on the days of those of a set, when these are of one day. */
uint64_t choices_of_day(const struct answer_question *question, uint64_t set);

/* How many choices a set holds. */
int choices_count(uint64_t set);

#endif
