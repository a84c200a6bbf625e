/* Public holidays: see holiday.h. Each row of the tables is a rule of the law with the years in which it holds. */
#include "text/holiday.h"

#include <string.h>

enum {
    ALWAYS = 9999,
    FIRST_SUBSTITUTE = 1973, /* from 12 April: the Monday behind a holiday on a Sunday */
    FIRST_BETWEEN = 1986,
    FIRST_RUN = 2007, /* substitutes move on to the first day that is no holiday */
};

/* A day of the month, the n-th Monday of it, or an equinox. */
struct rule {
    enum holiday holiday;
    int first_year;
    int last_year;
    int month;
    int day;
    int monday;
};

static const struct rule rules[] = {
    {HOLIDAY_NEW_YEAR, 1949, ALWAYS, 1, 1, 0},
    {HOLIDAY_COMING_OF_AGE, 1949, 1999, 1, 15, 0},
    {HOLIDAY_COMING_OF_AGE, 2000, ALWAYS, 1, 0, 2},
    {HOLIDAY_FOUNDATION, 1967, ALWAYS, 2, 11, 0},
    {HOLIDAY_EMPEROR, 2020, ALWAYS, 2, 23, 0},
    {HOLIDAY_VERNAL_EQUINOX, 1949, ALWAYS, 3, 0, 0},
    {HOLIDAY_IMPERIAL, 1959, 1959, 4, 10, 0},
    {HOLIDAY_EMPEROR, 1949, 1988, 4, 29, 0},
    {HOLIDAY_GREENERY, 1989, 2006, 4, 29, 0},
    {HOLIDAY_SHOWA, 2007, ALWAYS, 4, 29, 0},
    {HOLIDAY_IMPERIAL, 2019, 2019, 5, 1, 0},
    {HOLIDAY_CONSTITUTION, 1949, ALWAYS, 5, 3, 0},
    {HOLIDAY_GREENERY, 2007, ALWAYS, 5, 4, 0},
    {HOLIDAY_CHILDREN, 1949, ALWAYS, 5, 5, 0},
    {HOLIDAY_IMPERIAL, 1993, 1993, 6, 9, 0},
    {HOLIDAY_MARINE, 1996, 2002, 7, 20, 0},
    {HOLIDAY_MARINE, 2003, 2019, 7, 0, 3},
    {HOLIDAY_MARINE, 2020, 2020, 7, 23, 0}, /* the Olympic years */
    {HOLIDAY_MARINE, 2021, 2021, 7, 22, 0},
    {HOLIDAY_MARINE, 2022, ALWAYS, 7, 0, 3},
    {HOLIDAY_MOUNTAIN, 2016, 2019, 8, 11, 0},
    {HOLIDAY_MOUNTAIN, 2020, 2020, 8, 10, 0},
    {HOLIDAY_MOUNTAIN, 2021, 2021, 8, 8, 0},
    {HOLIDAY_MOUNTAIN, 2022, ALWAYS, 8, 11, 0},
    {HOLIDAY_AGED, 1966, 2002, 9, 15, 0},
    {HOLIDAY_AGED, 2003, ALWAYS, 9, 0, 3},
    {HOLIDAY_AUTUMNAL_EQUINOX, 1948, ALWAYS, 9, 0, 0},
    {HOLIDAY_HEALTH_SPORTS, 1966, 1999, 10, 10, 0},
    {HOLIDAY_HEALTH_SPORTS, 2000, 2019, 10, 0, 2},
    {HOLIDAY_SPORTS, 2020, 2020, 7, 24, 0},
    {HOLIDAY_SPORTS, 2021, 2021, 7, 23, 0},
    {HOLIDAY_SPORTS, 2022, ALWAYS, 10, 0, 2},
    {HOLIDAY_IMPERIAL, 2019, 2019, 10, 22, 0},
    {HOLIDAY_CULTURE, 1948, ALWAYS, 11, 3, 0},
    {HOLIDAY_IMPERIAL, 1990, 1990, 11, 12, 0},
    {HOLIDAY_LABOUR, 1948, ALWAYS, 11, 23, 0},
    {HOLIDAY_EMPEROR, 1989, 2018, 12, 23, 0},
    {HOLIDAY_IMPERIAL, 1989, 1989, 2, 24, 0},
};

/*
 * The day of March or September on which the equinox falls in Japan: the mean motion of the sun since 1980, in millionths
 * of a day, less the leap days. Division towards zero is meant.
 */
static int equinox_day(int year, bool is_autumn)
{
    long days = is_autumn ? 23258800 : 20835700;
    int leap = (year - 1983) / 4;
    if (year >= 1980) {
        days = is_autumn ? 23248800 : 20843100;
        leap = (year - 1980) / 4;
    }
    if (year >= 2100)
        days = is_autumn ? 24248800 : 21851000;
    return (int)((days + 242194L * (year - 1980)) / 1000000) - leap;
}

static int day_of(const struct rule *rule, int year)
{
    if (rule->day)
        return rule->day;
    if (!rule->monday)
        return equinox_day(year, rule->month == 9);
    int first = civil_weekday((struct civil){year, rule->month, 1, 0, 0});
    return 1 + (8 - first) % 7 + 7 * (rule->monday - 1);
}

/* The holidays that the law names. */
static enum holiday find_named(long number)
{
    struct civil date = civil_from_day_number(number);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const struct rule *rule = &rules[i];
        if (rule->month == date.month && date.year >= rule->first_year && date.year <= rule->last_year &&
            day_of(rule, date.year) == date.day)
            return rule->holiday;
    }
    return HOLIDAY_NONE;
}

static bool is_sunday(long number)
{
    return civil_weekday(civil_from_day_number(number)) == 0;
}

/* Whether a named holiday fell on a Sunday for which this day, itself none, is free. */
static bool is_substitute(long number, int year)
{
    if (number < civil_day_number((struct civil){FIRST_SUBSTITUTE, 4, 12, 0, 0}))
        return false;
    if (year < FIRST_RUN)
        return is_sunday(number - 1) && find_named(number - 1);
    for (long before = number - 1; find_named(before); before--)
        if (is_sunday(before))
            return true;
    return false;
}

enum holiday holiday_find(struct civil date)
{
    long number = civil_day_number(date);
    enum holiday named = find_named(number);
    if (named)
        return named;
    if (is_substitute(number, date.year))
        return HOLIDAY_SUBSTITUTE;
    bool is_between = date.year >= FIRST_BETWEEN && find_named(number - 1) && find_named(number + 1);
    bool is_counted = date.year >= FIRST_RUN || !is_sunday(number);
    return is_between && is_counted ? HOLIDAY_BETWEEN : HOLIDAY_NONE;
}

const char *holiday_name(enum holiday holiday, const char *language)
{
    static const char *const names[][2] = {
        [HOLIDAY_NONE] = {"", ""},
        [HOLIDAY_NEW_YEAR] = {"元日", "New Year's Day"},
        [HOLIDAY_COMING_OF_AGE] = {"成人の日", "Coming of Age Day"},
        [HOLIDAY_FOUNDATION] = {"建国記念の日", "National Foundation Day"},
        [HOLIDAY_EMPEROR] = {"天皇誕生日", "Emperor's Birthday"},
        [HOLIDAY_VERNAL_EQUINOX] = {"春分の日", "Vernal Equinox Day"},
        [HOLIDAY_SHOWA] = {"昭和の日", "Shōwa Day"},
        [HOLIDAY_CONSTITUTION] = {"憲法記念日", "Constitution Memorial Day"},
        [HOLIDAY_GREENERY] = {"みどりの日", "Greenery Day"},
        [HOLIDAY_CHILDREN] = {"こどもの日", "Children's Day"},
        [HOLIDAY_MARINE] = {"海の日", "Marine Day"},
        [HOLIDAY_MOUNTAIN] = {"山の日", "Mountain Day"},
        [HOLIDAY_AGED] = {"敬老の日", "Respect for the Aged Day"},
        [HOLIDAY_AUTUMNAL_EQUINOX] = {"秋分の日", "Autumnal Equinox Day"},
        [HOLIDAY_HEALTH_SPORTS] = {"体育の日", "Health and Sports Day"},
        [HOLIDAY_SPORTS] = {"スポーツの日", "Sports Day"},
        [HOLIDAY_CULTURE] = {"文化の日", "Culture Day"},
        [HOLIDAY_LABOUR] = {"勤労感謝の日", "Labour Thanksgiving Day"},
        [HOLIDAY_IMPERIAL] = {"皇室の儀式による休日", "a day of imperial rites"},
        [HOLIDAY_SUBSTITUTE] = {"振替休日", "substitute holiday"},
        [HOLIDAY_BETWEEN] = {"国民の休日", "a day between holidays"},
    };
    return names[holiday][strcmp(language, "ja") == 0 ? 0 : 1];
}
