/* Days, months and years that are written out in running text: see when_find_parts.h. */
#include <string.h>

#include "text/when_find_parts.h"

/* A year that may stand without a unit. */
static bool is_plain_year(const struct reader *reader, size_t ahead)
{
    const struct token *token = when_peek(reader, ahead);
    return token->kind == TOKEN_NUMBER && token->digits == 4 && token->value >= 1000 && token->value < 2600;
}

static int full_year(const struct token *token)
{
    return token->digits != 2 ? token->value : token->value < 70 ? 2000 + token->value : 1900 + token->value;
}

/* 令和 R 平成 H S 西暦: the year before the first one, and how many tokens; a letter only when a number is glued to it.
 */
static bool is_era(const struct reader *reader, int *base)
{
    static const struct era {
        const char *letter;
        int base;
    } eras[] = {{"m", 1867}, {"t", 1911}, {"s", 1925}, {"h", 1988}, {"r", 2018}};
    const struct token *token = when_peek(reader, 0);
    if (!when_is_kind(reader, 1, TOKEN_NUMBER))
        return false;
    if (token->kind == TOKEN_YEAR_WORD || token->kind == TOKEN_BC_PREFIX) {
        *base = 0;
        return true;
    }
    if (token->kind == TOKEN_ERA && token->end - token->start > 1) {
        *base = token->value;
        return true;
    }
    bool is_dated = when_is_kind(reader, 2, TOKEN_YEAR) ||
                    ((when_is_sign(reader, 2, '.') || when_is_sign(reader, 2, '/') || when_is_sign(reader, 2, '-')) &&
                     when_is_kind(reader, 3, TOKEN_NUMBER) && when_is_glued(reader, 3));
    for (size_t i = 0; i < sizeof eras / sizeof *eras; i++)
        if (is_dated && when_is_glued(reader, 1) && when_peek(reader, 1)->digits <= 2 &&
            when_is_text(reader, 0, eras[i].letter)) {
            *base = eras[i].base;
            return true;
        }
    return false;
}

static void set_stretch(struct moment *moment, int year, int month)
{
    moment->year = year;
    moment->has_year = true;
    moment->month = month;
    moment->grain = GRAIN_MONTH;
}

/* 第3四半期, 上半期, 夏 behind a year. */
static bool take_season(struct reader *reader, struct moment *moment)
{
    size_t start = reader->at;
    when_accept(reader, TOKEN_OF);
    if (when_accept(reader, TOKEN_SEQUENCE) && when_is_kind(reader, 0, TOKEN_NUMBER) &&
        when_is_kind(reader, 1, TOKEN_QUARTER) && when_value(reader, 0) >= 1 && when_value(reader, 0) <= 4) {
        set_stretch(moment, moment->year, when_value(reader, 0) * 3 - 2);
        reader->at += 2;
        return true;
    }
    const struct token *token = when_peek(reader, 0);
    reader->at++;
    if (token->kind == TOKEN_HALF_YEAR)
        set_stretch(moment, moment->year, token->value == 1 ? 1 : 7);
    else if (token->kind == TOKEN_SEASON)
        set_stretch(moment, moment->year, token->value);
    else
        reader->at = start;
    return reader->at > start;
}

/* 上旬 末 behind a month, as its first day then. */
static void take_month_part(struct reader *reader, struct moment *moment)
{
    static const int days[] = {[MONTH_BEGIN] = 1,   [MONTH_FIRST] = 1,  [MONTH_MID] = 15,
                               [MONTH_SECOND] = 11, [MONTH_THIRD] = 21, [MONTH_END] = 31};
    size_t start = reader->at;
    when_accept(reader, TOKEN_OF);
    const struct token *token = when_peek(reader, 0);
    if (token->kind != TOKEN_MONTH_PART || (unsigned char)reader->folded->text[token->start] < 0x80) {
        reader->at = start;
        return;
    }
    reader->at++;
    moment->day = days[token->value];
    moment->is_month_end = token->value == MONTH_END;
    moment->grain = GRAIN_DAY;
}

/* 第3木曜日 behind a month. */
static bool take_nth_weekday(struct reader *reader, struct moment *moment)
{
    size_t start = reader->at;
    when_accept(reader, TOKEN_OF);
    if (when_accept(reader, TOKEN_SEQUENCE) && when_is_kind(reader, 0, TOKEN_NUMBER)) {
        int nth = when_value(reader, 0);
        reader->at++;
        int weekday = when_take_weekday(reader);
        if (weekday != NOT_WRITTEN && nth >= 1 && nth <= 5) {
            moment->weekday = weekday;
            moment->day = -nth;
            moment->grain = GRAIN_DAY;
            return true;
        }
    }
    reader->at = start;
    return false;
}

/* 8月10日, 8月, 8月末, 8月第3木曜; and "8月10" when another day follows in a list or a span. */
static bool take_month_and_day(struct reader *reader, struct moment *moment)
{
    size_t start = reader->at;
    bool is_end = when_is_kind(reader, 1, TOKEN_PERIOD_END) && when_is_text(reader, 1, "月末");
    if (when_is_kind(reader, 0, TOKEN_NUMBER) && (is_end || when_is_kind(reader, 1, TOKEN_MONTH_BEGIN)) &&
        when_value(reader, 0) <= 12 && when_value(reader, 0) >= 1) {
        moment->month = when_value(reader, 0);
        moment->day = is_end ? 31 : 1;
        moment->is_month_end = is_end;
        moment->grain = GRAIN_DAY;
        reader->at += 2;
        return true;
    }
    if (!when_is_kind(reader, 0, TOKEN_NUMBER) || !when_is_date_unit(reader, 1, 1) || when_value(reader, 0) > 99)
        return false;
    moment->month = when_value(reader, 0);
    moment->grain = GRAIN_MONTH;
    reader->at += 2;
    size_t month_end = reader->at;
    when_accept(reader, TOKEN_OF);
    const struct token *behind = when_peek(reader, 1);
    bool is_shared = when_is_range(behind) || when_is_list(behind) || behind->kind == TOKEN_TO;
    if (when_is_kind(reader, 0, TOKEN_NUMBER) && (when_is_date_unit(reader, 1, 0) || is_shared) &&
        when_value(reader, 0) < 100) {
        moment->day = when_value(reader, 0);
        moment->grain = GRAIN_DAY;
        reader->at += when_is_date_unit(reader, 1, 0) ? 2 : 1;
        return true;
    }
    reader->at = month_end;
    if (when_is_text(reader, 0, "号") || moment->month > 12 || moment->month < 1) {
        reader->at = start;
        return false;
    }
    if (!take_nth_weekday(reader, moment))
        take_month_part(reader, moment);
    return true;
}

/* 2012年8月10日, 平成24年8月, 令和元年, 8月10日, 10日 */
static bool read_with_units(struct reader *reader, struct moment *moment)
{
    int base = 0;
    bool has_era = is_era(reader, &base);
    bool is_bc = when_is_kind(reader, 0, TOKEN_BC_PREFIX);
    size_t at = has_era ? 1 : 0;
    const struct token *number = when_peek(reader, at);
    if (number->kind != TOKEN_NUMBER)
        return false;
    if (when_is_kind(reader, at + 1, TOKEN_YEAR) || when_is_kind(reader, at + 1, TOKEN_FISCAL)) {
        bool is_fiscal = when_is_kind(reader, at + 1, TOKEN_FISCAL);
        bool is_sure = has_era || number->value >= 1000 || (is_fiscal && number->digits == 2);
        moment->year = has_era ? base + number->value : full_year(number);
        if (is_bc)
            moment->year = 1 - number->value;
        moment->has_year = true;
        moment->grain = GRAIN_YEAR;
        size_t start = reader->at;
        reader->at += at + 2;
        size_t year_end = reader->at;
        if (is_fiscal) {
            set_stretch(moment, moment->year, 4);
            return is_sure;
        }
        when_accept(reader, TOKEN_OF);
        when_accept_sign(reader, ',');
        if (take_month_and_day(reader, moment))
            return true;
        reader->at = year_end;
        if (!is_sure || number->value > 9999) {
            reader->at = start;
            return false;
        }
        if (!take_season(reader, moment) && when_is_kind(reader, 0, TOKEN_MONTH_PART) &&
            when_value(reader, 0) == MONTH_END) {
            reader->at++;
            moment->month = 12;
            moment->day = 31;
            moment->grain = GRAIN_DAY;
        }
        return true;
    }
    if (has_era)
        return false;
    if (take_month_and_day(reader, moment))
        return true;
    if (when_is_date_unit(reader, 1, 0) && number->digits > 0 && number->digits <= 2) {
        moment->day = number->value;
        moment->grain = GRAIN_DAY;
        reader->at += 2;
        return true;
    }
    return false;
}

/* Whether `ahead` begins number SIGN number, written together. */
static bool is_pair(const struct reader *reader, size_t ahead, char sign)
{
    return when_is_kind(reader, ahead, TOKEN_NUMBER) && when_is_sign(reader, ahead + 1, sign) &&
           when_is_glued(reader, ahead + 1) && when_is_kind(reader, ahead + 2, TOKEN_NUMBER) &&
           when_is_glued(reader, ahead + 2);
}

static bool is_japanese(const struct reader *reader)
{
    if (reader->about->language)
        return strcmp(reader->about->language, "ja") == 0;
    for (size_t i = 0; i < reader->folded->length; i++)
        if ((unsigned char)reader->folded->text[i] >= 0xE3)
            return true;
    return false;
}

static bool set_date(struct moment *moment, int year, int month, int day)
{
    moment->year = year;
    moment->has_year = year != 0;
    moment->month = month;
    moment->day = day;
    moment->grain = GRAIN_DAY;
    return month <= 12 && day <= 31 && month >= 1 && day >= 1;
}

/* Three numbers that do not begin with a year of four digits. */
static bool order_triple(const struct reader *reader, const struct token *const parts[3], char sign,
                         struct moment *moment)
{
    int first = parts[0]->value;
    int second = parts[1]->value;
    int third = parts[2]->value;
    moment->is_swapped = true;
    if (parts[2]->digits == 4 || (parts[2]->digits == 2 && sign != '.' && !(first > 31 || is_japanese(reader)))) {
        moment->is_odd = first <= 12 && second <= 12 && first != second && sign != '.';
        bool is_day_first = first > 12 || sign == '.';
        return set_date(moment, full_year(parts[2]), is_day_first ? second : first, is_day_first ? first : second);
    }
    if (parts[0]->digits != 2 || parts[2]->digits > 2)
        return false;
    return sign == '/' && set_date(moment, full_year(parts[0]), second, third);
}

/* 2012/8/10 2012-08-10 2012.8.10 H24.8.10 8/10/2012 10.08.2012 12/8/10 */
static bool read_triple(struct reader *reader, struct moment *moment)
{
    static const char signs[] = "/-.";
    int base = 0;
    size_t at = is_era(reader, &base) ? 1 : 0;
    for (const char *sign = signs; *sign; sign++) {
        if (!is_pair(reader, at, *sign) || !is_pair(reader, at + 2, *sign))
            continue;
        const struct token *parts[3] = {when_peek(reader, at), when_peek(reader, at + 2), when_peek(reader, at + 4)};
        if (is_pair(reader, at + 4, *sign) || parts[1]->digits > 2)
            return false;
        bool is_plain = at == 1 || parts[0]->digits == 4;
        bool is_date = is_plain ? parts[2]->digits <= 2 &&
                                      set_date(moment, base + parts[0]->value, parts[1]->value, parts[2]->value)
                                : order_triple(reader, parts, *sign, moment);
        reader->at += is_date ? at + 5 : 0;
        return is_date;
    }
    return false;
}

/* Words that make a number pair a date and not a fraction, before it or behind it. */
static bool is_dated_pair(const struct reader *reader, const struct moment *moment)
{
    size_t at = reader->at;
    const struct token *before = at > 0 ? &reader->tokens[at - 1] : NULL;
    const struct token *behind = when_peek(reader, 3);
    bool is_small = moment->month <= 3 && moment->day <= 10 && moment->month < moment->day;
    if (!before && behind->kind == TOKEN_END)
        return true;
    if (before && before->kind == TOKEN_SIGN && before->value == '(' && when_is_sign(reader, 3, ')') &&
        is_japanese(reader))
        return true; /* 昨日(8/9) */
    if (before && (before->kind == TOKEN_OF || before->kind == TOKEN_SINCE || before->kind == TOKEN_TO ||
                   before->kind == TOKEN_RANGE || before->kind == TOKEN_LAST || before->kind == TOKEN_NEXT ||
                   before->kind == TOKEN_WEEKDAY || before->kind == TOKEN_DEADLINE || when_is_range(before)))
        return !(behind->kind == TOKEN_OF && (unsigned char)reader->folded->text[behind->start] < 0x80 &&
                 when_is_text(reader, 3, "of"));
    struct reader ahead = *reader;
    ahead.at += 3;
    struct moment time = when_empty_moment();
    if (when_take_weekday(&ahead) != NOT_WRITTEN || when_find_time(&ahead, &time))
        return true;
    if (behind->kind == TOKEN_OF || behind->kind == TOKEN_LIST)
        return !is_small && (unsigned char)reader->folded->text[behind->start] >= 0x80;
    bool is_word = behind->kind == TOKEN_OTHER && (unsigned char)reader->folded->text[behind->start] >= 0x80;
    return !is_small && (when_is_range(behind) || behind->kind == TOKEN_TO || behind->kind == TOKEN_UNTIL ||
                         behind->kind == TOKEN_TOPIC || behind->kind == TOKEN_DEADLINE || behind->kind == TOKEN_BESIDE ||
                         is_word);
}

/* 8/10, 8.10(金), 2012/8, 8/2012 */
static bool read_pair(struct reader *reader, struct moment *moment)
{
    static const char signs[] = "/.-";
    for (const char *sign = signs; *sign; sign++) {
        if (!is_pair(reader, 0, *sign) || is_pair(reader, 2, *sign))
            continue;
        const struct token *first = when_peek(reader, 0);
        const struct token *second = when_peek(reader, 2);
        if (first->digits == 4 && second->digits <= 2 && *sign != '.' && second->value >= 1 && second->value <= 12 &&
            first->value >= 1900 && first->value < 2200) {
            set_stretch(moment, first->value, second->value);
        } else if (second->digits == 4 && first->digits <= 2 && *sign == '/' && first->value >= 1 &&
                   first->value <= 12 && second->value >= 1900 && second->value < 2200) {
            set_stretch(moment, second->value, first->value);
        } else {
            bool is_day_first = first->value > 12 && second->value <= 12;
            if (first->digits > 2 || second->digits > 2 ||
                !set_date(moment, 0, is_day_first ? second->value : first->value,
                          is_day_first ? first->value : second->value))
                return false;
            struct reader ahead = *reader;
            ahead.at += 3;
            if (*sign != '/' ? when_take_weekday(&ahead) == NOT_WRITTEN : !is_dated_pair(reader, moment))
                return false;
            moment->is_swapped = is_day_first;
        }
        reader->at += 3;
        return true;
    }
    return false;
}

/* 20120810, where a word leads to it or a time follows: most numbers of eight figures are none. */
static bool read_compact(struct reader *reader, struct moment *moment)
{
    const struct token *token = when_peek(reader, 0);
    if (token->kind != TOKEN_NUMBER || !when_is_compact_date(token))
        return false;
    const struct token *before = when_token_before(reader, 1);
    bool is_led = !before || before->kind == TOKEN_OF || before->kind == TOKEN_SINCE || before->kind == TOKEN_TO ||
                  before->kind == TOKEN_TITLE || before->kind == TOKEN_DEADLINE || when_is_range(before) || when_is_range(when_peek(reader, 1));
    struct reader ahead = *reader;
    struct moment time = when_empty_moment();
    ahead.at++;
    if (!is_led && when_take_weekday(&ahead) == NOT_WRITTEN && !when_find_time(&ahead, &time))
        return false;
    reader->at++;
    return set_date(moment, token->value / 10000, token->value / 100 % 100, token->value % 100);
}

/* A day of the month in English: 10, 10th, tenth, twenty-first. */
static bool take_day(struct reader *reader, int *day)
{
    const struct token *token = when_peek(reader, 0);
    if (token->kind == TOKEN_NTH) {
        *day = token->value;
        reader->at++;
        return true;
    }
    if (token->kind != TOKEN_NUMBER || token->digits > 2 || token->value < 1 || token->value > 31)
        return false;
    bool is_compound = token->digits == 0 && token->value >= 20 && when_is_sign(reader, 1, '-') &&
                       when_is_kind(reader, 2, TOKEN_NTH);
    *day = token->value + (is_compound ? when_value(reader, 2) : 0);
    reader->at += is_compound ? 3 : 1;
    if (when_is_kind(reader, 0, TOKEN_ORDINAL) && when_is_glued(reader, 0))
        reader->at++;
    return true;
}

/* ", 2012", "2012", "234 BCE", "'12" */
static void take_year(struct reader *reader, bool is_day_first, struct moment *moment)
{
    size_t start = reader->at;
    if (!when_accept_sign(reader, ','))
        when_accept(reader, TOKEN_OF);
    if (when_is_sign(reader, 0, '-') || when_is_sign(reader, 0, '/'))
        reader->at += when_is_glued(reader, 0) && when_is_glued(reader, 1);
    bool is_short = when_accept_sign(reader, '\'');
    const struct token *number = when_peek(reader, 0);
    const struct token *era = when_peek(reader, 1);
    bool has_era = number->kind == TOKEN_NUMBER && number->digits > 0 && number->digits <= 4 &&
                   (era->kind == TOKEN_BEFORE_CHRIST || era->kind == TOKEN_ANNO_DOMINI || era->kind == TOKEN_BUDDHIST);
    bool is_glued_short = is_day_first && number->digits == 2 && !number->is_spaced && reader->at > start &&
                          !when_is_sign(reader, 0, ',') && reader->tokens[reader->at - 1].value != ',' &&
                          number->kind == TOKEN_NUMBER;
    if (has_era) {
        moment->year = era->kind == TOKEN_BEFORE_CHRIST ? 1 - number->value
                       : era->kind == TOKEN_BUDDHIST    ? number->value - 543
                                                        : number->value;
        reader->at += 2;
    } else if (is_plain_year(reader, 0) && !when_is_sign(reader, 1, ':') && !when_is_kind(reader, 1, TOKEN_UNIT)) {
        moment->year = number->value;
        reader->at++;
    } else if ((is_short && number->kind == TOKEN_NUMBER && number->digits == 2) || is_glued_short) {
        moment->year = full_year(number);
        reader->at++;
    } else {
        reader->at = start;
        return;
    }
    moment->has_year = true;
}

/* Aug 10, August 2012, 10 August 234 BCE, the 10th of August, 2012 Aug 10 */
static bool read_named_month(struct reader *reader, struct moment *moment)
{
    size_t start = reader->at;
    if (is_plain_year(reader, 0) &&
        (when_is_kind(reader, 1, TOKEN_MONTH_NAME) || when_is_kind(reader, 2, TOKEN_MONTH_NAME))) {
        moment->year = when_value(reader, 0);
        moment->has_year = true;
        reader->at++;
        if (!when_accept_sign(reader, ',') && !when_accept_sign(reader, '-'))
            when_accept_sign(reader, '/');
    } else if (take_day(reader, &moment->day)) {
        while (when_is_kind(reader, 0, TOKEN_OF) || when_is_sign(reader, 0, '-') || when_is_sign(reader, 0, '/'))
            reader->at++;
        if (!when_is_kind(reader, 0, TOKEN_MONTH_NAME)) {
            reader->at = start;
            moment->day = 0;
            return false;
        }
    }
    if (!when_is_kind(reader, 0, TOKEN_MONTH_NAME)) {
        reader->at = start;
        *moment = when_empty_moment();
        return false;
    }
    bool is_day_first = moment->day > 0;
    moment->month = when_value(reader, 0);
    reader->at++;
    when_accept_sign(reader, '.');
    size_t behind = reader->at;
    if (!moment->day) {
        if (when_is_sign(reader, 0, '-') && when_is_glued(reader, 0) && when_is_glued(reader, 1))
            reader->at++;
        when_accept(reader, TOKEN_OF);
        bool is_clock = when_is_sign(reader, 1, ':') || when_is_kind(reader, 1, TOKEN_FORENOON) ||
                        when_is_kind(reader, 1, TOKEN_AFTERNOON);
        if (is_clock || !take_day(reader, &moment->day))
            reader->at = behind;
    }
    if (!moment->has_year)
        take_year(reader, is_day_first, moment);
    moment->grain = moment->day ? GRAIN_DAY : GRAIN_MONTH;
    return true;
}

bool when_find_written(struct reader *reader, struct moment *moment)
{
    static bool (*const forms[])(struct reader *, struct moment *) = {
        read_with_units, read_triple, read_named_month, read_pair, read_compact};
    size_t start = reader->at;
    int weekday = when_take_weekday(reader);
    bool is_bracketed = weekday != NOT_WRITTEN && when_accept_sign(reader, '(');
    if (weekday != NOT_WRITTEN) {
        when_accept_sign(reader, ',');
        when_accept(reader, TOKEN_OF);
        when_accept(reader, TOKEN_OF);
    }
    bool is_read = false;
    for (size_t i = 0; i < sizeof forms / sizeof *forms && !is_read; i++) {
        *moment = when_empty_moment();
        is_read = forms[i](reader, moment);
    }
    if (!is_read || (is_bracketed && !when_accept_sign(reader, ')'))) {
        reader->at = start;
        return false;
    }
    if (moment->weekday == NOT_WRITTEN)
        moment->weekday = weekday;
    if (moment->weekday == NOT_WRITTEN && moment->grain == GRAIN_DAY) {
        size_t behind = reader->at;
        when_accept_sign(reader, ',');
        when_accept(reader, TOKEN_OF);
        moment->weekday = when_take_weekday(reader);
        if (moment->weekday == NOT_WRITTEN)
            reader->at = behind;
    }
    return true;
}
