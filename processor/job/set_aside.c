/* Telling the administrator: see set_aside.h. A fact for each letter that no mail has told of yet. */
#include "job/set_aside.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "store/fact.h"

static const char untold_prefix[] = "set-aside/";
static const char reason_prefix[] = "set aside because/";
static const char count_fact[] = "set-aside mails"; /* how many mails have told */

enum { NAMES_TOLD = 50, REASONS_SHOWN = 10, MOST_LISTED = 100000 };

bool set_aside_note(struct store *store, const char *name, const char *reason, struct error **error)
{
    void *context = talloc_new(NULL);
    bool done = store_set_fact(store, memory_format(context, "%s%s", untold_prefix, name), "untold", error) &&
                store_set_fact(store, memory_format(context, "%s%s", reason_prefix, name), reason, error);
    talloc_free(context);
    return done;
}

/* Those that lie in spool/failed; the move of the others was cut short, and the next run does it. */
static char **list_untold(const void *context, struct office *office, struct error **error)
{
    char **names = store_list_facts(context, office->store, untold_prefix, error);
    if (!names)
        return NULL;
    char *folder = file_join(names, office->config->spool, "failed");
    size_t count = 0;
    for (size_t i = 0; i < memory_count(names); i++)
        if (access(file_join(folder, folder, names[i]), F_OK) == 0)
            names[count++] = names[i];
    talloc_free(folder);
    return memory_resize(context, names, char *, count);
}

static bool note_told(const void *context, struct store *store, char **names, const char *number, struct error **error)
{
    for (size_t i = 0; i < memory_count(names); i++)
        if (!store_forget_fact(store, memory_format(context, "%s%s", untold_prefix, names[i]), error))
            return false;
    return store_set_fact(store, count_fact, number, error);
}

static bool queue_mail(const void *context, struct office *office, char **names, const char *number,
                       struct error **error)
{
    size_t count = memory_count(names);
    json_t *list = json_array();
    for (size_t i = 0; i < count && i < NAMES_TOLD; i++)
        json_array_append_new(list, json_string(names[count - 1 - i])); /* names begin with the time: the newest first */
    json_t *view = json_pack("{s:I, s:o, s:o}", "count", (json_int_t)count, "names", list, "more",
                             count > NAMES_TOLD ? json_integer((json_int_t)(count - NAMES_TOLD)) : json_null());
    struct outgoing outgoing = {.template = "set-aside",
                                .address = office->config->administrator,
                                .dedupe = memory_format(context, "set-aside/%s", number),
                                .view = memory_check(view)};
    bool done = office_queue(office, &outgoing, error);
    json_decref(view);
    return done;
}

static bool tell(const void *context, struct office *office, char **names, struct error **error)
{
    char *last = NULL;
    if (!store_begin(office->store, error))
        return false;
    bool done = store_get_fact(context, office->store, count_fact, &last, error);
    if (done) {
        char *number = memory_format(context, "%ld", (last ? strtol(last, NULL, 10) : 0) + 1);
        done = queue_mail(context, office, names, number, error) &&
               note_told(context, office->store, names, number, error) && store_commit(office->store, error);
    }
    if (!done)
        store_rollback(office->store);
    return done;
}

bool set_aside_tell(struct office *office, struct error **error)
{
    void *context = talloc_new(NULL);
    char **names = list_untold(context, office, error);
    bool done = names && (!memory_count(names) || tell(context, office, names, error));
    talloc_free(context);
    return done;
}

json_t *set_aside_view(struct office *office, struct error **error)
{
    void *context = talloc_new(NULL);
    json_t *view = NULL;
    char **names = file_list_folder(context, file_join(context, office->config->spool, "failed"), MOST_LISTED, error);
    bool done = names != NULL;
    if (done)
        view = json_array();
    for (size_t i = memory_count(names); done && i > 0 && json_array_size(view) < REASONS_SHOWN; i--) {
        char *reason = NULL;
        done = store_get_fact(context, office->store, memory_format(context, "%s%s", reason_prefix, names[i - 1]), &reason,
                              error);
        json_array_append_new(view, json_pack("{s:s, s:s?}", "name", names[i - 1], "reason", reason));
    }
    if (!done) {
        json_decref(view);
        view = NULL;
    }
    talloc_free(context);
    return view;
}

bool set_aside_forget(struct office *office, struct error **error)
{
    void *context = talloc_new(NULL);
    char *folder = file_join(context, office->config->spool, "failed");
    char **names = store_list_facts(context, office->store, reason_prefix, error);
    bool done = names != NULL;
    for (size_t i = 0; done && i < memory_count(names); i++)
        if (access(file_join(context, folder, names[i]), F_OK) != 0)
            done = store_forget_fact(office->store, memory_format(context, "%s%s", reason_prefix, names[i]), error);
    talloc_free(context);
    return done;
}
