/* Promises: see promise.h. */
#include "poll/promise.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "text/when_find.h"

enum { LONGEST = 92 }; /* days ahead */

static bool is_asked_for(const struct poll *poll, struct civil day)
{
    for (size_t i = 0; i < poll->choice_count; i++)
        if (civil_same_day(poll->choices[i].start, day))
            return true;
    return false;
}

/* The day that a line names, as a day number; 0: none, -1: several. */
static long read_line(const void *context, const struct poll *poll, const char *line, time_t now)
{
    struct civil present = clock_to_civil(now);
    long today = civil_day_number(present);
    struct when_context about = {.now = present, .zone = (int)(clock_utc_offset(now) / 60)};
    struct when_result *result = when_find(context, line, &about);
    long found = 0;
    for (size_t i = 0; result->verdict != WHEN_ASK && i < result->count; i++) {
        long day = civil_day_number(result->dates[i].start);
        if (day < today || day > today + LONGEST || is_asked_for(poll, result->dates[i].start))
            continue;
        found = found && found != day ? -1 : day;
    }
    return found;
}

char *promise_read(const void *context, const struct poll *poll, const char *words, time_t now)
{
    void *work = talloc_new(NULL);
    long promised = 0;
    for (const char *line = words; *line && promised >= 0;) {
        size_t length = strcspn(line, "\n");
        long day = read_line(work, poll, memory_copy_bytes(work, line, length), now);
        if (day)
            promised = promised && promised != day ? -1 : day;
        line += length + (line[length] == '\n');
    }
    struct civil day = civil_from_day_number(promised > 0 ? promised : 0);
    talloc_free(work);
    return promised > 0 ? memory_format(context, "%04d-%02d-%02d", day.year, day.month, day.day) : NULL;
}
