/* Polls that come back every month: see series.h. */
#include "poll/series.h"

#include "base/clock.h"
#include "base/memory.h"
#include "poll/clone.h"
#include "poll/preview.h"
#include "store/option.h"
#include "text/monthly.h"

enum { WEEK = 7, LONGEST_LEAD = 28, MINUTES_A_DAY = 24 * 60, CLOSE_OF_BUSINESS = 17 };

static struct civil next_month(struct civil month)
{
    return month.month == 12 ? (struct civil){month.year + 1, 1, 1, 0, 0} : (struct civil){month.year, month.month + 1, 1, 0, 0};
}

/* The month of the last date that a poll asks for, and the day of its first. */
static void find_span(const struct poll *poll, struct civil *first, struct civil *last)
{
    *first = *last = clock_to_civil(poll->deadline);
    for (size_t i = 0; i < poll->choice_count; i++) {
        struct civil start = poll->choices[i].start;
        if (i == 0 || civil_compare(start, *first) < 0)
            *first = start;
        if (i == 0 || civil_compare(start, *last) > 0)
            *last = start;
    }
}

/* As long before the first date as that of the poll before, or the evening before it. */
static time_t find_deadline(const struct office *office, const struct poll *poll, struct civil first, struct civil next)
{
    long before = civil_minutes_between(clock_to_civil(poll->deadline), first);
    struct civil deadline = civil_add_minutes(next, -before);
    if (before > 0 && clock_from_civil(deadline) > office->now)
        return clock_from_civil(deadline);
    deadline = civil_add_minutes(next, -(long)MINUTES_A_DAY);
    deadline.hour = CLOSE_OF_BUSINESS;
    deadline.minute = 0;
    return clock_from_civil(deadline);
}

static void set_choices(struct poll *poll, const struct when *whens)
{
    poll->choice_count = memory_count(whens);
    poll->choices = memory_array(poll, struct choice, poll->choice_count);
    for (size_t i = 0; i < poll->choice_count; i++)
        poll->choices[i] = (struct choice){.number = (int)i + 1,
                                           .start = whens[i].start,
                                           .end = whens[i].end,
                                           .has_end = whens[i].has_end,
                                           .all_day = whens[i].all_day,
                                           .note = whens[i].note};
}

/* *next becomes NULL when it is too early for the next one. */
static struct poll *make_next(struct office *office, const struct poll *poll)
{
    struct civil first;
    struct civil last;
    struct civil now = clock_to_civil(office->now);
    struct when_context about = {.now = now, .almanac = office->almanac, .duration_minutes = (int)poll->options.minutes};
    find_span(poll, &first, &last);
    struct when *whens = monthly_list(poll, poll->options.recurrence, next_month(last),
                                     civil_add_minutes(now, MINUTES_A_DAY), &about);
    if (!whens)
        return NULL;
    long lead = civil_day_number(first) - civil_day_number(clock_to_civil(poll->created_at));
    lead = lead < WEEK ? WEEK : lead > LONGEST_LEAD ? LONGEST_LEAD : lead;
    if (civil_day_number(whens[0].start) - lead > civil_day_number(now))
        return NULL;
    struct poll *next = clone_begin(poll, office, poll);
    next->deadline = find_deadline(office, poll, first, whens[0].start);
    set_choices(next, whens);
    return next;
}

static bool draft_one(struct office *office, int64_t id, struct error **error)
{
    if (!store_begin(office->store, error))
        return false;
    struct poll *poll = store_load_poll(NULL, office->store, id, error);
    struct poll *next = poll ? make_next(office, poll) : NULL;
    bool done = poll && (!next || (clone_add(office, next, poll, error) && preview_send(office, next, error) &&
                                   store_note_continued(office->store, poll->id, error)));
    done = done && store_commit(office->store, error);
    if (!done)
        store_rollback(office->store);
    talloc_free(poll);
    return done;
}

bool series_run(struct office *office, struct error **error)
{
    void *context = talloc_new(NULL);
    int64_t *ids = store_list_series(context, office->store, error);
    bool done = ids != NULL;
    for (size_t i = 0; i < memory_count(ids); i++) {
        struct error *reason = NULL;
        if (draft_one(office, ids[i], &reason))
            continue;
        done = false;
        if (error && !*error)
            *error = reason;
        else
            error_free(&reason);
    }
    talloc_free(context);
    return done;
}
