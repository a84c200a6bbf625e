/* kairan outbox list|retry|drop: mails that wait for the MTA or were refused by it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "command/command.h"
#include "store/outbox.h"

enum { MOST_LISTED = 1000 };

static json_t *entry_view(const void *context, const struct outbox_entry *entry)
{
    return json_pack("{s:I, s:s, s:s, s:s, s:i, s:s, s:s, s:s?}", "id", (json_int_t)entry->id, "state", entry->state,
                     "recipient", entry->envelope_recipient, "name", entry->dedupe, "attempts", entry->attempts, "created",
                     clock_format_utc(context, entry->created_at), "not_before", clock_format_utc(context, entry->not_before),
                     "reply", entry->last_reply);
}

static bool list_mails(struct office *office, const struct command_options *options, struct error **error)
{
    struct outbox_entry *entries = store_list_unsent_mail(office, office->store, MOST_LISTED, error);
    if (!entries)
        return false;
    json_t *list = json_array();
    for (size_t i = 0; i < memory_count(entries); i++) {
        json_t *view = entry_view(entries, &entries[i]);
        json_object_set_new(view, "is_refused", json_boolean(strcmp(entries[i].state, "refused") == 0));
        json_array_append_new(list, view);
    }
    return command_print(office->templates, "outbox.txt", json_pack("{s:o}", "mails", list), options->json, error);
}

/* store_retry_mail() or store_drop_mail() */
typedef bool store_change(struct store *store, int64_t id, time_t now, bool *found, struct error **error);

static bool change_one(struct office *office, store_change *change, const char *word, struct error **error)
{
    char *end;
    long long id = strtoll(word, &end, 10);
    bool found = false;
    if (*word && !*end && !change(office->store, id, office->now, &found, error))
        return false;
    return found || error_set(error, ERROR_REFUSED,
                              "no mail with the number \"%s\" waits or was refused (kairan outbox list shows them)", word);
}

/* All or none: a number that is mistyped changes nothing. */
static bool change_mails(struct office *office, store_change *change, char *words[], int count, struct error **error)
{
    if (!store_begin(office->store, error))
        return false;
    bool done = true;
    for (int i = 0; done && i < count; i++)
        done = change_one(office, change, words[i], error);
    done = done && store_commit(office->store, error);
    if (!done)
        store_rollback(office->store);
    return done;
}

int command_outbox(int argc, char *argv[])
{
    struct command_options options;
    int status = COMMAND_DONE;
    struct error *error = NULL;
    if (!command_read_options(argc, argv, (const char *const[]){"json", NULL}, &options, &status))
        return status;
    const char *word = options.first < argc ? argv[options.first] : "";
    char **numbers = argv + options.first + 1;
    int given = argc - options.first - 1;
    store_change *change = strcmp(word, "retry") == 0 ? store_retry_mail : strcmp(word, "drop") == 0 ? store_drop_mail : NULL;
    if (change ? given < 1 : strcmp(word, "list") != 0 || given) {
        fprintf(stderr, "usage: kairan outbox list | retry NUMBER… | drop NUMBER…\n");
        return COMMAND_USAGE;
    }
    void *context = talloc_new(NULL);
    struct office *office = command_open(context, &options, change != NULL, &error);
    if (!office || !(change ? change_mails(office, change, numbers, given, &error) : list_mails(office, &options, &error)))
        status = command_fail(&error);
    talloc_free(context);
    return status;
}
