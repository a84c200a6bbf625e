/* What looks like a date of running text and is none, or is no single one: see when_find_parts.h. */
#include <string.h>

#include "text/when_find_parts.h"

/* Steps over an address of the web: nothing in it is a date. */
static bool skip_address(struct reader *reader)
{
    if (!when_is_latin(reader, when_peek(reader, 0)) || !when_is_sign(reader, 1, ':') ||
        !when_is_sign(reader, 2, '/') || !when_is_sign(reader, 3, '/'))
        return false;
    do
        reader->at++;
    while (reader->at < reader->count && when_is_glued(reader, 0) &&
           (unsigned char)reader->folded->text[when_peek(reader, 0)->start] < 0x80);
    return true;
}

static void skip_end(struct reader *reader)
{
    struct moment time = when_empty_moment();
    reader->at++;
    (void)when_find_time(reader, &time);
}

/* 翌日の10時 of a day that is not named: neither the day nor the time is known. */
static bool skip_unknown_day(struct reader *reader)
{
    struct moment time = when_empty_moment();
    if (reader->previous || !when_accept(reader, TOKEN_FOLLOWING))
        return false;
    size_t behind = reader->at;
    while (when_is_kind(reader, 0, TOKEN_OF))
        reader->at++;
    bool is_day = when_find_written(reader, &time); /* 翌日の1月15日 names itself */
    if (is_day || !when_find_time(reader, &time))
        reader->at = behind;
    else if (when_is_range(when_peek(reader, 0)))
        skip_end(reader);
    return true;
}

/* The date or time that the reader stands at, and the end of a span behind it, as if they were not written. */
static bool skip_moment(struct reader *reader)
{
    struct moment first;
    struct moment second;
    if (when_find_span(reader, &first, &second))
        return true;
    if (!when_find_moment(reader, &first))
        return false;
    when_resolve(reader, NULL, &first);
    (void)when_find_span_end(reader, &first, &second);
    return true;
}

/* 第2・第4, second and fourth, 2nd: which of them; false when there is no such thing. */
static bool skip_ordinals(struct reader *reader)
{
    enum { MOST_ORDINALS = 5 }; /* a month has no more */
    size_t start = reader->at;
    size_t behind = start;
    for (int i = 0; i < MOST_ORDINALS; i++) {
        bool is_sequence = when_accept(reader, TOKEN_SEQUENCE);
        bool is_number = when_is_kind(reader, 0, TOKEN_NUMBER) && when_value(reader, 0) <= 5;
        bool is_nth = when_is_kind(reader, 0, TOKEN_NTH) || (is_number && when_is_kind(reader, 1, TOKEN_ORDINAL));
        if (!is_nth && !(is_number && (is_sequence || behind > start)))
            break;
        reader->at += is_number && is_nth ? 2 : 1;
        behind = reader->at;
        while (when_is_list(when_peek(reader, 0)))
            reader->at++;
    }
    reader->at = behind;
    return behind > start;
}

/* 1日3回, 1日に2時間: so much a day. */
static bool skip_rate(struct reader *reader)
{
    static const char *const things[] = {"回", "食", "本", "杯", "錠", "件", "人", "個", "名", "枚"};
    size_t at = 2;
    if (!when_is_kind(reader, 0, TOKEN_NUMBER) || when_value(reader, 0) != 1 || !when_is_date_unit(reader, 1, 0))
        return false;
    at += when_is_text(reader, at, "に");
    if (!when_is_kind(reader, at, TOKEN_NUMBER))
        return false;
    bool is_rate = when_is_kind(reader, at + 1, TOKEN_UNIT);
    for (size_t i = 0; i < sizeof things / sizeof *things; i++)
        is_rate |= when_is_text(reader, at + 1, things[i]);
    reader->at += is_rate ? at + 2 : 0;
    return is_rate;
}

/* 2、3日前, 5、6年後: about when, but no day. */
static bool skip_some_days(struct reader *reader)
{
    const struct token *joint = when_peek(reader, 1);
    bool is_pair = when_is_kind(reader, 0, TOKEN_NUMBER) && when_is_list(joint) && !when_is_latin(reader, joint) &&
                   when_is_kind(reader, 2, TOKEN_NUMBER) && when_value(reader, 2) == when_value(reader, 0) + 1;
    if (!is_pair)
        return false;
    bool is_away = when_is_kind(reader, 3, TOKEN_DAYS_AWAY) || when_is_kind(reader, 4, TOKEN_AWAY);
    reader->at += is_away ? 4 : 0;
    return is_away;
}

/* The second Tuesday of no month that is named: a rule, no day. */
static bool skip_nth_weekday(struct reader *reader)
{
    struct reader ahead = *reader;
    struct moment moment;
    if (!skip_ordinals(&ahead))
        return false;
    bool is_week = when_is_text(&ahead, 0, "週") || when_is_kind(&ahead, 0, TOKEN_UNIT);
    ahead.at += is_week;
    if (is_week)
        when_accept(&ahead, TOKEN_OF);
    struct reader named = *reader;
    bool is_weekday = when_is_kind(&ahead, 0, TOKEN_WEEKDAY);
    if (!is_weekday || when_find_named(&named, &moment) || !skip_moment(&ahead))
        return false;
    reader->at = ahead.at;
    return true;
}

/* 毎週火曜 13時, every other Wednesday, every year on 10 August: a set of days, no day. */
static bool skip_recurrence(struct reader *reader)
{
    if (!when_accept(reader, TOKEN_RECURRENCE))
        return false;
    size_t behind = reader->at;
    (void)(when_is_text(reader, 0, "other") && reader->at++);
    (void)skip_ordinals(reader);
    (void)when_accept(reader, TOKEN_UNIT);
    do {
        while (when_is_kind(reader, 0, TOKEN_OF) || when_is_list(when_peek(reader, 0)))
            reader->at++;
        if (skip_moment(reader))
            behind = reader->at;
    } while (reader->at == behind && when_is_list(when_peek(reader, 0)));
    reader->at = behind;
    return true;
}

bool when_skip_no_date(struct reader *reader)
{
    return skip_address(reader) || skip_unknown_day(reader) || skip_recurrence(reader) || skip_nth_weekday(reader) ||
           skip_rate(reader) || skip_some_days(reader);
}

bool when_follows_number(const struct reader *reader, size_t first)
{
    const struct token *before = first > 0 ? &reader->tokens[first - 1] : NULL;
    return before && before->kind == TOKEN_NUMBER && before->digits >= 3;
}

bool when_is_approximate(const struct reader *reader, const struct moment *moment)
{
    if (moment->grain != GRAIN_DAY || moment->minutes != NOT_WRITTEN)
        return false;
    const struct token *last = &reader->tokens[moment->behind - 1];
    const struct token *next = &reader->tokens[moment->behind];
    size_t first = moment->first;
    while (first > 0 && reader->tokens[first - 1].kind == TOKEN_OF)
        first--;
    return last->kind == TOKEN_DAY_ABOUT || next->kind == TOKEN_APPROX || next->kind == TOKEN_BESIDE ||
           (first > 0 && reader->tokens[first - 1].kind == TOKEN_ABOUT);
}
