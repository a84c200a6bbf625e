/* kairan read [FILE]: how a mail would be read, as JSON; changes nothing. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "command/command.h"
#include "job/reading.h"
#include "mail/route.h"

static json_t *view_route(const void *context, const struct config *config, json_t *view, struct error **error)
{
    struct letter *letter = letter_from_view(context, view, error);
    if (!letter)
        return NULL;
    struct route *route = route_letter(context, config, letter);
    const struct reference *reference = &route->reference;
    return json_pack("{s:s, s:s, s:s, s:s?, s:o}", "verb", route_verb_name(route->verb), "carrier",
                     route_carrier_name(route->carrier), "recipient", route->recipient, "code", reference->code, "number",
                     reference->number >= 0 ? json_integer(reference->number) : json_null());
}

/* Without an instance there are no addresses of ours, and the route is null. */
static bool read_and_print(const void *context, const char *file, const struct command_options *options,
                           struct error **error)
{
    size_t length;
    if (file && access(file, R_OK) != 0)
        return error_set(error, ERROR_REFUSED, "cannot read %s: %s", file, strerror(errno));
    char *bytes = file ? file_read(context, file, LIMIT_LETTER_BYTES, &length, error)
                       : file_read_descriptor(context, STDIN_FILENO, "standard input", LIMIT_LETTER_BYTES, &length, error);
    if (!bytes)
        return false;
    struct config *config = config_load(context, options->instance, NULL);
    struct reading *reading = reading_start(context, config ? config : config_defaults(context));
    json_t *view = reading_view(reading, bytes, length, error);
    if (!view)
        return false;
    json_t *route = config ? view_route(context, config, view, error) : json_null();
    if (!route) {
        json_decref(view);
        return false;
    }
    json_object_set_new(view, "route", route);
    return command_print(NULL, NULL, view, true, error);
}

int command_read(int argc, char *argv[])
{
    struct command_options options;
    int status = COMMAND_DONE;
    struct error *error = NULL;
    if (!command_read_options(argc, argv, (const char *const[]){"json", NULL}, &options, &status))
        return status;
    if (argc - options.first > 1) {
        fprintf(stderr, "usage: kairan read [FILE]\n");
        return COMMAND_USAGE;
    }
    void *context = talloc_new(NULL);
    if (!read_and_print(context, argv[options.first], &options, &error))
        status = command_fail(&error);
    talloc_free(context);
    return status;
}
