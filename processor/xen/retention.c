/* Which backups stay: see retention.h. */
#include "xen/retention.h"

#include <limits.h>

#include "base/civil.h"
#include "base/clock.h"

enum bucket { DAY, WEEK, MONTH };

static long bucket_of(enum bucket bucket, time_t instant)
{
    struct civil civil = clock_to_civil(instant);
    switch (bucket) {
    case DAY:
        return civil_day_number(civil);
    case WEEK:
        return (civil_day_number(civil) + 3) / 7; /* 1970-01-01 was a Thursday */
    case MONTH:
        break;
    }
    return civil.year * 12L + civil.month;
}

/* The newest bucket below `limit` that holds a backup; LONG_MIN when there is none. */
static long next_bucket(enum bucket bucket, const time_t times[], size_t count, long limit)
{
    long newest = LONG_MIN;
    for (size_t i = 0; i < count; i++) {
        long found = bucket_of(bucket, times[i]);
        if (found < limit && found > newest)
            newest = found;
    }
    return newest;
}

static void keep_oldest(enum bucket bucket, const time_t times[], size_t count, long wanted, bool stays[])
{
    size_t oldest = count;
    for (size_t i = 0; i < count; i++)
        if (bucket_of(bucket, times[i]) == wanted && (oldest == count || times[i] < times[oldest]))
            oldest = i;
    if (oldest < count)
        stays[oldest] = true;
}

static void keep_buckets(enum bucket bucket, long most, const time_t times[], size_t count, bool stays[])
{
    long limit = LONG_MAX;
    for (long kept = 0; kept < most; kept++) {
        limit = next_bucket(bucket, times, count, limit);
        if (limit == LONG_MIN)
            return;
        keep_oldest(bucket, times, count, limit, stays);
    }
}

static void keep_newest(long most, const time_t times[], size_t count, bool stays[])
{
    for (size_t i = 0; i < count; i++) {
        long newer = 0;
        for (size_t j = 0; j < count; j++)
            newer += times[j] > times[i] || (j < i && times[j] == times[i]);
        if (newer < (most > 0 ? most : 1))
            stays[i] = true;
    }
}

void retention_choose(const struct retention *retention, const time_t times[], size_t count, bool stays[])
{
    for (size_t i = 0; i < count; i++)
        stays[i] = false;
    keep_newest(retention->newest, times, count, stays);
    keep_buckets(DAY, retention->daily, times, count, stays);
    keep_buckets(WEEK, retention->weekly, times, count, stays);
    keep_buckets(MONTH, retention->monthly, times, count, stays);
}
