/* The daily word to organisers: see interim.h. */
#include "poll/interim.h"

#include "base/memory.h"
#include "poll/names.h"
#include "poll/result.h"
#include "store/event.h"
#include "store/person.h"
#include "text/value.h"

/* Who has answered since the last one, as NAMES. */
static json_t *view_fresh(void *context, struct office *office, const struct poll *poll, const char *language,
                          struct error **error)
{
    struct fresh_name *fresh = store_list_fresh_names(context, office->store, poll->id, error);
    if (!fresh)
        return NULL;
    if (poll->options.is_anonymous) {
        talloc_free(fresh);
        return json_null();
    }
    struct names *names = names_begin(language, (size_t)office->config->names_shown);
    for (size_t i = 0; i < memory_count(fresh); i++)
        names_add(names, view_person_name(context, fresh[i].name, fresh[i].address), NULL);
    return names_end(names);
}

static bool queue(void *context, struct office *office, struct poll *poll, struct error **error)
{
    struct person *organiser = store_load_person(context, office->store, poll->organiser_id, error);
    char *address = organiser ? store_first_address(context, office->store, organiser->id, error) : NULL;
    const char *language = address ? office_language(office, organiser->language) : NULL;
    json_t *fresh = language ? view_fresh(context, office, poll, language, error) : NULL;
    json_t *view = fresh ? result_view(office, poll, language, true, error) : NULL;
    if (!view || !store_count_news(office->store, poll, error)) {
        json_decref(fresh);
        json_decref(view);
        return false;
    }
    json_object_set_new(view, "fresh", fresh);
    struct outgoing outgoing = {.template = "interim",
                                .language = organiser->language,
                                .name = organiser->name,
                                .address = address,
                                .reference = office_reference(context, office, poll->code, 0, poll->edition),
                                .dedupe = memory_format(context, "interim/%s/%d", poll->code, poll->told),
                                .view = view};
    bool done = office_queue(office, &outgoing, error);
    json_decref(view);
    return done;
}

static bool tell_one(struct office *office, int64_t id, struct error **error)
{
    if (!store_begin(office->store, error))
        return false;
    void *context = talloc_new(NULL);
    struct poll *poll = store_load_poll(context, office->store, id, error);
    bool done = poll && queue(context, office, poll, error) &&
                store_note_digest(office->store, poll->id, office->now, error) && store_commit(office->store, error);
    if (!done)
        store_rollback(office->store);
    talloc_free(context);
    return done;
}

bool interim_run(struct office *office, struct error **error)
{
    void *context = talloc_new(NULL);
    int64_t *ids = store_list_changed_polls(context, office->store, error);
    bool done = ids != NULL;
    for (size_t i = 0; i < memory_count(ids); i++) {
        struct error *reason = NULL;
        if (tell_one(office, ids[i], &reason))
            continue;
        done = false;
        if (error && !*error)
            *error = reason;
        else
            error_free(&reason);
    }
    talloc_free(context);
    return done;
}
