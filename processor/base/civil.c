/* Calendar arithmetic: see civil.h. */
#include "base/civil.h"

bool civil_is_valid(struct civil civil)
{
    return civil.year >= 1 && civil.year <= 9999 && civil.month >= 1 && civil.month <= 12 && civil.day >= 1 &&
           civil.day <= civil_days_in_month(civil.year, civil.month) && civil.hour >= 0 && civil.hour <= 23 &&
           civil.minute >= 0 && civil.minute <= 59;
}

static bool is_leap_year(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int civil_days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12)
        return 0;
    return days[month - 1] + (month == 2 && is_leap_year(year));
}

/* Counts in years that begin in March, so that the leap day is the last day of a year, and in eras of 400 years. */
long civil_day_number(struct civil civil)
{
    long year = civil.year - (civil.month <= 2);
    long era = (year >= 0 ? year : year - 399) / 400;
    long year_of_era = year - era * 400;
    long day_of_year = (153 * (civil.month + (civil.month > 2 ? -3 : 9)) + 2) / 5 + civil.day - 1;
    long day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct civil civil_from_day_number(long day_number)
{
    long days = day_number + 719468;
    long era = (days >= 0 ? days : days - 146096) / 146097;
    long day_of_era = days - era * 146097;
    long year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    long day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    long march_month = (5 * day_of_year + 2) / 153;
    struct civil civil = {0};
    civil.day = (int)(day_of_year - (153 * march_month + 2) / 5 + 1);
    civil.month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
    civil.year = (int)(year_of_era + era * 400 + (civil.month <= 2));
    return civil;
}

int civil_weekday(struct civil civil)
{
    long day_number = civil_day_number(civil);
    return (int)((day_number % 7 + 11) % 7); /* 1970-01-01 was a Thursday */
}

static long minute_number(struct civil civil)
{
    return civil_day_number(civil) * 1440 + civil.hour * 60 + civil.minute;
}

struct civil civil_add_minutes(struct civil civil, long minutes)
{
    long total = minute_number(civil) + minutes;
    long day_number = total >= 0 ? total / 1440 : -((1439 - total) / 1440);
    long minute_of_day = total - day_number * 1440;
    struct civil moved = civil_from_day_number(day_number);
    moved.hour = (int)(minute_of_day / 60);
    moved.minute = (int)(minute_of_day % 60);
    return moved;
}

long civil_minutes_between(struct civil a, struct civil b)
{
    return minute_number(b) - minute_number(a);
}

int civil_compare(struct civil a, struct civil b)
{
    long difference = civil_minutes_between(b, a);
    return (difference > 0) - (difference < 0);
}

bool civil_same_day(struct civil a, struct civil b)
{
    return a.year == b.year && a.month == b.month && a.day == b.day;
}
