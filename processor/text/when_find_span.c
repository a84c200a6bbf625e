/* Spans of running text: two moments, and what each takes from the other. See when_find_parts.h. */
#include <string.h>

#include "text/when_find_parts.h"

static bool has_date(const struct moment *moment)
{
    return moment->grain != GRAIN_NONE;
}

/* Whether "between" leads to the token. */
static bool is_between(const struct reader *reader, size_t at)
{
    const struct token *lead = at > 0 ? &reader->tokens[at - 1] : NULL;
    return lead && lead->end - lead->start == strlen("between") &&
           strncmp(reader->folded->text + lead->start, "between", strlen("between")) == 0;
}

/* 4〜6月, 1995〜2005年: the number that begins them is of the unit behind the other; else the reader is put back. */
static bool take_stretch(struct reader *reader, int number, size_t start, struct moment *first,
                         const struct moment *second)
{
    bool is_year = second->grain == GRAIN_YEAR && second->has_year && number > 31;
    int last = is_year ? second->year : second->month;
    bool is_range = when_is_range(&reader->tokens[first->behind]) || reader->tokens[first->behind].kind == TOKEN_TO;
    if (!is_range || second->is_fixed || number < 1 || number >= last ||
        (!is_year && (second->grain != GRAIN_MONTH || number > 12))) {
        reader->at = start;
        return false;
    }
    first->grain = second->grain;
    first->month = is_year ? 0 : number;
    first->year = is_year ? number : second->year;
    first->has_year = second->has_year;
    return true;
}

/* 10〜12日, 1-3pm, 10 - 12 August, 4 to 22 this month: the first number takes its unit from the second. */
static bool read_shared_span(struct reader *reader, struct moment *first, struct moment *second)
{
    const struct token *number = when_peek(reader, 0);
    size_t start = reader->at;
    bool is_minute = when_is_sign(reader, 1, ':') && when_is_kind(reader, 2, TOKEN_NUMBER);
    size_t at = is_minute ? 3 : 1;
    const struct token *range = when_peek(reader, at);
    bool is_year = number->digits == 4 && number->value >= 1000 && number->value < 2600;
    if (is_minute || number->kind != TOKEN_NUMBER || (number->digits > 2 && !is_year) || number->digits == 0)
        return false;
    if (when_is_kind(reader, 1, TOKEN_ORDINAL)) {
        at = 2;
        range = when_peek(reader, at);
    }
    if (!when_is_range(range) && range->kind != TOKEN_TO && !when_is_list(range))
        return false;
    reader->at += at + 1;
    struct reader ahead = *reader;
    if (!when_find_moment(reader, second)) {
        reader->at = start;
        return false;
    }
    *first = when_empty_moment();
    first->first = start;
    first->behind = start + at;
    if (is_year || second->grain == GRAIN_MONTH)
        return take_stretch(reader, number->value, start, first, second);
    bool is_joined = !when_is_list(range) || is_between(reader, start);
    bool is_time = second->minutes != NOT_WRITTEN && !second->is_bare && is_joined && number->value <= 24;
    bool begins_with_time = when_find_time(&ahead, &(struct moment){.weekday = NOT_WRITTEN});
    if (is_time && (begins_with_time || !second->day)) {
        first->minutes = number->value * 60;
        if (second->is_half_known && second->minutes >= 12 * 60 && number->value < 12 &&
            first->minutes + 12 * 60 < second->minutes)
            first->minutes += 12 * 60;
        return true;
    }
    bool is_day = second->grain == GRAIN_DAY && second->minutes == NOT_WRITTEN && number->value >= 1 &&
                  number->value <= 31 && (second->day > number->value || second->is_fixed);
    if (is_day && second->day > 0) {
        first->day = number->value;
        first->grain = GRAIN_DAY;
        first->month = second->month;
        first->year = second->year;
        first->has_year = second->has_year;
        return true;
    }
    reader->at = start;
    return false;
}

/* Behind a date and a range sign a mere number is a day: Aug 10-12, 8/10-12. */
static bool read_bare_day(struct reader *reader, const struct moment *first, struct moment *second)
{
    const struct token *number = when_peek(reader, 0);
    size_t start = reader->at;
    if (first->grain == GRAIN_YEAR && number->kind == TOKEN_NUMBER && number->digits == 4 && number->value < 2600) {
        *second = when_empty_moment();
        second->year = number->value;
        second->has_year = true;
        second->grain = GRAIN_YEAR;
        second->first = start;
        second->behind = ++reader->at;
        return true;
    }
    if (first->grain != GRAIN_DAY || first->minutes != NOT_WRITTEN || number->kind != TOKEN_NUMBER ||
        number->digits > 2 || number->value > 31 || number->value <= first->date.day)
        return false;
    *second = when_empty_moment();
    second->day = number->value;
    second->grain = GRAIN_DAY;
    reader->at++;
    when_accept(reader, TOKEN_ORDINAL);
    size_t behind = reader->at;
    when_accept_sign(reader, ',');
    const struct token *year = when_peek(reader, 0);
    if (year->kind == TOKEN_NUMBER && year->digits == 4 && year->value >= 1000 && year->value < 2600) {
        second->year = year->value;
        second->has_year = true;
        reader->at++;
    } else {
        reader->at = behind;
    }
    second->first = start;
    second->behind = reader->at;
    if (when_may_end(reader, second, "-/.:%") && !when_is_kind(reader, 0, TOKEN_HOUR))
        return true;
    reader->at = start;
    return false;
}

static bool accept_range(struct reader *reader, const struct moment *first)
{
    const struct token *token = when_peek(reader, 0);
    bool is_range = when_is_range(token) || token->kind == TOKEN_TO ||
                    (token->kind == TOKEN_LIST && when_is_latin(reader, token) && is_between(reader, first->first));
    reader->at += is_range;
    return is_range;
}

bool when_find_span_end(struct reader *reader, const struct moment *first, struct moment *second)
{
    size_t start = reader->at;
    when_accept(reader, TOKEN_UNTIL);
    if (!accept_range(reader, first))
        return false;
    while (when_is_kind(reader, 0, TOKEN_OF) || when_is_sign(reader, 0, ','))
        reader->at++;
    if (when_find_moment(reader, second) || read_bare_day(reader, first, second)) {
        when_accept(reader, TOKEN_UNTIL);
        return true;
    }
    reader->at = start;
    return false;
}

/* What both ends of a span lack, each takes from the other. */
void when_share_span(const struct reader *reader, const struct moment *before, struct moment *first,
                     struct moment *second)
{
    if (!has_date(first) && has_date(second) && second->minutes != NOT_WRITTEN) {
        struct moment date = *second;
        when_resolve(reader, before, &date);
        first->date = date.date;
        first->grain = date.grain;
        first->is_fixed = true;
        first->inferred |= date.inferred;
    }
    if (second->has_year && !first->has_year && !first->is_fixed && has_date(first)) {
        first->year = second->year;
        first->has_year = true;
        if (!first->month)
            first->month = second->month;
        if (!first->month)
            first->has_year = false;
    }
    if (!first->is_fixed && first->day && !first->month && second->month)
        first->month = second->month;
    when_resolve(reader, before, first);
    bool has_own_year = second->has_year || second->is_fixed;
    if (second->has_year && !second->month && second->day)
        second->month = first->date.month;
    when_resolve(reader, first, second);
    if (!has_own_year && has_date(second) && civil_compare(second->date, first->date) < 0) {
        if (second->month)
            second->date.year++;
        else if (second->day)
            second->date = when_add_months(second->date, 1);
    }
    if (!has_own_year && second->month && second->date.year < first->date.year)
        second->date.year = first->date.year;
    if (first->has_year && !has_own_year && second->month) {
        second->date.year = first->date.year;
        if (civil_compare(second->date, first->date) < 0)
            second->date.year++;
    }
}

void when_settle_span_times(struct moment *first, struct moment *second)
{
    if (second->has_zone && !first->has_zone) {
        first->zone = second->zone;
        first->has_zone = true;
    }
    if (!civil_same_day(first->date, second->date) || second->minutes > first->minutes || second->is_next_day)
        return;
    bool is_later_half = !second->is_half_known && second->minutes < 12 * 60 &&
                         second->minutes + 12 * 60 > first->minutes;
    second->minutes += is_later_half ? 12 * 60 : MINUTES_A_DAY;
}

/* "tomorrow 8-10am", 8月12日 13〜15時: a day, and the times of a span behind it that share their unit. */
static bool read_day_with_span(struct reader *reader, struct moment *first, struct moment *second)
{
    size_t start = reader->at;
    struct moment day;
    if (when_find_date(reader, &day) && day.grain == GRAIN_DAY && day.minutes == NOT_WRITTEN && day.part == PART_NONE) {
        when_skip_links(reader);
        if (read_shared_span(reader, first, second) && first->grain == GRAIN_NONE && second->grain == GRAIN_NONE) {
            when_join_date(first, &day);
            first->first = start;
            return true;
        }
    }
    reader->at = start;
    return false;
}

static struct moment year_at(size_t at, int year)
{
    struct moment moment = when_empty_moment();
    moment.year = year;
    moment.has_year = true;
    moment.grain = GRAIN_YEAR;
    moment.first = at;
    moment.behind = at + 1;
    return moment;
}

/* 1939–1945, 1914-18, where no other numbers are about: at the beginning, in brackets, behind "the" or "in". */
static bool read_years(struct reader *reader, struct moment *first, struct moment *second)
{
    const struct token *from = when_peek(reader, 0);
    const struct token *to = when_peek(reader, 2);
    const struct token *before = when_token_before(reader, 1);
    const struct token *behind = when_peek(reader, 3);
    bool is_pair = from->kind == TOKEN_NUMBER && from->digits == 4 && from->value >= 1500 && from->value < 2200 &&
                   when_is_range(when_peek(reader, 1)) && to->kind == TOKEN_NUMBER && !to->is_spaced;
    int last = to->digits == 2 ? from->value / 100 * 100 + to->value : to->value;
    bool is_led = !before || before->kind == TOKEN_OF || before->kind == TOKEN_IN || before->kind == TOKEN_SINCE ||
                  (before->kind == TOKEN_SIGN && before->value == '(');
    bool is_month = to->digits == 2 && to->value <= 12; /* 2012-08 */
    bool is_longer = !behind->is_spaced && (behind->kind == TOKEN_NUMBER || when_is_range(behind) ||
                                            when_is_sign(reader, 3, '/') || when_is_sign(reader, 3, ':'));
    if (!is_pair || (to->digits != 4 && to->digits != 2) || last <= from->value || last >= 2200 || !is_led || is_month ||
        is_longer)
        return false;
    *first = year_at(reader->at, from->value);
    *second = year_at(reader->at + 2, last);
    reader->at += 3;
    return true;
}

bool when_find_span(struct reader *reader, struct moment *first, struct moment *second)
{
    return read_years(reader, first, second) || read_shared_span(reader, first, second) || read_day_with_span(reader, first, second);
}
