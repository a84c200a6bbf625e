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

/* Without the last rule: lines that are equal here share a rank. */
static int compare_merit(const struct tally_line *a, const struct tally_line *b)
{
    int order = a->is_blocked - b->is_blocked;
    if (!order)
        order = more_first(a->yes + a->maybe, b->yes + b->maybe);
    if (!order)
        order = more_first(a->yes, b->yes);
    if (!order)
        order = -more_first(a->none, b->none);
    if (!order)
        order = more_first(a->best, b->best);
    return order;
}

static int compare_lines(const void *a, const void *b)
{
    const struct tally_line *first = a;
    const struct tally_line *second = b;
    int order = compare_merit(first, second);
    if (!order)
        order = civil_compare(first->start, second->start);
    return order ? order : -more_first(first->choice, second->choice);
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
        lines[i].rank = i && compare_merit(&lines[i - 1], &lines[i]) == 0 ? lines[i - 1].rank : i + 1;
    return lines;
}
