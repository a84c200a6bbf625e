/* What the days of a date should be looked at for: see when_parts.h. */
#include "text/when_parts.h"

unsigned when_warn_of_days(const struct when_context *about, const struct when *when)
{
    unsigned warnings = 0;
    long first = civil_day_number(when->start);
    /* an end at 00:00 belongs to the day before */
    long last = when->has_end ? civil_day_number(when->all_day ? when->end : civil_add_minutes(when->end, -1)) : first;
    for (long number = first; number <= last && number < first + MOST_DAYS; number++) {
        struct civil day = civil_from_day_number(number);
        int weekday = civil_weekday(day);
        if (weekday == 0 || weekday == 6)
            warnings |= WHEN_WARNS_WEEKEND;
        if (almanac_holiday(about->almanac, day, "en"))
            warnings |= WHEN_WARNS_HOLIDAY;
        if (almanac_is_closed(about->almanac, day))
            warnings |= WHEN_WARNS_CLOSURE;
    }
    return warnings;
}
