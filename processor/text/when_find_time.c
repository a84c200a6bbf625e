/* Times of day in running text: see when_find_parts.h. */
#include <string.h>

#include "text/when_find_parts.h"

enum { HALF_DAY = 12 * 60 };

/* What a part of the day stands for when no hour is said. */
static int minutes_of_part(enum part part)
{
    static const int hours[] = {
        [PART_EARLY] = 5,      [PART_MORNING] = 6,  [PART_FORENOON] = 9, [PART_MIDDAY] = 12,
        [PART_AFTERNOON] = 15, [PART_EVENING] = 18, [PART_NIGHT] = 22,   [PART_LATE] = 0,
    };
    return hours[part] * 60;
}

/* 午前 朝 morning pm: the part of the day that a token names. */
static enum part take_part(struct reader *reader)
{
    const struct token *token = when_peek(reader, 0);
    if (token->kind == TOKEN_PART) {
        reader->at++;
        return (enum part)token->value;
    }
    if (when_accept(reader, TOKEN_FORENOON))
        return PART_FORENOON;
    return when_accept(reader, TOKEN_AFTERNOON) ? PART_AFTERNOON : PART_NONE;
}

/* An hour of at most twelve, moved to where the part of the day has it: 夜8時, 3 in the afternoon, 午前12時. */
static void apply_part(enum part part, struct moment *moment)
{
    int hour = moment->minutes / 60;
    moment->part = part;
    if (part == PART_NONE)
        return;
    moment->is_half_known = true;
    bool is_late = part == PART_AFTERNOON || (part == PART_EVENING && hour >= 1) || (part == PART_MIDDAY && hour < 6) ||
                   (part == PART_NIGHT && hour >= 5);
    if (is_late && hour < 12)
        moment->minutes += HALF_DAY;
    bool is_early = part == PART_FORENOON || part == PART_EARLY || part == PART_LATE || part == PART_NIGHT ||
                    part == PART_MORNING;
    if (is_early && hour == 12)
        moment->minutes -= HALF_DAY;
    if (part == PART_LATE && hour >= 6 && hour < 12)
        moment->minutes += HALF_DAY;
    if (part == PART_NIGHT && hour == 12)
        moment->minutes += 2 * HALF_DAY;
}

/* Two digits below sixty. */
static bool is_minutes(const struct reader *reader, size_t ahead)
{
    return when_is_kind(reader, ahead, TOKEN_NUMBER) && when_peek(reader, ahead)->digits == 2 &&
           when_value(reader, ahead) < 60;
}

/* Behind the hour: :30, :30:15, 時, 時30分, 時半, o'clock, "h30". */
static bool take_minutes(struct reader *reader, struct moment *moment)
{
    if (when_is_sign(reader, 0, ':') && when_is_glued(reader, 0) && is_minutes(reader, 1) && when_is_glued(reader, 1)) {
        moment->minutes += when_value(reader, 1);
        reader->at += 2;
        if (when_is_sign(reader, 0, ':') && is_minutes(reader, 1) && when_is_glued(reader, 1))
            reader->at += 2;
        if (when_is_sign(reader, 0, '.') && when_is_glued(reader, 1) && when_is_kind(reader, 1, TOKEN_NUMBER) &&
            when_peek(reader, 1)->digits >= 3)
            reader->at += 2; /* a fraction of the second */
        return true;
    }
    if (when_accept(reader, TOKEN_HOUR)) {
        if (when_accept(reader, TOKEN_HALF)) {
            moment->minutes += 30;
        } else if (when_is_kind(reader, 0, TOKEN_NUMBER) && when_is_kind(reader, 1, TOKEN_MINUTE) &&
                   when_value(reader, 0) < 60) {
            moment->minutes += when_value(reader, 0);
            reader->at += 2;
            if (when_is_kind(reader, 0, TOKEN_NUMBER) && when_is_kind(reader, 1, TOKEN_UNIT))
                reader->at += 2; /* 30秒 */
        }
        when_accept(reader, TOKEN_APPROX);
        return true;
    }
    if (when_is_text(reader, 0, "o") && when_is_kind(reader, 2, TOKEN_OCLOCK)) {
        reader->at += 3;
        return true;
    }
    if (when_is_text(reader, 0, "oclock")) {
        reader->at++;
        return true;
    }
    return false;
}

/* "in the morning", "at night" behind an hour. */
static enum part take_part_behind(struct reader *reader)
{
    size_t start = reader->at;
    enum part part = take_part(reader);
    if (part != PART_NONE)
        return part;
    while (when_is_kind(reader, 0, TOKEN_IN) || when_is_kind(reader, 0, TOKEN_OF))
        reader->at++;
    if (reader->at > start && when_is_kind(reader, 0, TOKEN_PART))
        return take_part(reader);
    if (reader->at > start && (when_is_text(reader, 0, "morning") || when_is_text(reader, 0, "afternoon")))
        return take_part(reader);
    reader->at = start;
    return PART_NONE;
}

/* am, p.m.: after a number they make it an hour. */
static bool is_half_behind(const struct reader *reader)
{
    const struct token *token = when_peek(reader, 0);
    return (token->kind == TOKEN_FORENOON || token->kind == TOKEN_AFTERNOON) && token->value == 0;
}

/* Whether the number at `start` and the two tokens at the reader are all there is: "12.30". */
static bool is_whole(const struct reader *reader, size_t start)
{
    return start == 0 && reader->at + 2 == reader->count;
}

/* 3:30pm, 15:00, 9時半, 12.30pm, 3 o'clock, 3pm; a mere number only when `is_hour`. */
static bool read_clock(struct reader *reader, bool is_hour, struct moment *moment)
{
    enum { LAST_HOUR = 30 };
    size_t start = reader->at;
    enum part part = take_part(reader);
    bool is_english_word = part != PART_NONE && (unsigned char)reader->folded->text[reader->tokens[start].start] < 0x80;
    when_accept(reader, TOKEN_OF);
    const struct token *hour = when_peek(reader, 0);
    if (hour->kind != TOKEN_NUMBER || hour->digits > 2 || hour->value > LAST_HOUR) {
        reader->at = start;
        return false;
    }
    moment->minutes = hour->value * 60;
    reader->at++;
    bool is_timed = take_minutes(reader, moment);
    if (!is_timed && when_is_sign(reader, 0, '.') && when_is_glued(reader, 0) && is_minutes(reader, 1) &&
        when_is_glued(reader, 1)) {
        struct reader ahead = *reader;
        ahead.at += 2;
        if (is_hour || is_half_behind(&ahead) || is_whole(reader, start)) {
            moment->minutes += when_value(reader, 1);
            reader->at += 2;
            is_timed = true;
        }
    }
    if (!is_timed && (is_half_behind(reader) || when_is_kind(reader, 0, TOKEN_DAY_PART)))
        is_timed = hour->value <= 12;
    if (!is_timed && when_is_kind(reader, 0, TOKEN_IN) && hour->value <= 12) {
        struct reader ahead = *reader;
        is_timed = take_part_behind(&ahead) != PART_NONE;
    }
    if (!is_timed && !(is_hour && hour->value <= 24) &&
        !(part != PART_NONE && is_english_word && hour->value <= 12 && is_hour)) {
        reader->at = start;
        return false;
    }
    moment->is_bare = !is_timed;
    if (part == PART_NONE)
        part = take_part_behind(reader);
    apply_part(part, moment);
    return true;
}

/* half past 3, quarter to five, ten past 8, 20 minutes to 4 */
static bool read_spoken(struct reader *reader, struct moment *moment)
{
    size_t start = reader->at;
    int minutes;
    when_accept(reader, TOKEN_ARTICLE);
    if (when_accept(reader, TOKEN_HALF)) {
        minutes = 30;
    } else if (when_accept(reader, TOKEN_QUARTER)) {
        minutes = 15;
    } else if (when_is_kind(reader, 0, TOKEN_NUMBER) && when_value(reader, 0) < 60 && reader->at == start) {
        minutes = when_value(reader, 0);
        reader->at++;
        if (when_is_kind(reader, 0, TOKEN_UNIT) && when_value(reader, 0) == UNIT_MINUTES)
            reader->at++;
    } else {
        reader->at = start;
        return false;
    }
    const struct token *link = when_peek(reader, 0);
    bool is_to = link->kind == TOKEN_TO;
    bool is_past = link->kind == TOKEN_MINUTES_PAST;
    reader->at++;
    const struct token *hour = when_peek(reader, 0);
    bool is_noon = hour->kind == TOKEN_NOON || hour->kind == TOKEN_MIDNIGHT;
    bool is_number = hour->kind == TOKEN_NUMBER && hour->digits <= 2 && hour->value >= 1 && hour->value <= 24;
    /* "10 to 12" is a span; only a spelt number or a named fraction is minutes */
    bool is_sure = reader->tokens[start].kind != TOKEN_NUMBER || is_past ||
                   reader->tokens[start + 1].kind == TOKEN_UNIT || reader->tokens[start].digits == 0;
    if (!(is_to || is_past) || !(is_noon || is_number) || !is_sure) {
        reader->at = start;
        return false;
    }
    reader->at++;
    moment->minutes = is_noon ? (hour->kind == TOKEN_NOON ? HALF_DAY : 0) : hour->value * 60;
    take_minutes(reader, moment);
    bool is_before = is_to || link->value < 0;
    moment->minutes += is_before ? -minutes : minutes;
    if (moment->minutes < 0)
        moment->minutes += 2 * HALF_DAY;
    apply_part(take_part_behind(reader), moment);
    return true;
}

/* JST, (UTC), +09:00 */
static void take_zone(struct reader *reader, bool is_iso, struct moment *moment)
{
    size_t start = reader->at;
    bool is_bracketed = when_accept_sign(reader, '(');
    const struct token *token = when_peek(reader, 0);
    if (token->kind == TOKEN_ZONE || token->kind == TOKEN_ZONE_OF_SEVERAL) {
        reader->at++;
        moment->zone = token->value;
        moment->has_zone = moment->zone != UNKNOWN_ZONE;
        if (!is_bracketed || when_accept_sign(reader, ')'))
            return;
    }
    reader->at = start;
    bool is_west = is_iso && when_is_sign(reader, 0, '-');
    const struct token *number = when_peek(reader, 1);
    if (!(when_is_sign(reader, 0, '+') || is_west) || number->kind != TOKEN_NUMBER || number->is_spaced)
        return;
    bool is_split = number->digits == 2 && when_is_sign(reader, 2, ':') && is_minutes(reader, 3);
    if (!(is_split || number->digits == 4) || (is_west && when_peek(reader, 0)->is_spaced))
        return;
    int minutes = is_split ? number->value * 60 + when_value(reader, 3)
                           : number->value / 100 * 60 + number->value % 100;
    if (minutes > 14 * 60)
        return;
    moment->zone = is_west ? -minutes : minutes;
    moment->has_zone = true;
    reader->at += is_split ? 4 : 2;
}

bool when_follows_at(const struct reader *reader)
{
    return reader->at > 0 && ((reader->tokens[reader->at - 1].kind == TOKEN_OF &&
                               strncmp(reader->folded->text + reader->tokens[reader->at - 1].start, "at", 2) == 0) ||
                              (reader->tokens[reader->at - 1].kind == TOKEN_SIGN &&
                               reader->tokens[reader->at - 1].value == '@' && when_peek(reader, 0)->is_spaced));
}

static bool read_named(struct reader *reader, struct moment *moment)
{
    if (when_accept(reader, TOKEN_NOON))
        moment->minutes = HALF_DAY;
    else if (when_accept(reader, TOKEN_MIDNIGHT))
        moment->minutes = 0;
    else
        return false;
    moment->is_half_known = true;
    return true;
}

/* A part of the day without an hour, which only a date makes a time of. */
static bool read_part(struct reader *reader, struct moment *moment)
{
    if (moment->grain < GRAIN_DAY)
        return false;
    enum part part = take_part(reader);
    if (part == PART_NONE)
        return false;
    moment->part = part;
    moment->is_vague = true;
    moment->minutes = minutes_of_part(part);
    if (part == PART_LATE)
        moment->minutes += 2 * HALF_DAY;
    return true;
}

/* T1300, T130000 */
static bool read_compact(struct reader *reader, struct moment *moment)
{
    const struct token *token = when_peek(reader, 0);
    struct token minutes = *token;
    if (token->digits == 6) {
        minutes.value /= 100;
        minutes.digits = 4;
    }
    if (!when_is_compact_time(&minutes))
        return false;
    moment->minutes = minutes.value / 100 * 60 + minutes.value % 100;
    reader->at++;
    return true;
}

bool when_find_time(struct reader *reader, struct moment *moment)
{
    size_t start = reader->at;
    struct moment before = *moment;
    bool is_hour = when_follows_at(reader);
    moment->is_next_day = when_accept(reader, TOKEN_NEXT_DAY);
    bool is_iso = when_accept(reader, TOKEN_ISO_T);
    is_hour = is_hour && !is_iso;
    bool is_read = (is_iso && read_compact(reader, moment)) || read_spoken(reader, moment) || read_clock(reader, is_hour, moment) || read_named(reader, moment);
    if (is_read && before.part != PART_NONE && !moment->is_half_known)
        apply_part(before.part, moment); /* 今夜8時, tonight at 8 */
    if (is_read)
        moment->is_vague = false;
    else if (before.part == PART_NONE)
        is_read = read_part(reader, moment);
    if (!is_read) {
        reader->at = start;
        *moment = before;
        return false;
    }
    if (!moment->is_vague)
        take_zone(reader, is_iso, moment);
    return true;
}
