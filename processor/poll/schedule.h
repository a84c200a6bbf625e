/*
 * When people are reminded. Pure: a poll's times and what is known of one invitation in, yes or no out. The clock reminds
 * at most twice: 48 hours before the deadline (36 when the poll runs for less than five days, 6 when for less than two),
 * and on the morning of the deadline; never outside office hours, never somebody who is away, and whoever promised an
 * answer not before the promised day. A reminder that would fall on a day off comes earlier, not later.
 */
#ifndef KAIRAN_POLL_SCHEDULE_H
#define KAIRAN_POLL_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "store/poll.h"
#include "text/almanac.h"

enum { SCHEDULE_REMINDERS_MOST = 2 };

struct schedule {
    time_t at[SCHEDULE_REMINDERS_MOST]; /* ascending */
    size_t count;
    time_t deadline;
    const struct almanac *almanac;
};

/* The almanac, which knows the days off, must outlive what is made with it. The reminders of a poll that runs from `opened` to `deadline`. */
struct schedule schedule_make(const struct almanac *almanac, time_t opened, time_t deadline);

/* Whether mail that nobody waits for may go out: by day, not on a day off. */
bool schedule_is_office_time(const struct almanac *almanac, time_t instant);

/* The first moment from `instant` on at which it may. */
time_t schedule_next_office_time(const struct almanac *almanac, time_t instant);

/* The morning of a day ("2026-01-08"), or of the next working day; 0: it is no day. */
time_t schedule_morning_of(const struct almanac *almanac, const char *day);

/* Whether a person is known to be away at `now`: the last day of the absence has not passed, or nobody knows which it is. */
bool schedule_is_away(const struct invitation *invitation, time_t now);

/*
 * Whether the clock is to remind an invitation at `now`, within office hours. *next becomes the earliest later moment at
 * which that may change, when it is earlier than what stands there (0: nothing does).
 */
bool schedule_judge(const struct schedule *schedule, const struct invitation *invitation, time_t now, time_t *next);

#endif
