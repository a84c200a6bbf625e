/* Commands about time: the deadline, the close, the reopening. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "poll/command_list.h"
#include "poll/remind.h"
#include "poll/result.h"
#include "text/fold.h"
#include "text/when.h"

enum { CLOSE_OF_BUSINESS = 17, MINUTES_A_DAY = 24 * 60, LONGEST_EXTENSION = 366 };

/* The deadline that a text names, as an instant in the future; 0: none, and the effect has been told. */
static time_t read_deadline(struct commanding *commanding, const char *text)
{
    void *context = talloc_new(NULL);
    struct when_context about = {.now = clock_to_civil(commanding->incoming->received_at),
                                 .almanac = commanding->office->almanac};
    struct when_result *result = when_read_point(context, text, &about);
    bool is_clear = result->count == 1 && (result->verdict == WHEN_OK || result->verdict == WHEN_INFERRED);
    time_t deadline = 0;
    if (is_clear) {
        struct civil civil = result->dates[0].start;
        if (result->dates[0].all_day)
            civil.hour = CLOSE_OF_BUSINESS;
        deadline = clock_from_civil(civil);
    }
    bool is_past = is_clear ? deadline <= commanding->office->now : result->reason && strcmp(result->reason, "past") == 0;
    talloc_free(context);
    if (is_past)
        command_tell(commanding, "past_deadline", NULL);
    else if (!is_clear)
        command_tell(commanding, "unclear_deadline", NULL);
    return is_past ? 0 : deadline;
}

static json_t *view_deadline(const struct commanding *commanding)
{
    void *context = talloc_new(NULL);
    struct civil deadline = clock_to_civil(commanding->poll->deadline);
    struct civil now = clock_to_civil(commanding->office->now);
    json_t *view = json_pack("{s:s}", "deadline", when_format_point(context, commanding->language, deadline, now.year));
    talloc_free(context);
    return view;
}

static bool set_deadline(struct commanding *commanding, time_t deadline, struct error **error)
{
    struct poll *poll = commanding->poll;
    if (deadline == poll->deadline)
        return command_tell(commanding, "same_deadline", view_deadline(commanding));
    if (!command_touch_draft(commanding, error) ||
        !store_set_poll_deadline(commanding->office->store, poll->id, deadline, error) ||
        !remind_plan(commanding->office, poll, error))
        return false;
    poll->deadline = deadline;
    commanding->change->has_new_deadline = true;
    return command_tell(commanding, "deadline_set", view_deadline(commanding));
}

bool command_set_deadline(struct commanding *commanding, const char *arguments, struct error **error)
{
    time_t deadline = read_deadline(commanding, arguments);
    return !deadline || set_deadline(commanding, deadline, error);
}

/* 「3日」「2日間」「1週間」 "2 days" "+1 week": days; 0: it is no such span. */
static long read_days(const char *text)
{
    static const struct {
        const char *word;
        long days;
    } units[] = {{"日", 1},     {"日間", 1}, {"日延長", 1}, {"週間", 7},  {"週", 7},
                 {"週間延長", 7}, {"day", 1},  {"days", 1},   {"week", 7}, {"weeks", 7}};
    char *key = text_fold_key(NULL, text);
    char *rest = key + strspn(key, "+ ");
    char *end;
    long number = strtol(rest, &end, 10);
    long days = 0;
    if (end != rest && isdigit((unsigned char)*rest) && number > 0 && number <= LONGEST_EXTENSION) {
        end += strspn(end, " ");
        for (size_t i = 0; i < sizeof units / sizeof *units; i++)
            if (strcmp(end, units[i].word) == 0)
                days = number * units[i].days;
    }
    talloc_free(key);
    return days <= LONGEST_EXTENSION ? days : 0;
}

/* 「3日」 behind 延長 is a span and not the third. */
bool command_extend(struct commanding *commanding, const char *arguments, struct error **error)
{
    long days = read_days(arguments);
    if (!days)
        return command_set_deadline(commanding, arguments, error);
    struct civil deadline = clock_to_civil(commanding->poll->deadline);
    return set_deadline(commanding, clock_from_civil(civil_add_minutes(deadline, days * MINUTES_A_DAY)), error);
}

bool command_close(struct commanding *commanding, const char *arguments, struct error **error)
{
    (void)arguments;
    struct poll *poll = commanding->poll;
    if (!result_close_poll(commanding->office, poll, error))
        return false;
    poll->state = POLL_CLOSED;
    return command_tell(commanding, "closed", NULL);
}

/* A poll whose deadline has passed needs a new one, or it would close at once. */
bool command_reopen(struct commanding *commanding, const char *arguments, struct error **error)
{
    struct poll *poll = commanding->poll;
    time_t deadline = poll->deadline;
    if (*arguments || deadline <= commanding->office->now)
        deadline = read_deadline(commanding, arguments);
    if (!deadline)
        return true;
    if (!store_reopen_poll(commanding->office->store, poll, error) ||
        !store_set_poll_deadline(commanding->office->store, poll->id, deadline, error) ||
        !remind_plan(commanding->office, poll, error))
        return false;
    poll->deadline = deadline;
    commanding->change->is_reopened = true;
    return command_tell(commanding, "reopened", view_deadline(commanding));
}
