/* The finder of dates in running text: see when_find.h for the promise, when_find_parts.h for the parts. */
#include "text/when_find.h"

#include <string.h>

#include "base/memory.h"
#include "text/when_find_parts.h"

enum { MOST_BYTES = 64 * 1024, MOST_FOUND = 200 };

/* One line being searched. */
struct search {
    struct reader reader;
    struct when_result *result;
    struct moment before; /* the last date found, whose month a bare day shares, or whose day a bare time */
    struct civil before_date;
    bool has_before;
    bool is_inferred;
    const char *problem;
};

static struct civil last_day_of(const struct moment *moment)
{
    struct civil date = moment->date;
    if (moment->has_last)
        return moment->last;
    if (moment->grain == GRAIN_YEAR)
        return (struct civil){date.year, 12, 31, 0, 0};
    if (moment->grain == GRAIN_MONTH)
        return (struct civil){date.year, date.month, civil_days_in_month(date.year, date.month), 0, 0};
    return moment->grain == GRAIN_WEEK ? civil_from_day_number(civil_day_number(date) + 6) : date;
}

/* The instant of a moment that has a time, in the zone of now. */
static struct civil instant_of(const struct search *search, const struct moment *moment, struct when *when)
{
    struct civil instant = civil_add_minutes(moment->date, moment->minutes + (moment->is_next_day ? MINUTES_A_DAY : 0));
    if (!moment->has_zone || moment->zone == search->reader.about->zone)
        return instant;
    when->inferred |= WHEN_INFERRED_ZONE;
    return civil_add_minutes(instant, search->reader.about->zone - moment->zone);
}

static void set_times(struct search *search, struct moment *first, struct moment *second, struct when *when)
{
    if (second && second->minutes != NOT_WRITTEN && first->minutes != NOT_WRITTEN)
        when_settle_span_times(first, second);
    when->all_day = first->minutes == NOT_WRITTEN;
    when->start = when->end = first->date;
    if (!when->all_day)
        when->start = instant_of(search, first, when);
    if (!second) {
        when->has_end = first->has_last && when->all_day;
        if (when->has_end)
            when->end = first->last;
        return;
    }
    when->has_end = true;
    if (second->minutes != NOT_WRITTEN)
        when->end = instant_of(search, second, when);
    else
        when->end = when->all_day ? last_day_of(second) : civil_add_minutes(second->date, MINUTES_A_DAY);
    if (when->all_day && second->minutes != NOT_WRITTEN)
        when->all_day = false;
}

static const char *check(const struct moment *moment)
{
    struct civil date = moment->date;
    bool is_there = date.month >= 1 && date.month <= 12 && date.day >= 1 &&
                    date.day <= civil_days_in_month(date.year, date.month) && date.year > -10000 && date.year < 10000;
    if (!is_there)
        return "impossible";
    if (moment->is_odd)
        return "order";
    return moment->weekday != NOT_WRITTEN && civil_weekday(date) != moment->weekday ? "weekday" : NULL;
}

static char *quote(const void *context, const struct reader *reader, size_t first, size_t behind)
{
    size_t start = reader->folded->origin[reader->tokens[first].start];
    size_t end = reader->folded->origin[reader->tokens[behind - 1].end];
    return memory_copy_bytes(context, reader->source + start, end - start);
}

static bool is_word(const struct reader *reader, const struct token *token, const char *word)
{
    return token->end - token->start == strlen(word) &&
           memcmp(reader->folded->text + token->start, word, strlen(word)) == 0;
}

/* Whether the words beside a date make it a deadline: 25日まで, by Friday, 締切 12/25, 12/25必着. */
static bool is_deadline(const struct reader *reader, size_t first, size_t behind)
{
    const struct token *next = &reader->tokens[behind];
    size_t before = first;
    while (before > 0 && (reader->tokens[before - 1].kind == TOKEN_TOPIC ||
                          reader->tokens[before - 1].kind == TOKEN_OF || reader->tokens[before - 1].kind == TOKEN_SIGN))
        before--;
    return next->kind == TOKEN_UNTIL || next->kind == TOKEN_DEADLINE ||
           (before > 0 && (reader->tokens[before - 1].kind == TOKEN_DEADLINE ||
                           is_word(reader, &reader->tokens[before - 1], "until") ||
                           is_word(reader, &reader->tokens[before - 1], "till")));
}

/* Lists what was found: one moment, or the span of two. */
static void add(struct search *search, struct moment *first, struct moment *second)
{
    const struct reader *reader = &search->reader;
    const struct moment *before = search->has_before ? &search->before : NULL;
    if (first->grain == GRAIN_NONE && when_follows_number(reader, first->first))
        return;
    if (second)
        when_share_span(reader, before, first, second);
    else
        when_resolve(reader, before, first);
    const char *problem = check(first);
    if (!problem && second)
        problem = check(second);
    if (!problem && !second && when_is_approximate(reader, first))
        problem = "range";
    if (problem && !search->problem)
        search->problem = problem;
    if (problem && strcmp(problem, "impossible") == 0)
        return;
    struct when_result *result = search->result;
    struct when when = {.inferred = first->inferred | (second ? second->inferred : 0)};
    set_times(search, first, second, &when);
    if (first->is_swapped)
        when.inferred |= WHEN_INFERRED_ORDER;
    if (when.has_end && civil_compare(when.end, when.start) < (when.all_day ? 0 : 1))
        when.has_end = false;
    if (civil_compare(when.all_day && when.has_end ? when.end : when.start,
                      (struct civil){reader->about->now.year, reader->about->now.month, reader->about->now.day, 0, 0}) <
        0)
        when.warnings |= WHEN_WARNS_PAST;
    when.warnings |= when_warn_of_days(reader->about, &when);
    search->is_inferred |= (when.inferred & ~(unsigned)WHEN_INFERRED_YEAR) != 0;
    size_t behind = second ? second->behind : first->behind;
    when.text = quote(result, reader, first->first, behind);
    when.is_deadline = !second && is_deadline(reader, first->first, behind);
    if (result->count % 8 == 0)
        result->dates = memory_resize(result, result->dates, struct when, result->count + 8);
    result->dates[result->count++] = when;
    search->before = second ? *second : *first;
    search->has_before = search->before.grain >= GRAIN_MONTH;
    search->before_date = search->before.date;
    search->reader.previous = search->before.grain >= GRAIN_DAY ? &search->before_date : NULL;
}

/* Most of a text is words that no date begins with: no rule has to look at them. A single letter may be an era's. */
static bool is_mere_word(const struct reader *reader)
{
    const struct token *token = when_peek(reader, 0);
    if (token->kind != TOKEN_OTHER && token->kind != TOKEN_TOPIC)
        return false;
    return !when_is_latin(reader, token) || (token->end - token->start > 1 && !when_is_sign(reader, 1, ':'));
}

static void search_line(struct search *search)
{
    struct reader *reader = &search->reader;
    while (reader->at < reader->count && search->result->count < MOST_FOUND) {
        struct moment first;
        struct moment second;
        if (is_mere_word(reader)) {
            reader->at++;
        } else if (when_skip_no_date(reader)) {
            continue;
        } else if (!when_may_begin(reader)) {
            reader->at++;
        } else if (when_find_span(reader, &first, &second)) {
            when_accept(reader, TOKEN_UNTIL);
            add(search, &first, &second);
        } else if (when_find_moment(reader, &first)) {
            struct moment known = first;
            when_resolve(reader, search->has_before ? &search->before : NULL, &known);
            if (when_find_span_end(reader, &known, &second))
                add(search, &first, &second);
            else if (when_may_end(reader, &first, "-"))
                add(search, &first, NULL);
        } else {
            reader->at++;
        }
    }
}

struct when_result *when_find(const void *context, const char *line, const struct when_context *about)
{
    struct when_result *result = memory_new(context, struct when_result);
    void *scratch = talloc_new(NULL);
    size_t length = strnlen(line, MOST_BYTES);
    while (length > 0 && ((unsigned char)line[length] & 0xC0) == 0x80)
        length--;
    struct search search = {.result = result, .reader = {.source = line, .about = about}};
    search.reader.folded = text_fold(scratch, line, length);
    search.reader.tokens = when_tokenize(scratch, search.reader.folded, line, &when_find_words, &search.reader.count);
    search_line(&search);
    if (search.problem) {
        result->verdict = WHEN_ASK;
        result->reason = search.problem;
    } else if (result->count > 0) {
        result->verdict = search.is_inferred ? WHEN_INFERRED : WHEN_OK;
    }
    talloc_free(scratch);
    return result;
}
