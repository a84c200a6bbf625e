/* How storage fills: see trend.h. */
#include "xen/trend.h"

enum { DAY = 24 * 60 * 60, LEAST_SAMPLES = 3, LEAST_DAYS = 2, MOST_DAYS = 3650 };

int64_t trend_growth(const struct sr_sample samples[], size_t count)
{
    if (count < LEAST_SAMPLES || samples[count - 1].taken_at - samples[0].taken_at < LEAST_DAYS * DAY)
        return 0;
    double days = 0;
    double bytes = 0;
    for (size_t i = 0; i < count; i++) {
        days += (double)(samples[i].taken_at - samples[0].taken_at) / DAY / (double)count;
        bytes += (double)samples[i].used / (double)count;
    }
    double above = 0;
    double below = 0;
    for (size_t i = 0; i < count; i++) {
        double day = (double)(samples[i].taken_at - samples[0].taken_at) / DAY - days;
        above += day * ((double)samples[i].used - bytes);
        below += day * day;
    }
    return below > 0 ? (int64_t)(above / below) : 0;
}

long trend_days(const struct sr_sample samples[], size_t count)
{
    int64_t growth = trend_growth(samples, count);
    if (growth <= 0)
        return TREND_NEVER;
    int64_t days = (samples[count - 1].size - samples[count - 1].used) / growth;
    return days > MOST_DAYS ? TREND_NEVER : days < 0 ? 0 : (long)days;
}

size_t trend_daily(const struct sr_sample samples[], size_t count, size_t days, int64_t used[])
{
    size_t found = 0;
    if (!count)
        return 0;
    time_t newest = samples[count - 1].taken_at;
    for (size_t i = 0; i < count; i++) {
        time_t age = (newest - samples[i].taken_at) / DAY;
        if (age >= (time_t)days)
            continue;
        if (found && (newest - samples[i - 1].taken_at) / DAY == age)
            used[found - 1] = samples[i].used;
        else
            used[found++] = samples[i].used;
    }
    return found;
}
