/* kairan status: how the instance is doing. */
#include <stdio.h>

#include "base/file.h"
#include "base/memory.h"
#include "command/command.h"
#include "job/nightly.h"
#include "job/set_aside.h"
#include "store/letter.h"
#include "store/outbox.h"
#include "store/poll.h"

enum { DAY = 24 * 60 * 60, MOST_COUNTED = 100000 };

static void add_count(void *closure, const char *verdict, int64_t count)
{
    json_array_append_new(closure, json_pack("{s:s, s:I}", "verdict", verdict, "count", (json_int_t)count));
}

static bool count_files(const struct config *config, const char *folder, json_t *view, const char *name,
                        struct error **error)
{
    void *context = talloc_new(NULL);
    char **names = file_list_folder(context, file_join(context, config->spool, folder), MOST_COUNTED, error);
    bool done = names != NULL;
    if (done)
        json_object_set_new(view, name, json_integer((json_int_t)memory_count(names)));
    talloc_free(context);
    return done;
}

static bool count_polls(struct office *office, json_t *view, struct error **error)
{
    static const char *const keys[] = {"drafts", "open", "closed", "cancelled"};
    void *context = talloc_new(NULL);
    int64_t counts[4] = {0};
    int64_t *ids = store_list_polls(context, office->store, error);
    bool done = ids != NULL;
    for (size_t i = 0; done && i < memory_count(ids); i++) {
        struct poll *poll = store_load_poll(context, office->store, ids[i], error);
        done = poll != NULL;
        if (done)
            counts[poll->state]++;
        talloc_free(poll);
    }
    json_t *polls = json_object();
    for (size_t i = 0; i < 4; i++)
        json_object_set_new(polls, keys[i], json_integer(counts[i]));
    json_object_set_new(view, "polls", polls);
    talloc_free(context);
    return done;
}

static bool fill_view(struct office *office, json_t *view, struct error **error)
{
    struct outbox_counts outbox;
    json_t *jobs = nightly_view(office, error);
    json_t *set_aside = jobs ? set_aside_view(office, error) : NULL;
    json_object_set_new(view, "jobs", jobs);
    json_object_set_new(view, "set_aside", set_aside);
    if (!set_aside)
        return false;
    json_t *verdicts = json_array();
    json_object_set_new(view, "instance", json_string(office->config->file));
    json_object_set_new(view, "letters", verdicts);
    if (!count_files(office->config, "new", view, "waiting", error) ||
        !count_files(office->config, "failed", view, "failed", error) || !count_polls(office, view, error) ||
        !store_count_letters(office->store, office->now - DAY, add_count, verdicts, error) ||
        !store_count_outbox(office->store, &outbox, error))
        return false;
    json_object_set_new(view, "outbox", json_pack("{s:I, s:I, s:I}", "due", (json_int_t)outbox.due, "refused",
                                                  (json_int_t)outbox.refused, "sent", (json_int_t)outbox.sent));
    return true;
}

int command_status(int argc, char *argv[])
{
    struct command_options options;
    int status = COMMAND_DONE;
    struct error *error = NULL;
    if (!command_read_options(argc, argv, (const char *const[]){"json", NULL}, &options, &status) ||
        !command_takes_no_words(argc, argv, &options, &status))
        return status;
    void *context = talloc_new(NULL);
    struct office *office = command_open(context, &options, false, &error);
    json_t *view = json_object();
    bool filled = office && fill_view(office, view, &error);
    if (!filled)
        json_decref(view);
    if (!filled || !command_print(office->templates, "status.txt", view, options.json, &error))
        status = command_fail(&error);
    talloc_free(context);
    return status;
}
