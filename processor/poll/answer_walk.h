/*
 * A walk over the tokens of an answer that writes sets of choices back over them: what answer_choices.c and answer_days.c
 * share. Nothing else needs it.
 */
#ifndef KAIRAN_POLL_ANSWER_WALK_H
#define KAIRAN_POLL_ANSWER_WALK_H

#include "poll/answer_choices.h"

struct walk {
    struct tokens *tokens;
    const struct answer_question *question;
    size_t at;
    size_t written;
    uint64_t narrowed; /* the choices of the date that 午前 narrowed: 午後 after it means the same date */
    int month;         /* of the date before, in this line: 5日 after 4/3 is of April */
    bool writes_dates; /* 3/5(木) was read: 3/10 is a date, too */
};

/* What a choice is. BY_DATE: month × 100 + day; BY_PART: 0 morning, 1 afternoon; BY_START: minutes since midnight. */
enum property { BY_NUMBER, BY_DAY, BY_DATE, BY_MONTH, BY_WEEKDAY, BY_PART, BY_START };

/* The token so many behind the present one; an end of all behind the last. */
const struct token *walk_peek(const struct walk *walk, size_t ahead);
enum token_kind walk_kind(const struct walk *walk, size_t ahead);

/* Whether a token is this word. */
bool walk_is_text(const struct walk *walk, const struct token *token, const char *text);

/* The choices with a property. */
uint64_t walk_find(const struct walk *walk, enum property property, int value);

/* Those from one time of day to another, in minutes. */
uint64_t walk_find_range(const struct walk *walk, int start, int end);

/* Those of `among` that lie within the hours from the first to the last lesson; 0 when one of them only partly does. */
uint64_t walk_find_lessons(const struct walk *walk, int first, int last, uint64_t among);

/* Those of the n-th distinct date. */
uint64_t walk_find_nth_day(const struct walk *walk, int n);

/* Takes `count` tokens away and puts a set in their place. */
struct token *walk_put_set(struct walk *walk, size_t count, uint64_t set, bool bad);

/* Takes one token and puts it back as one of another kind. */
void walk_keep(struct walk *walk, enum token_kind kind);

/* Dates and weekdays, in answer_days.c: each takes what begins at the present token; a bool tells whether it did. */
bool walk_resolve_weekday_or_english(struct walk *walk);
void walk_resolve_date(struct walk *walk);
void walk_resolve_day(struct walk *walk);
/* Whether a number that is no option is a day by what stands behind it: 20(火), 20午前. */
bool walk_is_day_without_unit(const struct walk *walk);

void walk_resolve_month(struct walk *walk);

/* A time of day behind a date narrows its set: 午後, 13:00, 13:00-15:00, 13-15. Returns the tokens it takes. */
size_t walk_narrow_by_time(struct walk *walk, size_t ahead, uint64_t *set);

#endif
