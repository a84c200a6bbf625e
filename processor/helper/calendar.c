/*
 * kairan-calendar: writes calendars for kairan, which stays light so: libical brings ICU. Frames on standard input, each
 * the view of a calendar (mail/calendar.h); a frame back for each: "=" and the calendar, or "!" and a sentence. It ends
 * with standard input. Not run by hand.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/memory.h"
#include "mail/calendar_build.h"
#include "mail/sandbox.h"

static char *answer(const void *context, struct calendar_builder *builder, const char *bytes, size_t length)
{
    struct error *error = NULL;
    json_error_t problem;
    json_t *view = json_loadb(bytes, length, 0, &problem);
    char *calendar = view ? calendar_build(context, builder, view, &error) : NULL;
    json_decref(view);
    char *reply = calendar ? memory_format(context, "=%s", calendar)
                           : memory_format(context, "!%s", error ? error_text(context, error) : problem.text);
    error_free(&error);
    return reply;
}

int main(void)
{
    log_start("kairan-calendar");
    memory_start();
    json_object_seed(0);
    struct error *error = NULL;
    if (!sandbox_enter(&error)) {
        log_warning("writing calendars without a filter on system calls: %s", error_text(NULL, error));
        error_free(&error);
    }
    struct frames *frames = frames_open(NULL, STDIN_FILENO);
    struct calendar_builder *builder = calendar_open_builder(frames);
    for (;;) {
        void *context = talloc_new(NULL);
        size_t length;
        bool at_end = false;
        char *bytes = frames_read(context, frames, LIMIT_CALENDAR_BYTES, &length, &at_end, &error);
        char *reply = bytes ? answer(context, builder, bytes, length) : NULL;
        bool goes_on = reply && frame_write(STDOUT_FILENO, reply, strlen(reply), &error);
        if (!goes_on && !at_end)
            log_error("%s", error_text(context, error));
        talloc_free(context);
        if (goes_on)
            continue;
        talloc_free(frames);
        return at_end ? EXIT_SUCCESS : EXIT_FAILURE;
    }
}
