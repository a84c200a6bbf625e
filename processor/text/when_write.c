/* Writing dates the way a language does: see when.h. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "text/when.h"

enum { DAY_ROOM = 64, TIME_ROOM = 48 };

static bool is_japanese(const char *language)
{
    return strcmp(language, "ja") == 0;
}

static const char *weekday_name(struct civil date, bool japanese)
{
    static const char *const ja[] = {"日", "月", "火", "水", "木", "金", "土"};
    static const char *const en[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    return (japanese ? ja : en)[civil_weekday(date)];
}

static const char *month_name(struct civil date)
{
    static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    return names[date.month - 1];
}

/* "1月15日(木)", "2027年1月15日(金)", "Thu 15 Jan", "Fri 15 Jan 2027" */
static void write_day(char day[DAY_ROOM], bool japanese, struct civil date, int this_year)
{
    const char *weekday = weekday_name(date, japanese);
    char year[16] = "";
    if (date.year != this_year)
        snprintf(year, sizeof year, japanese ? "%d年" : " %d", date.year);
    if (japanese)
        snprintf(day, DAY_ROOM, "%s%d月%d日(%s)", year, date.month, date.day, weekday);
    else
        snprintf(day, DAY_ROOM, "%s %d %s%s", weekday, date.day, month_name(date), year);
}

static void write_time(char time[TIME_ROOM], struct civil civil)
{
    snprintf(time, TIME_ROOM, "%02d:%02d", civil.hour, civil.minute);
}

/* The end of a span: only the time on the same day, 24:00 at its very end, 翌06:00 on the next, else the whole date. */
static void write_end(char end[DAY_ROOM + TIME_ROOM], bool japanese, const struct when *when, int this_year)
{
    char time[TIME_ROOM];
    write_time(time, when->end);
    struct civil next = civil_from_day_number(civil_day_number(when->start) + 1);
    bool is_midnight = civil_compare(when->end, next) == 0;
    if (civil_same_day(when->start, when->end)) {
        snprintf(end, DAY_ROOM + TIME_ROOM, "%s", time);
    } else if (is_midnight) {
        snprintf(end, DAY_ROOM + TIME_ROOM, "24:00");
    } else if (japanese && civil_same_day(next, when->end)) {
        snprintf(end, DAY_ROOM + TIME_ROOM, "翌%s", time);
    } else {
        char day[DAY_ROOM];
        write_day(day, japanese, when->end, this_year);
        snprintf(end, DAY_ROOM + TIME_ROOM, "%s %s", day, time);
    }
}

static char *format_all_day(const void *context, bool japanese, const struct when *when, int this_year)
{
    char first[DAY_ROOM];
    char last[DAY_ROOM];
    write_day(first, japanese, when->start, this_year);
    if (!when->has_end || civil_same_day(when->start, when->end))
        return memory_copy_text(context, first);
    write_day(last, japanese, when->end, this_year);
    return memory_format(context, japanese ? "%s〜%s" : "%s – %s", first, last);
}

char *when_format(const void *context, const char *language, const struct when *when, int this_year)
{
    bool japanese = is_japanese(language);
    if (when->all_day)
        return format_all_day(context, japanese, when, this_year);
    char day[DAY_ROOM];
    char start[TIME_ROOM];
    char end[DAY_ROOM + TIME_ROOM];
    write_day(day, japanese, when->start, this_year);
    write_time(start, when->start);
    if (!when->has_end)
        return memory_format(context, japanese ? "%s %s〜" : "%s %s", day, start);
    write_end(end, japanese, when, this_year);
    bool is_short = strlen(end) == strlen("00:00");
    const char *dash = japanese ? "-" : is_short ? "–" : " – ";
    return memory_format(context, "%s %s%s%s", day, start, dash, end);
}

char *when_format_point(const void *context, const char *language, struct civil point, int this_year)
{
    char day[DAY_ROOM];
    char time[TIME_ROOM];
    write_day(day, is_japanese(language), point, this_year);
    write_time(time, point);
    return memory_format(context, "%s %s", day, time);
}

char *when_format_short(const void *context, const char *language, struct civil point)
{
    if (!is_japanese(language))
        return memory_format(context, "%d %s %02d:%02d", point.day, month_name(point), point.hour, point.minute);
    const char *weekday = weekday_name(point, true);
    if (point.minute == 0)
        return memory_format(context, "%d/%d(%s)%d時", point.month, point.day, weekday, point.hour);
    return memory_format(context, "%d/%d(%s)%d:%02d", point.month, point.day, weekday, point.hour, point.minute);
}
