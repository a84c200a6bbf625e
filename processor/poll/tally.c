/* Counting: see tally.h. */
#include "poll/tally.h"

#include <stdlib.h>

#include "base/memory.h"

static void count_mark(struct tally_line *line, enum mark mark)
{
    line->yes += mark == MARK_YES || mark == MARK_BEST;
    line->best += mark == MARK_BEST;
    line->maybe += mark == MARK_MAYBE;
    line->no += mark == MARK_NO;
    line->none += mark == MARK_NONE;
}

static void count_choice(const struct ballot_box *box, struct tally_line *line)
{
    for (size_t person = 0; person < box->people; person++) {
        enum mark mark = (enum mark)box->marks[person * box->choices + line->choice];
        count_mark(line, mark);
        if (mark == MARK_NO && box->required[person])
            line->is_blocked = true;
        if (mark != MARK_YES && mark != MARK_BEST)
            line->only_missing = (long)person;
    }
    if (line->yes + 1 != box->people)
        line->only_missing = -1;
}

static int more_first(size_t a, size_t b)
{
    return (a < b) - (a > b);
}

static int compare_by(enum tally_rule rule, const struct tally_line *a, const struct tally_line *b)
{
    switch (rule) {
    case TALLY_BY_REQUIRED:
        return a->is_blocked - b->is_blocked;
    case TALLY_BY_AVAILABLE:
        return more_first(a->yes + a->maybe, b->yes + b->maybe);
    case TALLY_BY_YES:
        return more_first(a->yes, b->yes);
    case TALLY_BY_NONE:
        return -more_first(a->none, b->none);
    case TALLY_BY_BEST:
        return more_first(a->best, b->best);
    case TALLY_BY_DATE:
        break;
    }
    int order = civil_compare(a->start, b->start);
    return order ? order : -more_first(a->choice, b->choice);
}

enum tally_rule tally_rule_between(const struct tally_line *a, const struct tally_line *b)
{
    enum tally_rule rule = TALLY_BY_REQUIRED;
    while (rule < TALLY_BY_DATE && compare_by(rule, a, b) == 0)
        rule++;
    return rule;
}

static int compare_lines(const void *a, const void *b)
{
    return compare_by(tally_rule_between(a, b), a, b);
}

struct tally_line *tally_count(const void *context, const struct ballot_box *box)
{
    struct tally_line *lines = memory_array(context, struct tally_line, box->choices);
    for (size_t i = 0; i < box->choices; i++) {
        lines[i].choice = i;
        lines[i].start = box->whens[i].start;
        lines[i].only_missing = -1;
        count_choice(box, &lines[i]);
    }
    qsort(lines, box->choices, sizeof *lines, compare_lines);
    for (size_t i = 0; i < box->choices; i++)
        lines[i].rank =
            i && tally_rule_between(&lines[i - 1], &lines[i]) == TALLY_BY_DATE ? lines[i - 1].rank : i + 1;
    return lines;
}
