/* Calendars through the helper: see calendar.h. */
#include "mail/calendar.h"

#include <stdlib.h>
#include <string.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/place.h"

enum { HELPER_SECONDS = 30 };

struct calendar_writer {
    struct child *child; /* NULL: not started yet */
};

struct calendar_writer *calendar_open_writer(const void *context)
{
    return memory_new(context, struct calendar_writer);
}

static bool start_helper(struct calendar_writer *writer, struct error **error)
{
    if (writer->child)
        return true;
    char *path = place_helper(writer, "kairan-calendar");
    writer->child = child_start(writer, (const char *const[]){path, NULL}, error);
    talloc_free(path);
    return writer->child != NULL;
}

/* The helper's answer: "=" and the calendar, or "!" and a sentence. */
static char *ask_helper(const void *context, struct calendar_writer *writer, const char *view, struct error **error)
{
    size_t length;
    child_begin(writer->child, HELPER_SECONDS);
    char *answer = NULL;
    if (child_send(writer->child, view, strlen(view), error))
        answer = child_receive(writer->child, context, LIMIT_CALENDAR_BYTES, &length, error);
    if (!answer) {
        talloc_free(writer->child);
        writer->child = NULL;
    }
    return answer;
}

char *calendar_write(const void *context, struct calendar_writer *writer, json_t *view, struct error **error)
{
    if (!start_helper(writer, error))
        return NULL;
    char *dumped = memory_check(json_dumps(view, JSON_COMPACT));
    char *answer = ask_helper(context, writer, dumped, error);
    free(dumped);
    if (!answer)
        return NULL;
    char *calendar = *answer == '=' ? memory_copy_text(context, answer + 1) : NULL;
    if (!calendar)
        error_set(error, ERROR_REFUSED, "the calendar cannot be made: %s", *answer ? answer + 1 : "no answer");
    talloc_free(answer);
    return calendar;
}

json_t *calendar_zone(const char *zone, time_t start)
{
    struct civil winter = clock_to_civil(start);
    winter.month = 1;
    winter.day = 1;
    struct civil summer = winter;
    summer.month = 7;
    long offset = clock_utc_offset(start);
    if (clock_utc_offset(clock_from_civil(winter)) != offset || clock_utc_offset(clock_from_civil(summer)) != offset)
        return json_null();
    char *name = clock_zone_name(NULL, start);
    json_t *view = json_pack("{s:s, s:s, s:I}", "id", zone, "name", name, "offset", (json_int_t)offset);
    talloc_free(name);
    return memory_check(view);
}
