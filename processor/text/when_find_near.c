/* What stands near today in running text: this, last, next. See when_find_parts.h. */
#include "text/when_find_parts.h"

/* The unit behind this, last and next: their first day. */
bool when_find_near_unit(struct reader *reader, int step, struct moment *moment)
{
    enum unit unit;
    struct civil today = when_today(reader);
    if (!when_take_unit(reader, &unit))
        return false;
    switch (unit) {
    case UNIT_DAYS:
        when_fix(moment, GRAIN_DAY, when_add_days(today, step));
        return true;
    case UNIT_WEEKS:
        when_fix(moment, GRAIN_WEEK, when_add_days(when_monday_of(today), 7L * step));
        return true;
    case UNIT_MONTHS:
        today.day = 1;
        when_fix(moment, GRAIN_MONTH, when_add_months(today, step));
        return true;
    case UNIT_QUARTERS:
        when_fix(moment, GRAIN_MONTH,
                 when_add_months((struct civil){today.year, (today.month - 1) / 3 * 3 + 1, 1, 0, 0}, 3L * step));
        return true;
    case UNIT_YEARS:
        when_fix(moment, GRAIN_YEAR, (struct civil){today.year + step, 1, 1, 0, 0});
        return true;
    case UNIT_HOURS: {
        struct civil then = civil_add_minutes(reader->about->now, 60L * step);
        when_fix(moment, GRAIN_DAY, (struct civil){then.year, then.month, then.day, 0, 0});
        moment->minutes = then.hour * 60 + then.minute;
        return true;
    }
    default:
        return false;
    }
}

/* A weekday near today: the one of this week (this), the last one before today, the one of next week (next). */
static struct civil near_weekday(struct civil today, int weekday, int step)
{
    int ahead = (weekday - civil_weekday(today) + 7) % 7;
    if (step < 0)
        return when_add_days(today, ahead == 0 ? -7 : ahead - 7);
    if (step == 0)
        return when_add_days(today, ahead);
    long wanted = civil_day_number(when_monday_of(today)) + 7 + (weekday + 6) % 7;
    return civil_from_day_number(wanted);
}

/* next March, last August 10: the first after or before today, in this year for "this". */
static bool read_near_month(struct reader *reader, int step, struct moment *moment)
{
    struct moment inner = when_empty_moment();
    struct civil today = when_today(reader);
    if (when_is_kind(reader, 0, TOKEN_SEASON)) {
        inner.month = when_value(reader, 0);
        inner.grain = GRAIN_MONTH;
        reader->at++;
    } else if (when_is_kind(reader, 0, TOKEN_FEAST)) {
        inner.month = when_value(reader, 0) / 100;
        inner.day = when_value(reader, 0) % 100;
        inner.grain = GRAIN_DAY;
        reader->at++;
    } else if (!(when_is_kind(reader, 0, TOKEN_MONTH_NAME) || when_is_date_unit(reader, 1, 1)) ||
               !when_find_written(reader, &inner)) {
        return false;
    }
    if (!inner.has_year) {
        struct civil named = {today.year, inner.month, inner.day > 0 ? inner.day : today.day, 0, 0};
        int order = civil_compare(named, today);
        inner.year = today.year + (step > 0 && order <= 0 ? 1 : 0) - (step < 0 && order >= 0 ? 1 : 0);
        inner.has_year = true;
    }
    inner.inferred |= WHEN_INFERRED_RELATIVE;
    *moment = inner;
    return true;
}

/* this weekend, last Friday, next month, this morning, last night, next March; past 3 days, next two weeks */
bool when_find_near(struct reader *reader, struct moment *moment)
{
    size_t start = reader->at;
    when_accept_the(reader);
    const struct token *token = when_peek(reader, 0);
    bool is_past = when_is_text(reader, 0, "past") && when_is_kind(reader, 1, TOKEN_NUMBER) &&
                   when_is_kind(reader, 2, TOKEN_UNIT);
    if (!is_past && token->kind != TOKEN_LAST && token->kind != TOKEN_NEXT && token->kind != TOKEN_THIS) {
        reader->at = start;
        return false;
    }
    int step = is_past || token->kind == TOKEN_LAST ? -1 : token->kind == TOKEN_NEXT ? 1 : 0;
    struct civil today = when_today(reader);
    reader->at++;
    struct amount amount;
    if (step && when_is_kind(reader, 0, TOKEN_NUMBER) && when_take_amount(reader, &amount) &&
        amount.unit >= UNIT_DAYS) {
        when_move_by(reader, &amount, step, today, moment);
        moment->last = step < 0 ? today : moment->date;
        moment->date = step < 0 ? moment->date : today;
        moment->has_last = true;
        return true;
    }
    int weekday = when_take_weekday(reader);
    if (weekday != NOT_WRITTEN) {
        when_fix(moment, GRAIN_DAY, near_weekday(today, weekday, step));
        return true;
    }
    if (when_accept(reader, TOKEN_WEEKEND)) {
        struct civil saturday = when_add_days(when_monday_of(today), 5 + 7L * step);
        when_fix(moment, GRAIN_DAY, saturday);
        moment->last = when_add_days(saturday, 1);
        moment->has_last = true;
        return true;
    }
    bool is_part = when_is_kind(reader, 0, TOKEN_PART) || when_is_text(reader, 0, "morning");
    if (is_part && (unsigned char)reader->folded->text[when_peek(reader, 0)->start] < 0x80 && step <= 0) {
        when_fix(moment, GRAIN_DAY, when_add_days(today, step));
        return true; /* its time is read behind it */
    }
    if (read_near_month(reader, step, moment))
        return true;
    if (when_find_near_unit(reader, step, moment)) {
        size_t behind = reader->at;
        when_accept(reader, TOKEN_OF);
        weekday = moment->grain == GRAIN_WEEK ? when_take_weekday(reader) : NOT_WRITTEN;
        if (weekday != NOT_WRITTEN)
            when_fix(moment, GRAIN_DAY, when_add_days(moment->date, (weekday + 6) % 7));
        else
            reader->at = behind;
        return true;
    }
    reader->at = start;
    return false;
}
