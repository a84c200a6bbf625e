/* Dates of running text that have a name or follow a rule: see when_find_parts.h. */
#include <string.h>

#include "text/when_find_parts.h"

static void set_month(struct moment *moment, int month)
{
    moment->month = month;
    moment->grain = GRAIN_MONTH;
}

static void take_year_behind(struct reader *reader, struct moment *moment)
{
    size_t start = reader->at;
    while (when_is_kind(reader, 0, TOKEN_OF) || when_is_kind(reader, 0, TOKEN_IN) || when_is_sign(reader, 0, ','))
        reader->at++;
    const struct token *token = when_peek(reader, 0);
    if (token->kind == TOKEN_NUMBER && token->digits == 4 && token->value >= 1000 && token->value < 2600) {
        moment->year = token->value;
        moment->has_year = true;
        reader->at++;
        when_accept(reader, TOKEN_YEAR);
        return;
    }
    struct moment year = when_empty_moment();
    bool is_near = token->kind == TOKEN_YEAR_AWAY || token->kind == TOKEN_LAST || token->kind == TOKEN_NEXT ||
                   token->kind == TOKEN_THIS;
    if (is_near && when_find_relative(reader, &year) && year.grain == GRAIN_YEAR) {
        moment->year = year.date.year;
        moment->has_year = true;
        return;
    }
    reader->at = start;
}

/* Q1 2012, 3Q, the first quarter of 2012, 第1四半期, summer of 2012 */
static bool read_quarter(struct reader *reader, struct moment *moment)
{
    size_t start = reader->at;
    when_accept_the(reader);
    bool is_sequence = when_accept(reader, TOKEN_SEQUENCE);
    const struct token *first = when_peek(reader, 0);
    const struct token *second = when_peek(reader, 1);
    bool is_q = first->kind == TOKEN_QUARTER && when_is_text(reader, 0, "q") && second->kind == TOKEN_NUMBER &&
                !second->is_spaced;
    bool is_counted = (first->kind == TOKEN_NTH ||
                       (first->kind == TOKEN_NUMBER && (is_sequence || !second->is_spaced))) &&
                      second->kind == TOKEN_QUARTER;
    int nth = is_q ? second->value : first->value;
    if ((!is_q && !is_counted) || nth < 1 || nth > 4) {
        reader->at = start;
        return false;
    }
    reader->at += 2;
    set_month(moment, nth * 3 - 2);
    take_year_behind(reader, moment);
    if (!moment->has_year) {
        moment->year = reader->about->now.year;
        moment->has_year = true;
        moment->inferred |= WHEN_INFERRED_YEAR;
    }
    return true;
}

static bool read_season(struct reader *reader, struct moment *moment)
{
    if (!when_is_kind(reader, 0, TOKEN_SEASON))
        return false;
    size_t start = reader->at;
    set_month(moment, when_value(reader, 0));
    reader->at++;
    take_year_behind(reader, moment);
    if (!moment->has_year)
        reader->at = start;
    return moment->has_year;
}

/* 1990s, the 90s, 1990年代, 昭和40年代, 21世紀, 紀元前3世紀, 21st century */
static bool read_age(struct reader *reader, struct moment *moment)
{
    const struct token *era = when_peek(reader, 0);
    size_t first = (era->kind == TOKEN_ERA && era->end - era->start > 1) || era->kind == TOKEN_BC_PREFIX;
    const struct token *number = when_peek(reader, first);
    if (number->kind != TOKEN_NUMBER)
        return false;
    size_t at = first + (when_is_kind(reader, first + 1, TOKEN_ORDINAL) ? 2 : 1);
    const struct token *word = when_peek(reader, at);
    bool is_decade = word->kind == TOKEN_DECADE && !word->is_spaced && number->value % 10 == 0 &&
                     (number->digits == 4 || number->digits == 2);
    bool is_century = word->kind == TOKEN_CENTURY && number->value >= 1 && number->value <= 30;
    if (!is_decade && !is_century)
        return false;
    bool is_bc = first && era->kind == TOKEN_BC_PREFIX;
    if (first && is_bc != is_century)
        return false;
    reader->at += at + 1;
    moment->year = is_bc                 ? 1 - number->value * 100
                   : first               ? era->value + number->value
                   : is_century          ? number->value * 100 - 99
                   : number->digits == 4 ? number->value
                   : number->value < 30  ? 2000 + number->value
                                         : 1900 + number->value;
    moment->has_year = true;
    moment->grain = GRAIN_YEAR;
    return true;
}

/* The last such weekday of a month. */
static struct civil last_weekday(int year, int month, int weekday)
{
    struct civil date;
    if (!when_nth_weekday(year, month, 5, weekday, &date))
        when_nth_weekday(year, month, 4, weekday, &date);
    return date;
}

/* the first Monday of September 2012, the last Friday in October, the 2nd Tuesday of next month */
static bool read_nth_weekday(struct reader *reader, struct moment *moment)
{
    size_t start = reader->at;
    when_accept_the(reader);
    const struct token *nth = when_peek(reader, 0);
    bool is_last = nth->kind == TOKEN_LAST && when_is_text(reader, 0, "last");
    bool is_written = nth->kind == TOKEN_NUMBER && when_is_kind(reader, 1, TOKEN_ORDINAL);
    if (!is_last && !is_written && nth->kind != TOKEN_NTH)
        return false;
    reader->at += is_written ? 2 : 1;
    int weekday = when_take_weekday(reader);
    struct moment month = when_empty_moment();
    bool is_linked = when_is_kind(reader, 0, TOKEN_OF) || when_is_kind(reader, 0, TOKEN_IN);
    while (when_is_kind(reader, 0, TOKEN_OF) || when_is_kind(reader, 0, TOKEN_IN))
        reader->at++;
    if (weekday == NOT_WRITTEN || !is_linked ||
        !(when_find_relative(reader, &month) || when_find_written(reader, &month)) || month.grain != GRAIN_MONTH) {
        reader->at = start;
        return false;
    }
    when_resolve(reader, NULL, &month);
    moment->date = last_weekday(month.date.year, month.date.month, weekday);
    bool exists = is_last || when_nth_weekday(month.date.year, month.date.month, nth->value, weekday, &moment->date);
    moment->is_fixed = true;
    moment->grain = GRAIN_DAY;
    moment->inferred = month.inferred;
    if (!exists)
        reader->at = start;
    return exists;
}

/* Christmas, Christmas Eve, New Year's Day, Valentine's Day, 元日 */
static bool read_feast(struct reader *reader, struct moment *moment)
{
    const struct token *token = when_peek(reader, 0);
    int date = token->kind == TOKEN_FEAST ? token->value : 0;
    size_t at = 1;
    if (token->kind == TOKEN_NEW && when_is_text(reader, 1, "year")) {
        date = 101;
        at = 2;
    } else if (token->kind == TOKEN_VALENTINE) {
        date = 214;
    }
    if (!date)
        return false;
    if (when_is_sign(reader, at, '\'') && when_is_text(reader, at + 1, "s"))
        at += 2;
    bool is_day = when_is_text(reader, at, "day");
    bool is_eve = when_is_kind(reader, at, TOKEN_EVE);
    bool is_possible = token->kind == TOKEN_FEAST || is_day || is_eve;
    if (!is_possible)
        return false;
    at += is_day || is_eve;
    reader->at += at;
    if (is_eve)
        date = date == 101 ? 1231 : date - 1;
    moment->month = date / 100;
    moment->day = date % 100;
    moment->grain = GRAIN_DAY;
    take_year_behind(reader, moment);
    return true;
}

/* in 2012, since 2010: a number that is a year because of the word before it */
static bool read_year(struct reader *reader, struct moment *moment)
{
    const struct token *token = when_peek(reader, 0);
    if (token->kind != TOKEN_NUMBER || token->digits != 4 || token->value < 1000 || token->value > 2199 ||
        reader->at == 0)
        return false;
    const struct token *before = &reader->tokens[reader->at - 1];
    bool is_named = strncmp(reader->folded->text + before->start, "year", (size_t)(before->end - before->start)) == 0;
    if (token->value < 1500 && !is_named)
        return false;
    bool is_led = before->kind == TOKEN_IN || before->kind == TOKEN_VAGUE_DATE || before->kind == TOKEN_SINCE || before->kind == TOKEN_DEADLINE ||
                  before->kind == TOKEN_LAST || before->kind == TOKEN_YEAR_WORD ||
                  is_named;
    if (!is_led)
        return false;
    moment->year = token->value;
    moment->has_year = true;
    moment->grain = GRAIN_YEAR;
    reader->at++;
    return true;
}

bool when_find_named(struct reader *reader, struct moment *moment)
{
    static bool (*const forms[])(struct reader *, struct moment *) = {read_nth_weekday, read_quarter, read_season,
                                                                      read_age,         read_feast,   read_year};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        *moment = when_empty_moment();
        if (forms[i](reader, moment))
            return true;
    }
    return false;
}
