/* A moment of running text: a date, a time, or both. See when_find_parts.h. */
#include <string.h>

#include "text/when_find_parts.h"

bool when_is_latin(const struct reader *reader, const struct token *token)
{
    char byte = reader->folded->text[token->start];
    return byte >= 'a' && byte <= 'z';
}

const struct token *when_token_before(const struct reader *reader, size_t back)
{
    return reader->at >= back ? &reader->tokens[reader->at - back] : NULL;
}

/* Whether a date may begin here: not within a number, a word, a path, an identifier. */
bool when_may_begin(const struct reader *reader)
{
    const struct token *token = when_peek(reader, 0);
    const struct token *before = when_token_before(reader, 1);
    if (!before || token->is_spaced)
        return true;
    bool is_plain = token->kind == TOKEN_NUMBER || when_is_latin(reader, token);
    if (!is_plain)
        return true;
    if (before->kind == TOKEN_NUMBER || before->kind == TOKEN_SEQUENCE || (when_is_latin(reader, before)))
        return false;
    if (before->kind != TOKEN_SIGN || !before->value)
        return true;
    if (strchr("#$&_=\\@^+.%", before->value))
        return false;
    const struct token *second = when_token_before(reader, 2);
    bool is_joined = second && !before->is_spaced && (second->kind == TOKEN_NUMBER || when_is_latin(reader, second));
    return !(is_joined && strchr("/-:'*", before->value));
}

/* Whether what was read ends here, and is not the beginning of something longer; a hyphen may begin the end of a span.
 */
bool when_may_end(const struct reader *reader, const struct moment *moment, const char *joints)
{
    const struct token *token = when_peek(reader, 0);
    const struct token *next = when_peek(reader, 1);
    const struct token *last = when_token_before(reader, 1);
    if (moment->is_bare && token->kind != TOKEN_END) {
        bool is_closed = token->kind == TOKEN_SIGN || token->kind == TOKEN_LIST || token->kind == TOKEN_TO ||
                         token->kind == TOKEN_RANGE || token->kind == TOKEN_OF || token->kind == TOKEN_ZONE;
        if (!is_closed)
            return false;
    }
    if (token->is_spaced || token->kind == TOKEN_END || last->kind != TOKEN_NUMBER)
        return true;
    if (when_is_latin(reader, token) && token->kind == TOKEN_OTHER)
        return false;
    bool is_joint = token->kind == TOKEN_SIGN && token->value && strchr(joints, token->value);
    return !(is_joint && !next->is_spaced && (next->kind == TOKEN_NUMBER || token->value == '%'));
}

static bool is_whole_line(const struct reader *reader, size_t start)
{
    const struct token *end = when_peek(reader, 0);
    return start == 0 && (end->kind == TOKEN_END || (end->kind == TOKEN_SIGN && reader->at + 1 == reader->count));
}

/* Words behind which "May", "March" or "Mon" is a date. */
static bool is_led(const struct reader *reader, size_t start)
{
    if (start == 0)
        return false;
    const struct token *before = &reader->tokens[start - 1];
    switch (before->kind) {
    case TOKEN_IN:
    case TOKEN_SINCE:
    case TOKEN_TO:
    case TOKEN_LAST:
    case TOKEN_NEXT:
    case TOKEN_THIS:
    case TOKEN_VAGUE_DATE:
    case TOKEN_MINUTES_PAST:
    case TOKEN_DEADLINE:
        return true;
    case TOKEN_OF: /* on Mon, of May; but in the sun */
        return strncmp(reader->folded->text + before->start, "the", before->end - before->start) != 0;
    default:
        return when_is_range(before) && before->kind == TOKEN_RANGE;
    }
}

void when_skip_links(struct reader *reader)
{
    for (;;) {
        const struct token *token = when_peek(reader, 0);
        bool is_link = token->kind == TOKEN_OF || token->kind == TOKEN_TOPIC || token->kind == TOKEN_SINCE ||
                       token->kind == TOKEN_ABOUT || token->kind == TOKEN_IN || when_is_sign(reader, 0, ',') ||
                       when_is_sign(reader, 0, '@') || (token->kind == TOKEN_LIST && !when_is_latin(reader, token));
        if (!is_link)
            return;
        reader->at++;
    }
}

/* A weekday by itself: in full, or short where a word leads to it or a time follows. */
static bool read_weekday(struct reader *reader, struct moment *moment)
{
    size_t start = reader->at;
    const struct token *token = when_peek(reader, 0);
    if (token->kind != TOKEN_WEEKDAY)
        return false;
    *moment = when_empty_moment();
    moment->weekday = when_take_weekday(reader);
    moment->grain = GRAIN_DAY;
    struct moment near = when_empty_moment();
    size_t behind = reader->at;
    when_accept(reader, TOKEN_OF);
    if (when_is_kind(reader, 0, TOKEN_NEXT) || when_is_kind(reader, 0, TOKEN_LAST) ||
        when_is_kind(reader, 0, TOKEN_THIS)) {
        if (when_find_relative(reader, &near) && near.grain == GRAIN_WEEK) {
            near.date = civil_from_day_number(civil_day_number(near.date) + (moment->weekday + 6) % 7);
            near.grain = GRAIN_DAY;
            *moment = near;
            return true;
        }
    }
    reader->at = behind;
    if (when_is_text(reader, 0, "week") && when_is_latin(reader, token)) {
        reader->at++; /* Tuesday week: a week after the next one */
        when_resolve(reader, NULL, moment);
        moment->date = when_add_days(moment->date, 7);
        return true;
    }
    bool is_short = when_is_latin(reader, token) && token->end - token->start <= 5;
    if (!is_short || is_led(reader, start) || is_whole_line(reader, start))
        return true;
    struct reader ahead = *reader;
    struct moment time = *moment;
    when_skip_links(&ahead);
    if (when_find_time(&ahead, &time))
        return true;
    reader->at = start;
    return false;
}

/* "the 15th", "on the 2nd": a day of the month in English that nothing follows. */
static bool read_ordinal_day(struct reader *reader, struct moment *moment)
{
    const struct token *token = when_peek(reader, 0);
    const struct token *before = when_token_before(reader, 1);
    bool is_ordinal = token->kind == TOKEN_NUMBER && when_is_kind(reader, 1, TOKEN_ORDINAL) && when_is_glued(reader, 1);
    if (!is_ordinal || !before || token->value < 1 || token->value > 31)
        return false;
    const struct token *behind = when_peek(reader, 2);
    bool is_free = behind->kind == TOKEN_END || behind->kind == TOKEN_SIGN || behind->kind == TOKEN_TO ||
                   behind->kind == TOKEN_OF || behind->kind == TOKEN_RANGE;
    bool is_led_to = before->kind == TOKEN_OF || before->kind == TOKEN_TO || before->kind == TOKEN_SINCE ||
                     before->kind == TOKEN_DEADLINE || before->kind == TOKEN_WEEKDAY;
    if (!is_free || !is_led_to)
        return false;
    *moment = when_empty_moment();
    moment->day = token->value;
    moment->grain = GRAIN_DAY;
    reader->at += 2;
    return true;
}

/* "the 15th of next month", "the 4th of this month". */
static bool read_ordinal_of_month(struct reader *reader, struct moment *moment)
{
    size_t start = reader->at;
    const struct token *token = when_peek(reader, 0);
    bool is_ordinal = token->kind == TOKEN_NUMBER && when_is_kind(reader, 1, TOKEN_ORDINAL);
    if (!is_ordinal && token->kind != TOKEN_NTH)
        return false;
    reader->at += is_ordinal ? 2 : 1;
    bool is_linked = when_accept(reader, TOKEN_OF);
    if (is_linked && when_find_relative(reader, moment) && moment->grain == GRAIN_MONTH && moment->is_fixed &&
        token->value >= 1 && token->value <= civil_days_in_month(moment->date.year, moment->date.month)) {
        moment->date.day = token->value;
        moment->grain = GRAIN_DAY;
        return true;
    }
    reader->at = start;
    return false;
}

static bool is_only_month(const struct reader *reader, size_t start, const struct moment *moment)
{
    bool is_english = reader->tokens[start].kind == TOKEN_MONTH_NAME;
    bool is_joined = when_is_range(when_peek(reader, 0)) || when_is_kind(reader, 0, TOKEN_TO);
    if (is_joined && when_is_kind(reader, 1, TOKEN_MONTH_NAME))
        return false; /* January-March */
    return is_english && moment->grain == GRAIN_MONTH && !moment->has_year;
}

bool when_find_date(struct reader *reader, struct moment *moment)
{
    size_t start = reader->at;
    if (when_find_named(reader, moment) || when_find_relative(reader, moment))
        return true;
    if (when_find_written(reader, moment)) {
        if (!is_only_month(reader, start, moment) || is_led(reader, start) || is_whole_line(reader, start))
            return true;
        reader->at = start;
        return false;
    }
    if (read_weekday(reader, moment) || read_ordinal_of_month(reader, moment) || read_ordinal_day(reader, moment))
        return true;
    if (when_is_kind(reader, 0, TOKEN_NOW)) {
        reader->at++;
        *moment = when_empty_moment();
        if (is_whole_line(reader, start) || when_is_text(&(struct reader){.folded = reader->folded,
                                                                          .tokens = reader->tokens,
                                                                          .count = reader->count,
                                                                          .at = start ? start - 1 : 0},
                                                         0, "right")) {
            struct civil now = reader->about->now;
            moment->grain = GRAIN_DAY;
            moment->is_fixed = true;
            moment->date = (struct civil){now.year, now.month, now.day, 0, 0};
            moment->minutes = now.hour * 60 + now.minute;
            return true;
        }
    }
    reader->at = start;
    return false;
}

void when_join_date(struct moment *time, const struct moment *date)
{
    struct moment both = *date;
    both.minutes = time->minutes;
    both.until = time->until;
    both.part = time->part;
    both.is_half_known = time->is_half_known;
    both.is_vague = time->is_vague;
    both.has_zone = time->has_zone;
    both.zone = time->zone;
    both.is_next_day = time->is_next_day;
    if (date->part != PART_NONE && !time->is_half_known && time->minutes < 12 * 60 && date->part >= PART_AFTERNOON)
        both.minutes += 12 * 60; /* 8 tonight */
    *time = both;
}

/* "tomorrow morning at 9", 明日の朝、9時 */
static void read_hour_of_part(struct reader *reader, struct moment *moment)
{
    size_t start = reader->at;
    struct moment precise = *moment;
    when_skip_links(reader);
    if (when_find_time(reader, &precise) && !precise.is_vague)
        *moment = precise;
    else
        reader->at = start;
}

/* A date with its time behind or before it, a date alone or a time alone. */
bool when_find_moment(struct reader *reader, struct moment *moment)
{
    size_t start = reader->at;
    if (when_find_date(reader, moment)) {
        size_t behind = reader->at;
        if (moment->minutes == NOT_WRITTEN) {
            when_skip_links(reader);
            if (moment->grain < GRAIN_WEEK || !when_find_time(reader, moment))
                reader->at = behind;
            else if (moment->is_vague)
                read_hour_of_part(reader, moment);
        }
        if (reader->at == behind && moment->part != PART_NONE && moment->minutes == NOT_WRITTEN) {
            enum part part = moment->part;
            static const int hours[] = {
                [PART_EARLY] = 5,      [PART_MORNING] = 6,  [PART_FORENOON] = 9, [PART_MIDDAY] = 12,
                [PART_AFTERNOON] = 15, [PART_EVENING] = 18, [PART_NIGHT] = 22,   [PART_LATE] = 24};
            moment->minutes = hours[part] * 60;
            moment->is_vague = true;
        }
    } else {
        *moment = when_empty_moment();
        if (!when_find_time(reader, moment) || moment->is_vague) {
            reader->at = start;
            return false;
        }
        size_t behind = reader->at;
        struct moment date;
        when_skip_links(reader);
        if (when_find_date(reader, &date) && date.grain == GRAIN_DAY && date.minutes == NOT_WRITTEN)
            when_join_date(moment, &date);
        else
            reader->at = behind;
    }
    moment->first = start;
    moment->behind = reader->at;
    if (when_may_end(reader, moment, "/.:%"))
        return true;
    reader->at = start;
    return false;
}
