/*
 * Counting: votes in, counts and a ranking out. Pure. The order (understanding of "best"): a date that a required
 * person cannot come to goes behind; then most ○ and △ together, most ○, fewest unanswered, most ◎, earliest.
 */
#ifndef KAIRAN_POLL_TALLY_H
#define KAIRAN_POLL_TALLY_H

#include <stdbool.h>
#include <stddef.h>

#include "poll/answer.h"

/* One row a person, one column a choice: marks[person * choices + choice]. */
struct ballot_box {
    size_t people;
    size_t choices;
    unsigned char *marks; /* enum mark */
    const bool *required;     /* one a person */
    const struct when *whens; /* one a choice */
    const int *numbers;       /* what people call each choice; tally_count() does not look at them */
};

struct tally_line {
    size_t choice; /* index of the choice */
    struct civil start;
    size_t rank;   /* from 1; equals share one */
    size_t yes;    /* ◎ included */
    size_t best;
    size_t maybe;
    size_t no;
    size_t none;
    bool is_blocked;   /* a required person answered × */
    long only_missing; /* the one person whose ○ would make it everybody, or -1 */
};

/* The rules of the order, the first one first. */
enum tally_rule {
    TALLY_BY_REQUIRED,  /* no required person is × */
    TALLY_BY_AVAILABLE, /* most ○ and △ */
    TALLY_BY_YES,       /* most ○ */
    TALLY_BY_NONE,      /* fewest unanswered */
    TALLY_BY_BEST,      /* most ◎ */
    TALLY_BY_DATE,      /* equal but for the date */
};

/* Which rule puts one line before another. */
enum tally_rule tally_rule_between(const struct tally_line *a, const struct tally_line *b);

/* One line a choice, the best first, as a talloc array below `context`. */
struct tally_line *tally_count(const void *context, const struct ballot_box *box);

#endif
