/* From what was written to a date: see when_find_parts.h. */
#include <string.h>

#include "text/when_find_parts.h"

struct moment when_empty_moment(void)
{
    return (struct moment){.weekday = NOT_WRITTEN, .minutes = NOT_WRITTEN, .until = NOT_WRITTEN};
}

bool when_is_kind(const struct reader *reader, size_t ahead, enum token_kind kind)
{
    return when_peek(reader, ahead)->kind == kind;
}

bool when_is_sign(const struct reader *reader, size_t ahead, char sign)
{
    const struct token *token = when_peek(reader, ahead);
    return token->kind == TOKEN_SIGN && token->value == sign;
}

bool when_is_text(const struct reader *reader, size_t ahead, const char *text)
{
    const struct token *token = when_peek(reader, ahead);
    size_t length = strlen(text);
    return token->end - token->start == length && memcmp(reader->folded->text + token->start, text, length) == 0;
}

bool when_is_glued(const struct reader *reader, size_t ahead)
{
    return !when_peek(reader, ahead)->is_spaced;
}

int when_value(const struct reader *reader, size_t ahead)
{
    return when_peek(reader, ahead)->value;
}

void when_accept_the(struct reader *reader)
{
    reader->at += when_is_text(reader, 0, "the");
}

bool when_is_date_unit(const struct reader *reader, size_t ahead, int weekday)
{
    return (when_is_kind(reader, ahead, TOKEN_DAY_KANJI) && when_value(reader, ahead) == weekday) ||
           (weekday == 0 && when_is_kind(reader, ahead, TOKEN_DAY_ABOUT));
}

int when_take_weekday(struct reader *reader)
{
    size_t start = reader->at;
    bool is_bracketed = when_accept_sign(reader, '(');
    const struct token *token = when_peek(reader, 0);
    if (token->kind == TOKEN_WEEKDAY || (is_bracketed && token->kind == TOKEN_DAY_KANJI)) {
        reader->at++;
        bool is_dotted = when_is_sign(reader, 0, '.') && when_is_glued(reader, 0) &&
                         (when_peek(reader, 1)->is_spaced || is_bracketed);
        reader->at += is_dotted;
        if (!is_bracketed)
            return token->value;
        while (when_is_list(when_peek(reader, 0)) || when_is_kind(reader, 0, TOKEN_HOLIDAY))
            reader->at++;
        if (when_accept_sign(reader, ')'))
            return token->value;
    }
    reader->at = start;
    return NOT_WRITTEN;
}

struct civil when_today(const struct reader *reader)
{
    struct civil now = reader->about->now;
    return (struct civil){now.year, now.month, now.day, 0, 0};
}

struct civil when_add_days(struct civil date, long days)
{
    return civil_from_day_number(civil_day_number(date) + days);
}

struct civil when_monday_of(struct civil date)
{
    return when_add_days(date, -((civil_weekday(date) + 6) % 7));
}

void when_fix(struct moment *moment, enum grain grain, struct civil date)
{
    moment->grain = grain;
    moment->is_fixed = true;
    moment->date = date;
    moment->inferred |= WHEN_INFERRED_RELATIVE;
}

struct civil when_add_months(struct civil date, long months)
{
    long month = (long)date.year * 12 + date.month - 1 + months;
    struct civil moved = {(int)(month / 12), (int)(month % 12) + 1, date.day, date.hour, date.minute};
    int last = civil_days_in_month(moved.year, moved.month);
    moved.day = moved.day > last ? last : moved.day;
    return moved;
}

static long distance(struct civil a, struct civil b)
{
    long days = civil_day_number(a) - civil_day_number(b);
    return days < 0 ? -days : days;
}

/* Without a year: the nearest one; a leap day, that of the nearest leap year. */
static void choose_year(struct civil today, struct moment *moment)
{
    struct civil best = {0};
    for (int year = today.year - 4; year <= today.year + 4; year++) {
        struct civil date = {year, moment->month, moment->day > 0 && !moment->is_month_end ? moment->day : 1, 0, 0};
        if (moment->day == 0 && year == today.year && moment->month == today.month)
            date.day = today.day; /* this month is nearer than any other */
        if (civil_is_valid(date) && (!best.year || distance(date, today) < distance(best, today)))
            best = date;
    }
    moment->year = best.year ? best.year : today.year;
    moment->inferred |= WHEN_INFERRED_YEAR;
}

/* Without a month: the nearest such day; behind another day, that day's month. */
static void choose_month(struct civil today, const struct moment *before, struct moment *moment)
{
    struct civil best = {0};
    if (before && before->grain >= GRAIN_MONTH) {
        moment->year = before->date.year;
        moment->month = before->date.month;
        return;
    }
    for (int months = -2; months <= 2; months++) {
        struct civil date = when_add_months((struct civil){today.year, today.month, 1, 0, 0}, months);
        date.day = moment->day;
        if (civil_is_valid(date) && (!best.year || distance(date, today) < distance(best, today)))
            best = date;
    }
    moment->year = best.year ? best.year : today.year;
    moment->month = best.year ? best.month : today.month;
    moment->inferred |= WHEN_INFERRED_MONTH;
}

/* A weekday alone is the next one; behind another day, the next one after that. */
static struct civil choose_weekday(struct civil from, int weekday)
{
    return civil_from_day_number(civil_day_number(from) + (weekday - civil_weekday(from) + 7) % 7);
}

void when_resolve(const struct reader *reader, const struct moment *before, struct moment *moment)
{
    struct civil now = reader->about->now;
    struct civil today = {now.year, now.month, now.day, 0, 0};
    if (moment->is_fixed)
        return;
    moment->is_fixed = true;
    if (moment->grain == GRAIN_NONE) {
        bool is_shared = before && before->grain == GRAIN_DAY;
        moment->date = is_shared ? before->date : today;
        moment->inferred |= is_shared ? 0 : WHEN_INFERRED_RELATIVE;
        return;
    }
    if (!moment->has_year && !moment->month && !moment->day) {
        moment->date = choose_weekday(before ? before->date : today, moment->weekday);
        moment->inferred |= WHEN_INFERRED_RELATIVE;
        return;
    }
    if (!moment->has_year && moment->month)
        choose_year(today, moment);
    else if (!moment->has_year)
        choose_month(today, before, moment);
    int month = moment->month ? moment->month : 1;
    moment->date = (struct civil){moment->year, month, moment->day > 0 ? moment->day : 1, 0, 0};
    if (moment->is_month_end)
        moment->date.day = civil_days_in_month(moment->year, month);
    if (moment->day < 0 && !when_nth_weekday(moment->year, month, -moment->day, moment->weekday, &moment->date))
        moment->date.month = 0;
}
