/* kairan replay [CODE]: reads every answer once more from the archive, and tells of votes that are not what was said. */
#include <stdio.h>

#include "base/file.h"
#include "base/memory.h"
#include "command/command.h"
#include "job/reading.h"
#include "poll/replay.h"

/* What getting a letter needs. */
struct archive {
    const struct config *config;
    struct reading *reading;
};

static struct letter *fetch(void *closure, const void *context, const char *path, struct error **error)
{
    struct archive *archive = closure;
    size_t length;
    char *file = file_join(context, archive->config->archive, path);
    char *bytes = file_read(context, file, (size_t)archive->config->letter_bytes, &length, error);
    return bytes ? reading_read(context, archive->reading, bytes, length, error) : NULL;
}

/* The polls that are asked for: the one of a code, or all of them. */
static int64_t *list_polls(const void *context, struct office *office, const char *code, struct error **error)
{
    struct poll *poll;
    if (!code)
        return store_list_polls(context, office->store, error);
    if (!store_find_poll(context, office->store, code, &poll, error))
        return NULL;
    if (!poll) {
        error_set(error, ERROR_REFUSED, "there is no poll %s; kairan poll list shows them", code);
        return NULL;
    }
    int64_t *ids = memory_array(context, int64_t, 1);
    ids[0] = poll->id;
    return ids;
}

static bool replay_all(const void *context, struct office *office, const int64_t *ids, bool writes,
                       struct replay_result *result, struct error **error)
{
    struct archive archive = {office->config, reading_start(context, office->config)};
    const struct replay_archive access = {fetch, &archive};
    if (writes && !store_begin(office->store, error))
        return false;
    bool done = true;
    for (size_t i = memory_count(ids); done && i-- > 0;) {
        struct poll *poll = store_load_poll(context, office->store, ids[i], error);
        done = poll && replay_poll(office, poll, &access, writes, result, error);
        talloc_free(poll);
    }
    if (writes && done)
        done = store_commit(office->store, error);
    else if (writes)
        store_rollback(office->store);
    return done;
}

static bool replay_and_print(const void *context, const struct command_options *options, const char *code, int *status,
                             struct error **error)
{
    struct replay_result result = {.differences = json_array()};
    struct office *office = command_open(context, options, options->write, error);
    int64_t *ids = office ? list_polls(context, office, code, error) : NULL;
    if (!ids || !replay_all(context, office, ids, options->write, &result, error)) {
        json_decref(result.differences);
        return false;
    }
    size_t count = json_array_size(result.differences);
    if (count && !options->write)
        *status = COMMAND_FAILED;
    json_t *view = json_pack("{s:I, s:I, s:I, s:I, s:I, s:o, s:b}", "polls", (json_int_t)memory_count(ids), "skipped",
                             (json_int_t)result.skipped, "answers", (json_int_t)result.answers, "votes",
                             (json_int_t)result.votes, "difference_count", (json_int_t)count, "differences", result.differences, "writes", options->write);
    return command_print(office->templates, "replay.txt", memory_check(view), options->json, error);
}

int command_replay(int argc, char *argv[])
{
    struct command_options options;
    int status = COMMAND_DONE;
    struct error *error = NULL;
    if (!command_read_options(argc, argv, (const char *const[]){"json", "write", NULL}, &options, &status))
        return status;
    if (argc - options.first > 1) {
        fprintf(stderr, "usage: kairan replay [--write] [--json] [CODE]\n");
        return COMMAND_USAGE;
    }
    void *context = talloc_new(NULL);
    if (!replay_and_print(context, &options, argv[options.first], &status, &error))
        status = command_fail(&error);
    talloc_free(context);
    return status;
}
