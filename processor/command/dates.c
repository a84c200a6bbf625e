/* kairan dates --now T [--lang L] [FILE]: the dates in a text, as JSON. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "command/command.h"
#include "text/almanac.h"
#include "text/when_text.h"

/*
 * The wall clock that --now shows: in the zone it names, else in that of the instance, else in Japan's. Without --now,
 * the present.
 */
static bool read_now(const struct command_options *options, struct when_context *about, struct error **error)
{
    time_t instant = clock_now();
    if (options->now && !clock_parse(options->now, &instant))
        return error_set(
            error, ERROR_REFUSED,
            "--now is \"%s\", which is no ISO 8601 time; write 2026-01-15T13:00 or 2026-01-15T13:00:00+09:00",
            options->now);
    long seconds = clock_utc_offset(instant);
    if (options->now)
        clock_parse_offset(options->now, &seconds);
    about->zone = (int)(seconds / 60);
    about->now = civil_add_minutes((struct civil){1970, 1, 1, 0, 0}, (instant + seconds) / 60);
    return true;
}

static bool read_and_print(const void *context, const char *file, const struct command_options *options,
                           struct error **error)
{
    struct when_context about = {.language = options->language};
    size_t length;
    struct config *config = config_load(context, options->instance, NULL);
    struct almanac *almanac = config ? almanac_load(context, config, error) : NULL;
    about.almanac = almanac;
    if (config && !almanac)
        return false;
    if (!config && !clock_set_zone("Asia/Tokyo", error))
        return false;
    if (!read_now(options, &about, error))
        return false;
    char *text = file ? file_read(context, file, LIMIT_TEXT_BYTES, &length, error)
                      : file_read_descriptor(context, STDIN_FILENO, "standard input", LIMIT_TEXT_BYTES, &length, error);
    if (!text)
        return false;
    return command_print(NULL, NULL, when_to_view(when_read_text(context, text, &about)), true, error);
}

int command_dates(int argc, char *argv[])
{
    struct command_options options;
    int status = COMMAND_DONE;
    struct error *error = NULL;
    if (!command_read_options(argc, argv, (const char *const[]){"json", "now", "lang", NULL}, &options, &status))
        return status;
    bool is_language = !options.language || strcmp(options.language, "ja") == 0 || strcmp(options.language, "en") == 0;
    if (argc - options.first > 1 || !is_language) {
        fprintf(stderr, "usage: kairan dates [--now TIME] [--lang ja|en] [FILE]\n");
        return COMMAND_USAGE;
    }
    void *context = talloc_new(NULL);
    if (!read_and_print(context, argv[options.first], &options, &error))
        status = command_fail(&error);
    talloc_free(context);
    return status;
}
