/* Days as they are written: see when_parts.h. First what stands there is read, then it is resolved against today. */
#include <string.h>

#include "text/when_parts.h"

/* The numbers of a date as they were written; 0 or NOTHING: not written. */
struct written {
    int year;
    int month;
    int day;
    int weekday;
    bool is_swapped; /* the order of the numbers had to be found out */
    bool is_loose;   /* 1.15: a date only when a weekday confirms it */
    const char *problem;
};

enum { NOTHING = -1 };

static bool is_kind(const struct reader *reader, size_t ahead, enum token_kind kind)
{
    return when_peek(reader, ahead)->kind == kind;
}

static bool is_sign(const struct reader *reader, size_t ahead, char sign)
{
    const struct token *token = when_peek(reader, ahead);
    return token->kind == TOKEN_SIGN && token->value == sign;
}

static bool is_glued(const struct reader *reader, size_t ahead)
{
    return !when_peek(reader, ahead)->is_spaced;
}

static bool is_unit(const struct reader *reader, size_t ahead, int weekday)
{
    const struct token *token = when_peek(reader, ahead);
    return token->kind == TOKEN_DAY_KANJI && token->value == weekday;
}

enum { UNIT_DAY = 0, UNIT_MONTH = 1 }; /* 日 and 月, by their value as weekdays */

static int number(const struct reader *reader, size_t ahead)
{
    return when_peek(reader, ahead)->value;
}

/* 26 is 2026 where two digits are a year. */
static int full_year(const struct token *token)
{
    return token->digits == 2 ? 2000 + token->value : token->value;
}

/* 2026年1月15日, 令和8年1月15日, 1月15日, and 1月 alone, which is vague. */
static bool read_with_units(struct reader *reader, struct written *written)
{
    size_t at = 0;
    int era = 0;
    if (is_kind(reader, 0, TOKEN_ERA)) {
        era = number(reader, 0);
        at = 1;
    }
    if (is_kind(reader, at, TOKEN_NUMBER) && is_kind(reader, at + 1, TOKEN_YEAR)) {
        written->year = era ? era + number(reader, at) : full_year(when_peek(reader, at));
        at += 2;
    } else if (era) {
        return false;
    }
    if (!is_kind(reader, at, TOKEN_NUMBER) || !is_unit(reader, at + 1, UNIT_MONTH))
        return false;
    written->month = number(reader, at);
    at += 2;
    if (is_kind(reader, at, TOKEN_NUMBER) && is_unit(reader, at + 1, UNIT_DAY)) {
        written->day = number(reader, at);
        at += 2;
    } else if (is_kind(reader, at, TOKEN_NUMBER)) {
        return false;
    } else {
        written->problem = "range";
        at += is_kind(reader, at, TOKEN_OF);
        at += is_kind(reader, at, TOKEN_VAGUE_DATE);
    }
    reader->at += at;
    return true;
}

static bool is_future(const struct reader *reader, struct civil date)
{
    return civil_is_valid(date) && civil_day_number(date) >= civil_day_number(reader->about->now);
}

/* Three numbers without a four-digit year in front: 26/1/15 or 15/1/2026. What can be read in two ways is asked. */
static void order_numbers(const struct reader *reader, const struct token *const parts[3], struct written *written)
{
    int first = parts[0]->value;
    int second = parts[1]->value;
    written->is_swapped = true;
    if (parts[2]->digits == 4) {
        *written = (struct written){parts[2]->value, second, first, NOTHING, true, false, NULL};
        if (first <= 12 && second <= 12 && first != second)
            written->problem = "order";
        if (first <= 12 && second > 12) {
            written->month = first;
            written->day = second;
        }
        return;
    }
    struct civil year_first = {2000 + first, second, parts[2]->value, 0, 0};
    struct civil year_last = {2000 + parts[2]->value, second, first, 0, 0};
    *written = (struct written){year_first.year, second, year_first.day, NOTHING, true, false, NULL};
    if (is_future(reader, year_first) && is_future(reader, year_last))
        written->problem = "order";
}

/* Whether `ahead` begins number SIGN number, written together. */
static bool is_pair(const struct reader *reader, size_t ahead, char sign)
{
    return is_kind(reader, ahead, TOKEN_NUMBER) && is_sign(reader, ahead + 1, sign) && is_glued(reader, ahead + 1) &&
           is_kind(reader, ahead + 2, TOKEN_NUMBER) && is_glued(reader, ahead + 2);
}

/* 2026/1/15 2026-01-15 2026.1.15 R8.1.15 26/1/15 15/01/2026 */
static bool read_triple(struct reader *reader, struct written *written)
{
    static const char signs[] = "/-.";
    size_t at = is_kind(reader, 0, TOKEN_ERA) ? 1 : 0;
    for (const char *sign = signs; *sign; sign++) {
        if (!is_pair(reader, at, *sign) || !is_pair(reader, at + 2, *sign))
            continue;
        const struct token *parts[3] = {when_peek(reader, at), when_peek(reader, at + 2), when_peek(reader, at + 4)};
        bool is_plain = at == 1 || parts[0]->digits == 4;
        if (!is_plain && *sign != '/' && parts[2]->digits != 4)
            return false;
        bool goes_on = is_pair(reader, at + 4, *sign);
        if (goes_on || parts[1]->digits > 2 || (is_plain && parts[2]->digits > 2))
            return false;
        if (is_plain)
            *written = (struct written){parts[0]->value, parts[1]->value, parts[2]->value, NOTHING, false, false, NULL};
        else
            order_numbers(reader, parts, written);
        if (at == 1)
            written->year += number(reader, 0);
        reader->at += at + 5;
        return true;
    }
    return false;
}

/* 20260115 */
static bool read_compact(struct reader *reader, struct written *written)
{
    if (!is_kind(reader, 0, TOKEN_NUMBER) || !when_is_compact_date(when_peek(reader, 0)))
        return false;
    int value = number(reader, 0);
    written->year = value / 10000;
    written->month = value / 100 % 100;
    written->day = value % 100;
    reader->at++;
    return true;
}

/* 1/15, and 1.15 or 1-15 for which a weekday has to speak. */
static bool read_pair(struct reader *reader, struct written *written)
{
    static const char signs[] = "/.-";
    for (const char *sign = signs; *sign; sign++) {
        if (!is_pair(reader, 0, *sign) || when_peek(reader, 0)->digits > 2 || when_peek(reader, 2)->digits > 2)
            continue;
        bool is_longer = is_unit(reader, 3, UNIT_MONTH) || is_unit(reader, 3, UNIT_DAY) ||
                         is_kind(reader, 3, TOKEN_HOUR) || (is_sign(reader, 3, ':') && is_glued(reader, 3));
        if ((is_longer && *sign != '/') || is_pair(reader, 2, *sign))
            return false;
        written->month = number(reader, 0);
        written->day = number(reader, 2);
        written->is_loose = *sign != '/';
        reader->at += 3;
        return true;
    }
    return false;
}

/* 15 Jan, 15th of January 2026, January 15th, 2026 */
static bool read_named_month(struct reader *reader, struct written *written)
{
    size_t at = 0;
    if (is_kind(reader, at, TOKEN_NUMBER)) {
        written->day = number(reader, at++);
        at += is_kind(reader, at, TOKEN_ORDINAL);
        at += is_kind(reader, at, TOKEN_OF);
        at += is_sign(reader, at, '-');
        if (!is_kind(reader, at, TOKEN_MONTH_NAME))
            return false;
        written->month = number(reader, at++);
        at += is_sign(reader, at, '.') || (is_sign(reader, at, '-') && is_glued(reader, at) && is_glued(reader, at + 1));
    } else if (is_kind(reader, at, TOKEN_MONTH_NAME)) {
        written->month = number(reader, at++);
        at += is_sign(reader, at, '.');
        at += is_kind(reader, at, TOKEN_OF);
        if (!is_kind(reader, at, TOKEN_NUMBER) || when_peek(reader, at)->digits > 2 || is_sign(reader, at + 1, ':'))
            return false;
        written->day = number(reader, at++);
        at += is_kind(reader, at, TOKEN_ORDINAL);
    } else {
        return false;
    }
    size_t year = at + is_sign(reader, at, ',');
    if (is_kind(reader, year, TOKEN_NUMBER) && when_peek(reader, year)->digits == 4 && number(reader, year) >= 1900 &&
        number(reader, year) < 2400) {
        written->year = number(reader, year);
        at = year + 1;
    }
    reader->at += at;
    return true;
}

/* 15日, the 15th; and after another day, in a list, a bare 16 */
static bool read_day_only(struct reader *reader, bool is_listed, struct written *written)
{
    if (!is_kind(reader, 0, TOKEN_NUMBER) || when_peek(reader, 0)->digits > 2)
        return false;
    bool has_unit = is_unit(reader, 1, UNIT_DAY) || is_kind(reader, 1, TOKEN_ORDINAL);
    if (!has_unit) {
        const struct token *next = when_peek(reader, 1);
        bool ends = next->kind == TOKEN_END || when_is_list(next) || next->kind == TOKEN_OF ||
                    next->kind == TOKEN_EACH || is_sign(reader, 1, '(') || next->is_spaced;
        if (!is_listed || !ends || is_sign(reader, 1, ':'))
            return false;
    }
    written->day = number(reader, 0);
    reader->at += has_unit ? 2 : 1;
    return true;
}

/* Steps over (木) （木・祝） 木曜日 Thu, or leaves the reader where it is. */
static bool read_weekday(struct reader *reader, int *weekday)
{
    size_t start = reader->at;
    bool is_bracketed = when_accept_sign(reader, '(');
    const struct token *token = when_peek(reader, 0);
    bool is_single = token->kind == TOKEN_DAY_KANJI;
    if (is_single && !is_bracketed) {
        const struct token *next = when_peek(reader, 1);
        is_single = next->is_spaced || next->kind == TOKEN_END || next->kind == TOKEN_NUMBER;
        is_single = is_single && !token->is_spaced;
    }
    if (token->kind == TOKEN_WEEKDAY || is_single) {
        *weekday = token->value;
        reader->at++;
    } else if (!(is_bracketed && token->kind == TOKEN_HOLIDAY)) {
        reader->at = start;
        return false;
    }
    if (!is_bracketed) {
        when_accept_sign(reader, '.');
        return true;
    }
    while (when_is_list(when_peek(reader, 0)) || is_kind(reader, 0, TOKEN_HOLIDAY) || is_sign(reader, 0, '.'))
        reader->at++;
    if (when_accept_sign(reader, ')'))
        return true;
    reader->at = start;
    *weekday = NOTHING;
    return false;
}

static struct civil date_of(struct civil civil)
{
    return (struct civil){civil.year, civil.month, civil.day, 0, 0};
}

static struct civil add_days(struct civil date, long days)
{
    return civil_from_day_number(civil_day_number(date) + days);
}

static void check_weekday(const struct written *written, struct day *day)
{
    if (day->problem || written->weekday == NOTHING)
        return;
    if (civil_weekday(day->date) == written->weekday)
        day->is_confirmed = true;
    else
        day->problem = "weekday";
}

/* Without a year: the next such day, if it is within nine months. */
static void infer_year(struct civil today, struct day *day)
{
    day->inferred |= WHEN_INFERRED_YEAR;
    day->date.year = today.year;
    bool is_past = civil_is_valid(day->date) && civil_compare(day->date, today) < 0;
    if (!civil_is_valid(day->date) || is_past)
        day->date.year++;
    if (!civil_is_valid(day->date))
        day->problem = "impossible";
    else if (civil_day_number(day->date) - civil_day_number(today) > WHEN_NEAR_DAYS)
        day->problem = is_past ? "past" : "far";
}

/* Without a month: the next such day; a month that has none is passed over. */
static void infer_month(struct civil today, struct day *day)
{
    day->inferred |= WHEN_INFERRED_MONTH;
    day->date.year = today.year;
    day->date.month = today.month;
    for (int tries = 0; tries < 3 && (!civil_is_valid(day->date) || civil_compare(day->date, today) < 0); tries++) {
        day->date.month = day->date.month % 12 + 1;
        day->date.year += day->date.month == 1;
    }
    if (!civil_is_valid(day->date))
        day->problem = "impossible";
}

static void resolve(const struct reader *reader, const struct civil *previous, const struct written *written,
                    struct day *day)
{
    struct civil today = date_of(reader->about->now);
    day->date = (struct civil){written->year, written->month, written->day, 0, 0};
    day->problem = written->problem;
    if (written->is_swapped)
        day->inferred |= WHEN_INFERRED_ORDER;
    if (day->problem)
        return;
    if (written->year) {
        if (!civil_is_valid(day->date))
            day->problem = "impossible";
        else if (civil_compare(day->date, today) < 0)
            day->problem = "past";
    } else if (written->month) {
        infer_year(today, day);
    } else if (previous) {
        day->date.year = previous->year;
        day->date.month = previous->month;
        if (!civil_is_valid(day->date))
            day->problem = "impossible";
        else if (civil_compare(day->date, *previous) <= 0)
            day->problem = "order";
    } else {
        infer_month(today, day);
    }
    check_weekday(written, day);
}

/* 明日, 翌日, 来週の火曜, next Tuesday, and a weekday alone. Weeks begin on Monday. */
static bool read_relative(struct reader *reader, struct day *day)
{
    struct civil today = date_of(reader->about->now);
    int weekday = NOTHING;
    const struct token *token = when_peek(reader, 0);
    day->inferred |= WHEN_INFERRED_RELATIVE;
    if (token->kind == TOKEN_RELATIVE) {
        reader->at++;
        day->date = add_days(today, token->value);
    } else if (token->kind == TOKEN_FOLLOWING) {
        reader->at++;
        if (reader->about->heading)
            day->date = add_days(*reader->about->heading, token->value);
        else
            day->problem = "date";
    } else if (token->kind == TOKEN_WEEK || token->kind == TOKEN_NEXT || token->kind == TOKEN_THIS) {
        reader->at++;
        bool is_named = token->kind == TOKEN_WEEK || when_accept(reader, TOKEN_WEEK_WORD);
        int weeks = token->kind == TOKEN_THIS ? 0 : token->kind == TOKEN_NEXT ? 1 : token->value;
        when_accept(reader, TOKEN_OF);
        if (!read_weekday(reader, &weekday) || weekday == NOTHING) {
            day->problem = "range";
            return is_named;
        }
        long monday = civil_day_number(today) - (civil_weekday(today) + 6) % 7;
        long wanted = monday + 7L * weeks + (weekday + 6) % 7;
        day->date = civil_from_day_number(wanted);
        if (wanted < civil_day_number(today))
            day->problem = "past";
        /* "next Friday" on a Thursday: tomorrow to some, in eight days to others */
        if (!is_named && token->kind == TOKEN_NEXT && wanted - civil_day_number(today) > 7)
            day->problem = "weekday";
    } else if (token->kind == TOKEN_WEEKDAY) {
        reader->at++;
        int ahead = (token->value - civil_weekday(today) + 7) % 7;
        day->date = add_days(today, ahead);
        if (ahead == 0)
            day->problem = "weekday"; /* today or in a week */
    } else {
        day->inferred = 0;
        return false;
    }
    struct written written = {.weekday = NOTHING};
    read_weekday(reader, &written.weekday);
    check_weekday(&written, day);
    return true;
}

/* The numbers alone, in any of their forms. */
static bool read_numbers(struct reader *reader, bool is_listed, struct written *written)
{
    static bool (*const forms[])(struct reader *, struct written *) = {
        read_with_units, read_triple, read_named_month, read_pair, read_compact};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        *written = (struct written){.weekday = NOTHING};
        if (forms[i](reader, written))
            return true;
    }
    *written = (struct written){.weekday = NOTHING};
    return read_day_only(reader, is_listed, written);
}

/* The numbers and the weekday before or behind them: 1/15(木), Thu 15 Jan, 木曜日(1/15). */
static bool read_written(struct reader *reader, const struct civil *previous, struct written *written)
{
    int weekday = NOTHING;
    size_t start = reader->at;
    bool is_bracketed = false;
    if (read_weekday(reader, &weekday)) {
        is_bracketed = weekday != NOTHING && when_accept_sign(reader, '(');
        when_accept_sign(reader, ',');
    }
    if (!read_numbers(reader, previous != NULL, written)) {
        reader->at = start;
        return false;
    }
    if (weekday != NOTHING)
        written->weekday = weekday;
    size_t behind = reader->at;
    when_accept_sign(reader, ',');
    int second = NOTHING;
    if (!read_weekday(reader, &second))
        reader->at = behind;
    if (weekday == NOTHING)
        written->weekday = second;
    else if (second != NOTHING && second != weekday)
        written->problem = "weekday";
    if (is_bracketed && !when_accept_sign(reader, ')')) {
        reader->at = start;
        return false;
    }
    return true;
}

static bool is_doubtful(const struct written *written)
{
    return written->is_loose && written->weekday == NOTHING;
}

bool when_read_full_day(struct reader *reader, struct day *day)
{
    struct written written;
    size_t start = reader->at;
    if (when_read_nth_weekday(reader, day))
        return true;
    *day = (struct day){.problem = NULL};
    if (!read_written(reader, NULL, &written))
        return false;
    if (is_doubtful(&written) && !is_pair(reader, 0, ':')) {
        reader->at = start;
        return false;
    }
    if (is_doubtful(&written))
        written.problem = "order";
    resolve(reader, NULL, &written, day);
    return true;
}

bool when_read_day(struct reader *reader, const struct civil *previous, struct day *day)
{
    size_t start = reader->at;
    if (when_read_full_day(reader, day)) {
        bool shares_month = day->inferred & WHEN_INFERRED_MONTH && previous;
        if (!shares_month)
            return true;
        reader->at = start;
    }
    *day = (struct day){.problem = NULL};
    struct written written;
    if (previous && read_written(reader, previous, &written) && !is_doubtful(&written)) {
        resolve(reader, previous, &written, day);
        return true;
    }
    reader->at = start;
    if (read_relative(reader, day))
        return true;
    reader->at = start;
    return false;
}
