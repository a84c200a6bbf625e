/* Telling the administrator: see set_aside.h. */
#include "job/set_aside.h"

#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "store/fact.h"

static const char told_fact[] = "set-aside told"; /* the newest name that a mail has told of */

enum { NAMES_TOLD = 50, NAMES_LISTED = 10000 };

static bool queue_mail(void *context, struct office *office, char **names, struct error **error)
{
    size_t count = memory_count(names);
    json_t *list = json_array();
    for (size_t i = 0; i < count && i < NAMES_TOLD; i++)
        json_array_append_new(list, json_string(names[count - 1 - i])); /* names begin with the time: the newest first */
    json_t *view = json_pack("{s:I, s:o, s:o}", "count", (json_int_t)count, "names", list, "more",
                             count > NAMES_TOLD ? json_integer((json_int_t)(count - NAMES_TOLD)) : json_null());
    struct outgoing outgoing = {.template = "set-aside",
                                .address = office->config->administrator,
                                .dedupe = memory_format(context, "set-aside/%s", names[count - 1]),
                                .view = memory_check(view)};
    bool done = store_begin(office->store, error);
    if (done) {
        done = office_queue(office, &outgoing, error) &&
               store_set_fact(office->store, told_fact, names[count - 1], error) && store_commit(office->store, error);
        if (!done)
            store_rollback(office->store);
    }
    json_decref(view);
    return done;
}

bool set_aside_tell(struct office *office, struct error **error)
{
    void *context = talloc_new(NULL);
    char **names =
        file_list_folder(context, file_join(context, office->config->spool, "failed"), NAMES_LISTED, error);
    char *told = NULL;
    size_t count = memory_count(names);
    bool done = names && (!count || store_get_fact(context, office->store, told_fact, &told, error));
    if (done && count && (!told || strcmp(names[count - 1], told) > 0))
        done = queue_mail(context, office, names, error);
    talloc_free(context);
    return done;
}
