/* Days that count from today, in running text: see when_find_parts.h. */
#include "text/when_find_parts.h"

enum { MINUTES_AN_HOUR = 60 };

/* The kind of a unit, or false; Japanese units are partly the words of times and dates. */
bool when_take_unit(struct reader *reader, enum unit *unit)
{
    const struct token *token = when_peek(reader, 0);
    switch (token->kind) {
    case TOKEN_UNIT:
        *unit = (enum unit)token->value;
        break;
    case TOKEN_MINUTE:
        *unit = UNIT_MINUTES;
        break;
    case TOKEN_YEAR:
        *unit = UNIT_YEARS;
        break;
    case TOKEN_QUARTER:
        *unit = UNIT_QUARTERS;
        break;
    default:
        return false;
    }
    reader->at++;
    return true;
}

/* 3 weeks, an hour, half an hour, a couple of days, 1時間半, 2時間30分, 半年 */
bool when_take_amount(struct reader *reader, struct amount *amount)
{
    size_t start = reader->at;
    *amount = (struct amount){.count = 1};
    when_accept(reader, TOKEN_ABOUT);
    if (when_accept(reader, TOKEN_HALF)) {
        when_accept(reader, TOKEN_ARTICLE);
        amount->count = 0;
        amount->has_half = true;
    } else {
        bool has_article = when_accept(reader, TOKEN_ARTICLE);
        const struct token *number = when_peek(reader, 0);
        if (number->kind == TOKEN_NUMBER && number->value < 10000) {
            amount->count = number->value;
            reader->at++;
            when_accept(reader, TOKEN_OF); /* a couple of days */
            if (when_accept(reader, TOKEN_LIST) && (when_accept(reader, TOKEN_ARTICLE), true))
                amount->has_half = when_accept(reader, TOKEN_HALF);
            if (when_is_sign(reader, 0, '.') && when_is_kind(reader, 1, TOKEN_NUMBER) && when_value(reader, 1) == 5) {
                amount->has_half = true;
                reader->at += 2;
            }
        } else if (!has_article) {
            reader->at = start;
            return false;
        }
    }
    if (when_accept(reader, TOKEN_HALF_HOUR)) {
        amount->unit = UNIT_HOURS;
        amount->has_half = true;
        return true;
    }
    if (!when_take_unit(reader, &amount->unit)) {
        reader->at = start;
        return false;
    }
    if (when_accept(reader, TOKEN_HALF))
        amount->has_half = true;
    size_t behind = reader->at;
    enum unit second;
    while (when_is_kind(reader, 0, TOKEN_LIST) || when_is_sign(reader, 0, ','))
        reader->at++;
    if (amount->unit == UNIT_HOURS && when_is_kind(reader, 0, TOKEN_NUMBER)) {
        amount->minutes = when_value(reader, 0);
        reader->at++;
        if (when_take_unit(reader, &second) && second == UNIT_MINUTES)
            return true;
        amount->minutes = 0;
    }
    reader->at = behind;
    return true;
}

/* Moves now by an amount: minutes and hours give a time, more gives a day. */
void when_move_by(const struct reader *reader, const struct amount *amount, int sign, struct civil from,
                  struct moment *moment)
{
    static const int days[] = {[UNIT_DAYS] = 1, [UNIT_WEEKS] = 7, [UNIT_FORTNIGHTS] = 14};
    static const int months[] = {[UNIT_MONTHS] = 1, [UNIT_QUARTERS] = 3, [UNIT_YEARS] = 12, [UNIT_DECADES] = 120};
    long count = (long)sign * amount->count;
    if (amount->unit <= UNIT_HOURS) {
        long minutes = amount->unit == UNIT_HOURS ? count * MINUTES_AN_HOUR : amount->unit == UNIT_MINUTES ? count : 0;
        minutes += sign * (amount->minutes + (amount->has_half && amount->unit == UNIT_HOURS ? 30 : 0));
        struct civil then = civil_add_minutes(reader->about->now, minutes);
        when_fix(moment, GRAIN_DAY, (struct civil){then.year, then.month, then.day, 0, 0});
        moment->minutes = then.hour * MINUTES_AN_HOUR + then.minute;
        moment->is_half_known = true;
    } else if (amount->unit <= UNIT_FORTNIGHTS) {
        long half = amount->has_half ? sign * days[amount->unit] / 2 : 0;
        when_fix(moment, GRAIN_DAY, when_add_days(from, count * days[amount->unit] + half));
    } else {
        long half = amount->has_half ? sign * months[amount->unit] / 2 : 0;
        when_fix(moment, GRAIN_DAY, when_add_months(from, count * months[amount->unit] + half));
    }
}

/* four days after August 10, two weeks before Christmas */
static bool read_beside(struct reader *reader, const struct amount *amount, struct moment *moment)
{
    size_t start = reader->at;
    struct moment date = when_empty_moment();
    const struct token *link = when_peek(reader, 0);
    bool is_link = link->kind == TOKEN_MINUTES_PAST && amount->unit >= UNIT_DAYS && !when_is_text(reader, 0, "past");
    reader->at += is_link;
    if (is_link && (when_find_named(reader, &date) || when_find_written(reader, &date)) && date.grain == GRAIN_DAY) {
        when_resolve(reader, NULL, &date);
        when_move_by(reader, amount, link->value, date.date, moment);
        moment->inferred |= date.inferred;
        return true;
    }
    reader->at = start;
    return false;
}

/* 3日後, 2週間前, 30分後, 5 minutes ago, 2 weeks from now, 3 days later, a week from tomorrow */
static bool read_away(struct reader *reader, struct moment *moment)
{
    struct amount amount;
    size_t start = reader->at;
    if (when_is_kind(reader, 0, TOKEN_NUMBER) && when_is_kind(reader, 1, TOKEN_DAYS_AWAY) &&
        when_value(reader, 0) < 10000) {
        amount = (struct amount){.count = when_value(reader, 0), .unit = UNIT_DAYS};
        when_move_by(reader, &amount, when_value(reader, 1), when_today(reader), moment);
        reader->at += 2;
    } else if (when_take_amount(reader, &amount) && when_is_kind(reader, 0, TOKEN_AWAY)) {
        when_move_by(reader, &amount, when_value(reader, 0), when_today(reader), moment);
        reader->at++;
    } else if (reader->at > start && when_is_text(reader, 0, "from") &&
               (when_is_kind(reader, 1, TOKEN_NOW) || when_is_kind(reader, 1, TOKEN_RELATIVE))) {
        int days = when_is_kind(reader, 1, TOKEN_RELATIVE) ? when_value(reader, 1) : 0;
        when_move_by(reader, &amount, 1, when_add_days(when_today(reader), days), moment);
        reader->at += 2;
    } else if (reader->at > start && amount.unit == UNIT_WEEKS && !amount.has_half &&
               (when_is_text(reader, 0, "from") || when_is_text(reader, 0, "on")) &&
               when_is_kind(reader, 1, TOKEN_WEEKDAY)) {
        moment->grain = GRAIN_DAY;
        moment->weekday = when_value(reader, 1); /* a week from Tuesday: the next one, and so many weeks */
        when_resolve(reader, NULL, moment);
        when_fix(moment, GRAIN_DAY, when_add_days(moment->date, 7L * amount.count));
        moment->weekday = NOT_WRITTEN;
        reader->at += 2;
        return true;
    } else if (!(reader->at > start && read_beside(reader, &amount, moment))) {
        reader->at = start;
        return false;
    }
    size_t behind = reader->at;
    when_accept(reader, TOKEN_OF);
    int weekday = amount.unit == UNIT_WEEKS ? when_take_weekday(reader) : NOT_WRITTEN;
    if (weekday == NOT_WRITTEN)
        reader->at = behind;
    else /* 2週間後の金曜日 */
        moment->date = when_add_days(when_monday_of(moment->date), (weekday + 6) % 7);
    return true;
}

/* in 5 minutes, within 3 days */
static bool read_in(struct reader *reader, struct moment *moment)
{
    struct amount amount;
    size_t start = reader->at;
    if (when_accept(reader, TOKEN_IN)) {
        when_accept(reader, TOKEN_OF);
        if (when_take_amount(reader, &amount) && !when_is_kind(reader, 0, TOKEN_OF)) {
            when_move_by(reader, &amount, 1, when_today(reader), moment);
            return true;
        }
    }
    reader->at = start;
    return false;
}

/* A part of the month or year: 末 初め 上旬, its first day. */
static struct civil part_of(struct civil first, bool is_year, enum month_part part)
{
    static const int days[] = {
        [MONTH_BEGIN] = 1, [MONTH_FIRST] = 1, [MONTH_MID] = 15, [MONTH_SECOND] = 11, [MONTH_THIRD] = 21};
    struct civil date = first;
    if (part == MONTH_END) {
        date.month = is_year ? 12 : first.month;
        date.day = civil_days_in_month(date.year, date.month);
    } else if (is_year) {
        date.month = part == MONTH_MID ? 7 : 1;
    } else {
        date.day = days[part];
    }
    return date;
}

/* 今月, 来月5日, 先月末, 来月の第1月曜日 */
static bool read_month_away(struct reader *reader, struct moment *moment)
{
    if (!when_is_kind(reader, 0, TOKEN_MONTH_AWAY))
        return false;
    struct civil first = when_today(reader);
    first.day = 1;
    first = when_add_months(first, when_value(reader, 0));
    reader->at++;
    size_t behind = reader->at;
    when_fix(moment, GRAIN_MONTH, first);
    when_accept(reader, TOKEN_OF);
    if (when_is_kind(reader, 0, TOKEN_MONTH_PART)) {
        when_fix(moment, GRAIN_DAY, part_of(first, false, (enum month_part)when_value(reader, 0)));
        reader->at++;
    } else if (when_is_kind(reader, 0, TOKEN_NUMBER) && when_is_date_unit(reader, 1, 0) &&
               when_value(reader, 0) <= civil_days_in_month(first.year, first.month) && when_value(reader, 0) > 0) {
        first.day = when_value(reader, 0);
        when_fix(moment, GRAIN_DAY, first);
        reader->at += 2;
        moment->weekday = when_take_weekday(reader);
    } else if (when_is_kind(reader, 0, TOKEN_SEQUENCE) && when_is_kind(reader, 1, TOKEN_NUMBER)) {
        int nth = when_value(reader, 1);
        struct civil date;
        reader->at += 2;
        int weekday = when_take_weekday(reader);
        if (weekday == NOT_WRITTEN || !when_nth_weekday(first.year, first.month, nth, weekday, &date))
            reader->at = behind;
        else
            when_fix(moment, GRAIN_DAY, date);
    } else {
        reader->at = behind;
    }
    return true;
}

/* 今年度, 来年度; 昨秋, 今夏 */
static bool read_named_stretch(struct reader *reader, struct moment *moment)
{
    const struct token *token = when_peek(reader, 0);
    struct civil today = when_today(reader);
    struct civil first = {today.year, 4, 1, 0, 0};
    if (token->kind == TOKEN_FISCAL_AWAY) {
        first.year += token->value - (today.month < 4);
    } else if (token->kind == TOKEN_SEASON_AWAY) {
        first.year += token->value / DAY_PART_PARTS - DAY_PART_DAYS;
        first.month = token->value % DAY_PART_PARTS;
    } else {
        return false;
    }
    reader->at++;
    when_fix(moment, GRAIN_MONTH, first);
    return true;
}

/* 今年, 去年の8月10日, 来年の夏, 昨年末 */
static bool read_year_away(struct reader *reader, struct moment *moment)
{
    if (!when_is_kind(reader, 0, TOKEN_YEAR_AWAY))
        return false;
    struct civil first = {reader->about->now.year + when_value(reader, 0), 1, 1, 0, 0};
    reader->at++;
    size_t behind = reader->at;
    when_accept(reader, TOKEN_OF);
    const struct token *token = when_peek(reader, 0);
    struct moment inner = when_empty_moment();
    if (token->kind == TOKEN_MONTH_PART) {
        when_fix(moment, GRAIN_DAY, part_of(first, true, (enum month_part)token->value));
        reader->at++;
    } else if (token->kind == TOKEN_SEASON || token->kind == TOKEN_HALF_YEAR) {
        first.month = token->kind == TOKEN_SEASON ? token->value : token->value == 1 ? 1 : 7;
        when_fix(moment, GRAIN_MONTH, first);
        reader->at++;
    } else if (when_is_date_unit(reader, 1, 1) && when_find_written(reader, &inner) && !inner.has_year) {
        *moment = inner;
        moment->year = first.year;
        moment->has_year = true;
        moment->inferred |= WHEN_INFERRED_RELATIVE;
    } else if (token->kind == TOKEN_FEAST) {
        first.month = token->value / 100;
        first.day = token->value % 100;
        when_fix(moment, GRAIN_DAY, first);
        reader->at++;
    } else {
        reader->at = behind;
        when_fix(moment, GRAIN_YEAR, first);
    }
    return true;
}

/* 来週, 来週の金曜日, 先週末, 今週半ば */
static bool read_week_away(struct reader *reader, struct moment *moment)
{
    if (!when_is_kind(reader, 0, TOKEN_WEEK))
        return false;
    struct civil monday = when_add_days(when_monday_of(when_today(reader)), 7L * when_value(reader, 0));
    reader->at++;
    size_t behind = reader->at;
    when_fix(moment, GRAIN_WEEK, monday);
    when_accept(reader, TOKEN_OF);
    int weekday = when_take_weekday(reader);
    if (weekday != NOT_WRITTEN) {
        when_fix(moment, GRAIN_DAY, when_add_days(monday, (weekday + 6) % 7));
        return true;
    }
    const struct token *token = when_peek(reader, 0);
    bool is_end = token->kind == TOKEN_WEEKEND || (token->kind == TOKEN_MONTH_PART && token->value == MONTH_END);
    if (is_end) {
        reader->at++;
        when_fix(moment, GRAIN_DAY, when_add_days(monday, 5));
        moment->last = when_add_days(monday, 6);
        moment->has_last = true;
    } else if (token->kind == TOKEN_MONTH_PART) {
        reader->at++;
        when_fix(moment, GRAIN_DAY, when_add_days(monday, token->value == MONTH_BEGIN ? 0 : 2));
    } else {
        reader->at = behind;
    }
    return true;
}

/* 今日 明日, the day after tomorrow, 今夜 */
static bool read_day_word(struct reader *reader, struct moment *moment)
{
    size_t start = reader->at;
    struct civil today = when_today(reader);
    when_accept_the(reader);
    const struct token *unit = when_peek(reader, 0);
    const struct token *link = when_peek(reader, 1);
    const struct token *word = when_peek(reader, 2);
    if (unit->kind == TOKEN_UNIT && unit->value == UNIT_DAYS && link->kind == TOKEN_MINUTES_PAST &&
        word->kind == TOKEN_RELATIVE && word->value) {
        reader->at += 3;
        when_fix(moment, GRAIN_DAY, when_add_days(today, word->value + link->value));
        return true;
    }
    reader->at = start;
    const struct token *token = when_peek(reader, 0);
    if (token->kind == TOKEN_RELATIVE) {
        reader->at++;
        when_fix(moment, GRAIN_DAY, when_add_days(today, token->value));
        moment->weekday = when_take_weekday(reader);
        return true;
    }
    if (token->kind == TOKEN_DAY_PART) {
        reader->at++;
        when_fix(moment, GRAIN_DAY, when_add_days(today, token->value / DAY_PART_PARTS - DAY_PART_DAYS));
        moment->part = (enum part)(token->value % DAY_PART_PARTS);
        return true;
    }
    if (token->kind == TOKEN_FOLLOWING && reader->previous) {
        reader->at++;
        when_fix(moment, GRAIN_DAY, when_add_days(*reader->previous, token->value));
        return true;
    }
    return false;
}

/* The end of what a period is: 月末 年末, end of the month, beginning of next year */
static bool read_period_end(struct reader *reader, struct moment *moment)
{
    size_t start = reader->at;
    struct civil first = when_today(reader);
    first.day = 1;
    if (when_is_kind(reader, 0, TOKEN_PERIOD_END)) {
        when_fix(moment, GRAIN_DAY, part_of(first, when_value(reader, 0) == UNIT_YEARS, MONTH_END));
        reader->at++;
        return true;
    }
    when_accept_the(reader);
    if (when_is_kind(reader, 0, TOKEN_MONTH_PART) &&
        (unsigned char)reader->folded->text[when_peek(reader, 0)->start] < 0x80) {
        enum month_part part = (enum month_part)when_value(reader, 0);
        reader->at++;
        when_accept_sign(reader, '-');
        while (when_is_kind(reader, 0, TOKEN_OF))
            reader->at++;
        struct moment whole = when_empty_moment();
        int step = when_is_kind(reader, 0, TOKEN_LAST) ? -1 : when_is_kind(reader, 0, TOKEN_NEXT) ? 1 : 0;
        if (step || when_is_kind(reader, 0, TOKEN_THIS))
            reader->at++;
        const struct token *year = when_peek(reader, 0);
        if (!step && year->kind == TOKEN_NUMBER && year->digits == 4 && year->value >= 1500 && year->value < 2200) {
            when_fix(moment, GRAIN_DAY, part_of((struct civil){year->value, 1, 1, 0, 0}, true, part));
            moment->inferred = 0;
            reader->at++;
            return true; /* mid-2011, the end of 2011 */
        }
        bool is_named = when_is_kind(reader, 0, TOKEN_MONTH_NAME) && when_find_written(reader, &whole);
        if (is_named && whole.grain == GRAIN_MONTH) {
            when_resolve(reader, NULL, &whole);
            when_fix(moment, GRAIN_DAY, part_of(whole.date, false, part));
            return true;
        }
        if (!is_named && when_find_near_unit(reader, step, &whole) && whole.grain <= GRAIN_MONTH) {
            when_fix(moment, GRAIN_DAY, part_of(whole.date, whole.grain == GRAIN_YEAR, part));
            return true;
        }
    }
    reader->at = start;
    return false;
}

bool when_find_relative(struct reader *reader, struct moment *moment)
{
    static bool (*const forms[])(struct reader *, struct moment *) = {
        read_away,      read_in,        read_day_word,   read_month_away,
        read_year_away, read_week_away, read_period_end, read_named_stretch,
        when_find_near,
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        *moment = when_empty_moment();
        if (forms[i](reader, moment))
            return true;
    }
    return false;
}
