/* When people are reminded: see schedule.h. */
#include "poll/schedule.h"

#include "base/civil.h"
#include "base/clock.h"

enum {
    HOUR = 60 * 60,
    DAY = 24 * HOUR,
    MINUTES_A_DAY = 24 * 60,
    OFFICE_OPENS = 8,          /* o'clock */
    OFFICE_CLOSES = 18,
    LAST_HOUR = OFFICE_CLOSES - 1,
    MORNING_FROM = 10,         /* a deadline before this has its morning on the day before */
    GAP = 12 * HOUR,           /* whoever was asked so shortly before is not asked again */
};

static bool is_day_off(const struct almanac *almanac, struct civil day)
{
    int weekday = civil_weekday(day);
    return weekday == 0 || weekday == 6 || almanac_holiday(almanac, day, "en") || almanac_is_closed(almanac, day);
}

static struct civil move_days(struct civil day, int days)
{
    return civil_add_minutes(day, (long)days * MINUTES_A_DAY);
}

static struct civil at_hour(struct civil day, int hour)
{
    day.hour = hour;
    day.minute = 0;
    return day;
}

/* The last office hour at or before a time. */
static struct civil move_back(const struct almanac *almanac, struct civil civil)
{
    if (civil.hour < OFFICE_OPENS)
        civil = at_hour(move_days(civil, -1), LAST_HOUR);
    else if (civil.hour >= OFFICE_CLOSES)
        civil = at_hour(civil, LAST_HOUR);
    while (is_day_off(almanac, civil))
        civil = move_days(civil, -1);
    return civil;
}

static time_t lead_of(time_t span)
{
    if (span >= 5 * DAY)
        return 48 * HOUR;
    return span >= 2 * DAY ? 36 * HOUR : 6 * HOUR;
}

struct schedule schedule_make(const struct almanac *almanac, time_t opened, time_t deadline)
{
    struct schedule schedule = {.deadline = deadline, .almanac = almanac};
    time_t first = clock_from_civil(move_back(almanac, clock_to_civil(deadline - lead_of(deadline - opened))));
    struct civil ends = clock_to_civil(deadline);
    struct civil morning = ends.hour < MORNING_FROM ? move_days(ends, -1) : ends;
    time_t last = clock_from_civil(move_back(almanac, at_hour(morning, OFFICE_OPENS)));
    if (first > opened)
        schedule.at[schedule.count++] = first;
    if (last > opened && (!schedule.count || last >= first + GAP))
        schedule.at[schedule.count++] = last;
    return schedule;
}

bool schedule_is_office_time(const struct almanac *almanac, time_t instant)
{
    struct civil civil = clock_to_civil(instant);
    return civil.hour >= OFFICE_OPENS && civil.hour < OFFICE_CLOSES && !is_day_off(almanac, civil);
}

time_t schedule_next_office_time(const struct almanac *almanac, time_t instant)
{
    struct civil civil = clock_to_civil(instant);
    if (schedule_is_office_time(almanac, instant))
        return instant;
    if (civil.hour >= OFFICE_CLOSES)
        civil = move_days(civil, 1);
    civil = at_hour(civil, OFFICE_OPENS);
    while (is_day_off(almanac, civil))
        civil = move_days(civil, 1);
    return clock_from_civil(civil);
}

time_t schedule_morning_of(const struct almanac *almanac, const char *day)
{
    time_t midnight;
    if (!day || !*day || !clock_parse(day, &midnight))
        return 0;
    return schedule_next_office_time(almanac, midnight);
}

/* The morning of the first day on which a person is back; 0: nobody knows, or they are not away. */
static time_t return_of(const struct schedule *schedule, const struct invitation *invitation)
{
    time_t last_day;
    if (!invitation->away_until || !clock_parse(invitation->away_until, &last_day))
        return 0;
    return schedule_next_office_time(schedule->almanac, clock_from_civil(move_days(clock_to_civil(last_day), 1)));
}

bool schedule_is_away(const struct invitation *invitation, time_t now)
{
    time_t last_day;
    if (!invitation->away_until)
        return false;
    if (!clock_parse(invitation->away_until, &last_day))
        return true;
    return now < clock_from_civil(move_days(clock_to_civil(last_day), 1));
}

static void note_next(time_t at, time_t now, time_t deadline, time_t *next)
{
    if (at > now && at < deadline && (!*next || at < *next))
        *next = at;
}

/* A promise for a day on which it is too late holds nobody back. */
static time_t promise_of(const struct schedule *schedule, const struct invitation *invitation)
{
    time_t promise = schedule_morning_of(schedule->almanac, invitation->promised);
    return promise < schedule->deadline ? promise : 0;
}

bool schedule_judge(const struct schedule *schedule, const struct invitation *invitation, time_t now, time_t *next)
{
    if (invitation->state != INVITATION_WAITING && invitation->state != INVITATION_PARTIAL)
        return false;
    if (invitation->reminded >= SCHEDULE_REMINDERS_MOST)
        return false;
    time_t promise = promise_of(schedule, invitation);
    time_t due = promise && promise <= now ? promise : 0;
    for (size_t i = 0; i < schedule->count; i++) {
        note_next(schedule->at[i], now, schedule->deadline, next);
        if (schedule->at[i] <= now && schedule->at[i] >= promise && schedule->at[i] > due)
            due = schedule->at[i];
    }
    note_next(promise, now, schedule->deadline, next);
    note_next(return_of(schedule, invitation), now, schedule->deadline, next);
    if (return_of(schedule, invitation) > now || promise > now || now >= schedule->deadline)
        return false;
    return due > invitation->asked_at && (due == promise || due >= invitation->asked_at + GAP);
}
