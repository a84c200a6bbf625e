/* The third Tuesday of a month that is named: 1月第3火曜, 来月の第2火曜, the third Tuesday of January. See when_parts.h. */
#include <string.h>

#include "text/when_parts.h"

/* What was written of it. */
struct rule {
    int year; /* 0: not written */
    int month;
    int nth; /* LAST: the last one */
    int weekday;
    bool is_relative; /* 来月 */
};

enum { LAST = -1 };

static bool is_text(const struct reader *reader, size_t ahead, const char *text)
{
    const struct token *token = when_peek(reader, ahead);
    return token->end - token->start == strlen(text) &&
           memcmp(reader->folded->text + token->start, text, strlen(text)) == 0;
}

static bool is_kind(const struct reader *reader, size_t ahead, enum token_kind kind)
{
    return when_peek(reader, ahead)->kind == kind;
}

/* 今月 来月 再来月, this month, next month: how many months away. */
static bool take_near_month(struct reader *reader, struct rule *rule)
{
    static const char *const names[] = {"今月", "来月", "再来月"};
    int away = -1;
    for (int i = 0; i < 3; i++)
        if (is_text(reader, 0, names[i]))
            away = i;
    bool is_english = away < 0 && (is_kind(reader, 0, TOKEN_THIS) || is_kind(reader, 0, TOKEN_NEXT)) &&
                      is_text(reader, 1, "month");
    if (is_english)
        away = is_kind(reader, 0, TOKEN_NEXT);
    if (away < 0)
        return false;
    reader->at += is_english ? 2 : 1;
    int month = reader->about->now.month - 1 + away;
    rule->year = reader->about->now.year + month / 12;
    rule->month = month % 12 + 1;
    rule->is_relative = true;
    return true;
}

static bool take_weekday(struct reader *reader, struct rule *rule)
{
    if (!is_kind(reader, 0, TOKEN_WEEKDAY))
        return false;
    rule->weekday = when_peek(reader, 0)->value;
    reader->at++;
    return true;
}

/* 2026年1月第3火曜, 1月の第3火曜日, 来月第2火曜 */
static bool take_japanese(struct reader *reader, struct rule *rule)
{
    if (is_kind(reader, 0, TOKEN_NUMBER) && is_kind(reader, 1, TOKEN_YEAR) && when_peek(reader, 0)->digits == 4) {
        rule->year = when_peek(reader, 0)->value;
        reader->at += 2;
    }
    bool is_month = is_kind(reader, 0, TOKEN_NUMBER) && is_kind(reader, 1, TOKEN_DAY_KANJI) &&
                    when_peek(reader, 1)->value == 1;
    if (is_month) {
        rule->month = when_peek(reader, 0)->value;
        reader->at += 2;
    } else if (rule->year || !take_near_month(reader, rule)) {
        return false;
    }
    when_accept(reader, TOKEN_OF);
    if (!when_accept(reader, TOKEN_SEQUENCE) || !is_kind(reader, 0, TOKEN_NUMBER))
        return false;
    rule->nth = when_peek(reader, 0)->value;
    reader->at++;
    return take_weekday(reader, rule);
}

/* third, 3rd, last */
static bool take_ordinal(struct reader *reader, struct rule *rule)
{
    static const char *const names[] = {"last", "first", "second", "third", "fourth", "fifth"};
    if (is_kind(reader, 0, TOKEN_NUMBER) && is_kind(reader, 1, TOKEN_ORDINAL)) {
        rule->nth = when_peek(reader, 0)->value;
        reader->at += 2;
        return true;
    }
    for (int i = 0; i < 6; i++)
        if (is_text(reader, 0, names[i])) {
            rule->nth = i ? i : LAST;
            reader->at++;
            return true;
        }
    return false;
}

/* the third Tuesday of January 2026, 3rd Tue in January, the last Friday of next month */
static bool take_english(struct reader *reader, struct rule *rule)
{
    reader->at += is_text(reader, 0, "the");
    if (!take_ordinal(reader, rule) || !take_weekday(reader, rule))
        return false;
    if (!is_text(reader, 0, "of") && !is_text(reader, 0, "in"))
        return false;
    reader->at++;
    if (take_near_month(reader, rule))
        return true;
    if (!is_kind(reader, 0, TOKEN_MONTH_NAME))
        return false;
    rule->month = when_peek(reader, 0)->value;
    reader->at++;
    when_accept_sign(reader, ',');
    const struct token *year = when_peek(reader, 0);
    if (year->kind == TOKEN_NUMBER && year->digits == 4 && year->value >= 1900 && year->value < 2400) {
        rule->year = year->value;
        reader->at++;
    }
    return true;
}

bool when_nth_weekday(int year, int month, int nth, int weekday, struct civil *date)
{
    struct civil first = {year, month, 1, 0, 0};
    int day = 1 + (weekday - civil_weekday(first) + 7) % 7 + 7 * (nth - 1);
    *date = (struct civil){year, month, day, 0, 0};
    return nth >= 1 && day <= civil_days_in_month(year, month);
}

/* Its day in a year; false when that month has no such day. */
static bool find_day(const struct rule *rule, int year, struct civil *date)
{
    if (rule->month < 1 || rule->month > 12)
        return false;
    if (rule->nth != LAST)
        return when_nth_weekday(year, rule->month, rule->nth, rule->weekday, date);
    return when_nth_weekday(year, rule->month, 5, rule->weekday, date) ||
           when_nth_weekday(year, rule->month, 4, rule->weekday, date);
}

bool when_read_nth_weekday(struct reader *reader, struct day *day)
{
    size_t start = reader->at;
    struct rule rule = {.year = 0};
    if (!take_japanese(reader, &rule)) {
        reader->at = start;
        rule = (struct rule){.year = 0};
        if (!take_english(reader, &rule)) {
            reader->at = start;
            return false;
        }
    }
    struct civil now = reader->about->now;
    struct civil today = {now.year, now.month, now.day, 0, 0};
    int year = rule.year ? rule.year : today.year;
    *day = (struct day){.is_confirmed = true, .inferred = rule.is_relative ? WHEN_INFERRED_RELATIVE : 0u};
    bool exists = find_day(&rule, year, &day->date);
    if (!rule.year) {
        day->inferred |= WHEN_INFERRED_YEAR;
        if (!exists || civil_compare(day->date, today) < 0)
            exists = find_day(&rule, year + 1, &day->date);
    }
    if (!exists)
        day->problem = "impossible";
    else if (civil_compare(day->date, today) < 0)
        day->problem = "past";
    else if (!rule.year && civil_day_number(day->date) - civil_day_number(today) > WHEN_NEAR_DAYS)
        day->problem = "far";
    return true;
}
