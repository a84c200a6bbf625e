/* Dates as JSON: see when_text.h. */
#include "base/memory.h"
#include "text/when_text.h"

struct bit_name {
    unsigned bit;
    const char *name;
};

/* The bits as a list of words, in the order of the table. */
static json_t *name_bits(unsigned bits, const struct bit_name *names)
{
    json_t *list = json_array();
    for (; names->name; names++)
        if (bits & names->bit)
            json_array_append_new(list, json_string(names->name));
    return list;
}

/* "2026-01-15" or "2026-01-15T13:00"; the year before the first one is 0000. */
static json_t *write_civil(struct civil civil, bool all_day)
{
    const char *sign = civil.year < 0 ? "-" : "";
    int year = civil.year < 0 ? -civil.year : civil.year;
    char *day = memory_format(NULL, "%s%04d-%02d-%02d", sign, year, civil.month, civil.day);
    char *whole = all_day ? day : memory_format(day, "%sT%02d:%02d", day, civil.hour, civil.minute);
    json_t *text = json_string(whole);
    talloc_free(day);
    return text;
}

static json_t *view_date(const struct when *when)
{
    static const struct bit_name inferred[] = {
        {WHEN_INFERRED_YEAR, "year"},   {WHEN_INFERRED_MONTH, "month"},
        {WHEN_INFERRED_END, "end"},     {WHEN_INFERRED_RELATIVE, "relative"},
        {WHEN_INFERRED_HOURS, "hours"}, {WHEN_INFERRED_ZONE, "zone"},
        {WHEN_INFERRED_ORDER, "order"}, {0, NULL},
    };
    static const struct bit_name warnings[] = {
        {WHEN_WARNS_WEEKEND, "weekend"}, {WHEN_WARNS_PAST, "past"}, {WHEN_WARNS_OVERNIGHT, "overnight"},
        {WHEN_WARNS_HOLIDAY, "holiday"}, {WHEN_WARNS_CLOSURE, "closure"}, {0, NULL}};
    bool has_end = when->has_end && !(when->all_day && civil_same_day(when->start, when->end));
    return json_pack("{s:s, s:o, s:o, s:b, s:b, s:o, s:o, s:s?}", "text", when->text, "start",
                     write_civil(when->start, when->all_day), "end",
                     has_end ? write_civil(when->end, when->all_day) : json_null(), "all_day", (int)when->all_day,
                     "deadline", (int)when->is_deadline, "inferred", name_bits(when->inferred, inferred), "warnings",
                     name_bits(when->warnings, warnings), "note", when->note);
}

json_t *when_to_view(const struct when_result *result)
{
    static const char *const verdicts[] = {"none", "ok", "inferred", "ask"};
    json_t *dates = json_array();
    for (size_t i = 0; i < result->count; i++)
        json_array_append_new(dates, view_date(&result->dates[i]));
    return json_pack("{s:o, s:s, s:s?}", "dates", dates, "verdict", verdicts[result->verdict], "reason",
                     result->reason);
}
