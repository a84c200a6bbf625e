/* Times of day as they are written: see when_parts.h. */
#include "text/when_parts.h"

enum half { ANY_HALF, FORENOON, AFTERNOON };

enum { NO_PERIOD = -1 };

/* One time on the clock, and how it was written. */
struct clock_time {
    int minutes;
    enum half half;
    bool is_bare; /* a number without a unit */
    bool is_loud; /* 02:00, 14:00, 25:00: cannot be an hour of the afternoon written short */
    bool is_next_day;
};

static bool is_kind(const struct reader *reader, size_t ahead, enum token_kind kind)
{
    return when_peek(reader, ahead)->kind == kind;
}

static bool is_sign(const struct reader *reader, size_t ahead, char sign)
{
    const struct token *token = when_peek(reader, ahead);
    return token->kind == TOKEN_SIGN && token->value == sign;
}

static bool accept_half(struct reader *reader, enum half *half)
{
    if (when_accept(reader, TOKEN_FORENOON))
        *half = FORENOON;
    else if (when_accept(reader, TOKEN_AFTERNOON))
        *half = AFTERNOON;
    else
        return false;
    return true;
}

/* Minutes behind the hour: :30, 30分, 半; false when what follows is no time at all. */
static bool read_minutes(struct reader *reader, struct clock_time *time)
{
    const struct token *minutes = when_peek(reader, 1);
    if (is_sign(reader, 0, ':')) {
        if (minutes->kind != TOKEN_NUMBER || minutes->digits != 2 || minutes->value > 59)
            return false;
        time->minutes += minutes->value;
        reader->at += 2;
        bool has_seconds = is_sign(reader, 0, ':') && is_kind(reader, 1, TOKEN_NUMBER);
        reader->at += has_seconds ? 2 : 0;
        time->is_bare = false;
    } else if (when_accept(reader, TOKEN_HOUR)) {
        time->is_bare = false;
        if (when_accept(reader, TOKEN_HALF)) {
            time->minutes += 30;
        } else if (is_kind(reader, 0, TOKEN_NUMBER) && is_kind(reader, 1, TOKEN_MINUTE)) {
            if (when_peek(reader, 0)->value > 59)
                return false;
            time->minutes += when_peek(reader, 0)->value;
            reader->at += 2;
        }
    }
    return true;
}

static void set_half(struct clock_time *time, enum half half)
{
    time->half = half;
    if (half == AFTERNOON && time->minutes < 12 * 60)
        time->minutes += 12 * 60;
    if (half == FORENOON && time->minutes >= 12 * 60 && time->minutes < 13 * 60)
        time->minutes -= 12 * 60;
}

/* 1300 and 130000 behind T, and in 1300-1500. */
static bool read_compact(struct reader *reader, struct clock_time *time)
{
    const struct token *number = when_peek(reader, 0);
    struct token seconds = *number;
    const struct token *before = &reader->tokens[reader->at > 0 ? reader->at - 1 : 0];
    if (before->kind == TOKEN_ISO_T && number->digits == 6) {
        seconds.value /= 100;
        seconds.digits = 4;
        number = &seconds;
    }
    if (reader->at == 0 || !when_is_compact_time(number))
        return false;
    bool is_start = when_is_range(when_peek(reader, 1)) && when_is_compact_time(when_peek(reader, 2));
    bool is_end = when_is_range(before) && reader->at > 1 && when_is_compact_time(before - 1);
    bool is_iso = before->kind == TOKEN_ISO_T || is_sign(reader, 1, '/') ||
                  (before->kind == TOKEN_SIGN && before->value == '/');
    if (!is_start && !is_end && !is_iso)
        return false;
    *time = (struct clock_time){.minutes = number->value / 100 * 60 + number->value % 100, .is_loud = true};
    time->is_bare = before->kind != TOKEN_ISO_T;
    reader->at++;
    return true;
}

/* 13:00 13時半 午後1時 1pm noon 翌6:00; a bare 13 too, which the caller has to judge. */
static bool read_time(struct reader *reader, struct clock_time *time)
{
    enum { LAST_HOUR = 30 };
    size_t start = reader->at;
    *time = (struct clock_time){.half = ANY_HALF};
    time->is_next_day = when_accept(reader, TOKEN_NEXT_DAY);
    if (when_accept(reader, TOKEN_NOON)) {
        *time = (struct clock_time){.minutes = 12 * 60, .is_loud = true};
        return true;
    }
    if (read_compact(reader, time))
        return true;
    enum half half = ANY_HALF;
    bool is_before = accept_half(reader, &half);
    const struct token *hour = when_peek(reader, 0);
    if (hour->kind != TOKEN_NUMBER || hour->digits > 2 || hour->value > LAST_HOUR) {
        reader->at = start;
        return false;
    }
    reader->at++;
    time->minutes = hour->value * 60;
    time->is_bare = true;
    time->is_loud = hour->value > 12 || (hour->digits == 2 && hour->value < 10);
    if (!read_minutes(reader, time)) {
        reader->at = start;
        return false;
    }
    const struct token *behind = when_peek(reader, 0);
    bool is_behind = !is_before && behind->value == 0 && accept_half(reader, &half);
    if (is_before || is_behind) {
        set_half(time, half);
        time->is_bare = false;
    }
    return true;
}

/* 4限, 3-4限: the almanac's lessons. */
static bool read_lessons(struct reader *reader, struct hours *hours)
{
    if (!is_kind(reader, 0, TOKEN_NUMBER))
        return false;
    int first = when_peek(reader, 0)->value;
    int last = first;
    size_t at = is_kind(reader, 1, TOKEN_LESSON) ? 2 : 1;
    bool is_span = when_is_range(when_peek(reader, at)) && is_kind(reader, at + 1, TOKEN_NUMBER) &&
                   is_kind(reader, at + 2, TOKEN_LESSON);
    if (is_span)
        last = when_peek(reader, at + 1)->value;
    else if (at == 1)
        return false;
    reader->at += is_span ? at + 3 : at;
    const struct almanac_hours *begin = almanac_find_lesson(reader->about->almanac, first);
    const struct almanac_hours *finish = almanac_find_lesson(reader->about->almanac, last);
    if (!begin || !finish) {
        hours->problem = "period";
        return true;
    }
    hours->start = begin->start;
    hours->end = finish->end;
    hours->has_end = true;
    if (last < first)
        hours->problem = "order";
    return true;
}

/* The place in the almanac of the period that a token is, or NO_PERIOD. */
static int period_of(const struct token *token)
{
    switch (token->kind) {
    case TOKEN_FORENOON:
        return ALMANAC_FORENOON;
    case TOKEN_AFTERNOON:
        return ALMANAC_AFTERNOON;
    case TOKEN_MIDDAY:
        return ALMANAC_MIDDAY;
    case TOKEN_PERIOD:
        return token->value;
    default:
        return NO_PERIOD;
    }
}

/* 午前 午後 昼 終日 AM: the almanac's periods; and the words that it does not know. */
static bool read_period(struct reader *reader, struct hours *hours)
{
    if (is_kind(reader, 0, TOKEN_ALL) && is_kind(reader, 1, TOKEN_DAY_WORD))
        reader->at++;
    else if (!is_kind(reader, 0, TOKEN_ALL_DAY) && is_kind(reader, 0, TOKEN_DAY_WORD))
        return false;
    if (when_accept(reader, TOKEN_ALL_DAY) || when_accept(reader, TOKEN_DAY_WORD)) {
        hours->is_all_day = true;
        return true;
    }
    int period = period_of(when_peek(reader, 0));
    if (period == NO_PERIOD && !is_kind(reader, 0, TOKEN_VAGUE_TIME))
        return false;
    reader->at++;
    const struct almanac_hours *known =
        period == NO_PERIOD ? NULL : almanac_find_period(reader->about->almanac, period);
    if (known) {
        hours->start = known->start;
        hours->end = known->end;
        hours->has_end = true;
    } else {
        hours->problem = "period";
    }
    return true;
}

/* 2時間, 1時間半, 90分, 2h, 2 hours: the minutes, or 0 when there is no duration here. */
static int read_duration(struct reader *reader)
{
    if (!is_kind(reader, 0, TOKEN_NUMBER) || when_peek(reader, 0)->value > 48 * 60)
        return 0;
    int count = when_peek(reader, 0)->value;
    const struct token *unit = when_peek(reader, 1);
    int minutes = 0;
    if (unit->kind == TOKEN_DURATION && count * unit->value <= 48 * 60)
        minutes = count * unit->value;
    else if (unit->kind == TOKEN_DURATION_HALF && count <= 48)
        minutes = count * 60 + 30;
    else if (unit->kind == TOKEN_MINUTE)
        minutes = count;
    if (minutes)
        reader->at += 2;
    return minutes;
}

static bool read_zone(struct reader *reader, struct hours *hours)
{
    size_t start = reader->at;
    bool is_bracketed = when_accept_sign(reader, '(');
    const struct token *token = when_peek(reader, 0);
    bool is_zone = token->kind == TOKEN_ZONE || token->kind == TOKEN_ZONE_OF_SEVERAL;
    if (is_zone && (!is_bracketed || is_sign(reader, 1, ')'))) {
        reader->at += is_bracketed ? 2 : 1;
        hours->zone = token->kind == TOKEN_ZONE ? token->value : UNKNOWN_ZONE;
        hours->has_zone = true;
        return true;
    }
    reader->at = start;
    return false;
}

/* +09:00, +0900; and -05:00 behind an ISO time, where elsewhere it would be the end of a span. */
static void read_offset(struct reader *reader, bool is_iso, struct hours *hours)
{
    bool is_west = is_sign(reader, 0, '-');
    const struct token *number = when_peek(reader, 1);
    if (!(is_sign(reader, 0, '+') || (is_west && is_iso)) || number->kind != TOKEN_NUMBER || number->is_spaced)
        return;
    if (number->digits != 2 && number->digits != 4)
        return;
    int minutes = number->digits == 4 ? number->value / 100 * 60 + number->value % 100 : number->value * 60;
    size_t size = 2;
    if (number->digits == 2 && is_sign(reader, 2, ':') && is_kind(reader, 3, TOKEN_NUMBER)) {
        if (when_peek(reader, 3)->digits != 2)
            return;
        minutes += when_peek(reader, 3)->value;
        size = 4;
    }
    if (minutes > 14 * 60)
        return;
    reader->at += size;
    hours->zone = is_west ? -minutes : minutes;
    hours->has_zone = true;
}

/* What the start and the end of a span say of each other: 1-3pm, 13-15時, 午後1時〜3時, 10-2pm. */
static void settle_span(struct clock_time *start, struct clock_time *end, struct hours *hours)
{
    if (start->half == ANY_HALF && end->half == AFTERNOON && !start->is_loud && start->minutes < 12 * 60 &&
        start->minutes + 12 * 60 < end->minutes)
        set_half(start, AFTERNOON);
    else if (start->half == ANY_HALF && end->half == FORENOON)
        set_half(start, FORENOON);
    if (start->half == AFTERNOON && end->half == ANY_HALF && end->minutes < 12 * 60 &&
        end->minutes + 12 * 60 > start->minutes)
        set_half(end, AFTERNOON);
    hours->is_bare = start->is_bare && end->is_bare;
    if (start->is_bare && start->half == ANY_HALF && end->half == AFTERNOON)
        hours->inferred |= WHEN_INFERRED_HOURS; /* 10-2pm begins in the morning */
    if (!end->is_bare)
        start->is_bare = false;
}

/* A span that ends before it begins runs into the next day, if that is said or cannot be otherwise. */
static void place_end(const struct clock_time *start, const struct clock_time *end, struct hours *hours)
{
    hours->end = end->minutes;
    hours->has_end = true;
    if (end->is_next_day) {
        hours->end += MINUTES_A_DAY;
    } else if (end->minutes <= start->minutes) {
        bool is_night = start->minutes >= 18 * 60 && end->minutes <= 12 * 60;
        hours->end += MINUTES_A_DAY;
        hours->inferred |= WHEN_INFERRED_HOURS;
        if (!is_night)
            hours->problem = "order";
    }
}

/* The end behind a range sign: a time, a duration, another day with its time, or nothing (open). */
static void read_end(struct reader *reader, struct clock_time *start, struct hours *hours)
{
    size_t behind = reader->at;
    struct day day;
    struct clock_time end;
    int minutes = read_duration(reader);
    if (minutes) {
        hours->end = start->minutes + minutes;
        hours->has_end = true;
        return;
    }
    if (when_read_full_day(reader, &day)) {
        (void)(when_accept(reader, TOKEN_OF) || when_accept(reader, TOKEN_ISO_T));
        if (read_time(reader, &end) && !end.is_bare) {
            hours->end = end.minutes;
            hours->has_end = true;
            hours->has_last_day = true;
            hours->last_day = day.date;
            hours->problem = day.problem;
            hours->inferred |= day.inferred & ~(unsigned)(WHEN_INFERRED_YEAR | WHEN_INFERRED_MONTH);
            return;
        }
        hours->problem = "range";
        return;
    }
    reader->at = behind;
    if (!read_time(reader, &end))
        return;
    settle_span(start, &end, hours);
    place_end(start, &end, hours);
}

/* Behind the solidus of an interval of ISO 8601: a time, a day and a time, or PT2H. */
static void read_iso_end(struct reader *reader, struct clock_time *start, struct hours *hours)
{
    const struct token *token = when_peek(reader, 0);
    bool is_duration = token->kind == TOKEN_ZONE && when_peek(reader, 1)->kind == TOKEN_NUMBER;
    reader->at += is_duration; /* "pt" also is a zone */
    read_end(reader, start, hours);
    if (hours->has_zone && is_kind(reader, 0, TOKEN_ZONE) && when_peek(reader, 0)->value == hours->zone)
        reader->at++;
    if (!hours->has_end)
        hours->problem = "range";
}

/* "13:00 (2h)", "13時から2時間", "13:00~ 90分" */
static void read_duration_behind(struct reader *reader, struct hours *hours)
{
    size_t start = reader->at;
    bool is_bracketed = when_accept_sign(reader, '(');
    while (when_is_list(when_peek(reader, 0)))
        reader->at++;
    int minutes = read_duration(reader);
    if (!minutes || (is_bracketed && !when_accept_sign(reader, ')'))) {
        reader->at = start;
        return;
    }
    hours->end = hours->start + minutes;
    hours->has_end = true;
}

/* 1:00-3:00 may be the night or the afternoon; a clock of twenty-four hours says 01:00, and 翌 or am says it too. */
static bool is_doubtful(const struct clock_time *start, const struct hours *hours)
{
    return start->half == ANY_HALF && !start->is_loud && start->minutes >= 60 && start->minutes < 6 * 60 &&
           !hours->has_zone;
}

static bool read_span(struct reader *reader, bool is_iso, struct hours *hours)
{
    struct clock_time start;
    if (!read_time(reader, &start) || start.is_next_day)
        return false;
    read_offset(reader, is_iso, hours);
    if (!hours->has_zone)
        read_zone(reader, hours);
    if (is_iso && when_accept_sign(reader, '/')) {
        read_iso_end(reader, &start, hours);
    } else if (when_is_range(when_peek(reader, 0))) {
        reader->at++;
        read_end(reader, &start, hours);
    }
    hours->start = start.minutes;
    if (start.is_bare && !hours->is_bare)
        return false; /* a number alone is no time */
    if (!hours->has_end)
        read_duration_behind(reader, hours);
    if (is_doubtful(&start, hours))
        hours->problem = "period";
    if (hours->start > MINUTES_A_DAY)
        hours->inferred |= WHEN_INFERRED_HOURS; /* 25:00 */
    return true;
}

/* 14:00 JST / 05:00 UTC: said twice, and both have to agree. */
static void read_second_zone(struct reader *reader, struct hours *hours)
{
    size_t start = reader->at;
    struct hours other = {.problem = NULL};
    bool is_bracketed = when_accept_sign(reader, '(');
    if ((is_bracketed || when_accept_sign(reader, '/')) && read_span(reader, false, &other)) {
        if (!other.has_zone)
            read_zone(reader, &other);
        if (other.has_zone && (!is_bracketed || when_accept_sign(reader, ')'))) {
            int apart = (other.start - other.zone) - (hours->start - hours->zone);
            bool agrees = other.zone != UNKNOWN_ZONE && hours->zone != UNKNOWN_ZONE && apart % MINUTES_A_DAY == 0;
            if (!agrees)
                hours->problem = "zone";
            return;
        }
    }
    reader->at = start;
}

bool when_read_hours(struct reader *reader, struct hours *hours)
{
    size_t start = reader->at;
    *hours = (struct hours){.problem = NULL};
    bool is_iso = when_accept(reader, TOKEN_ISO_T);
    if (!is_iso && read_lessons(reader, hours))
        return true;
    size_t at = reader->at;
    if (!read_span(reader, is_iso, hours)) {
        reader->at = at;
        *hours = (struct hours){.problem = NULL};
        if (is_iso || !read_period(reader, hours)) {
            reader->at = start;
            return false;
        }
        return true;
    }
    if (when_accept(reader, TOKEN_VAGUE_TIME) || when_accept(reader, TOKEN_OPEN))
        hours->problem = "period"; /* 13時頃, 13時以降 */
    /* "13時から15時まで" ends a span; "17時まで" and "15時までに" are deadlines */
    if (hours->has_end && when_peek(reader, 0)->kind == TOKEN_UNTIL && when_peek(reader, 1)->kind != TOKEN_TOPIC)
        reader->at++;
    if (!hours->has_zone)
        read_zone(reader, hours);
    if (hours->has_zone && !hours->problem)
        read_second_zone(reader, hours);
    return true;
}
