/* The result: see result.h. */
#include "poll/result.h"

#include <string.h>

#include "base/memory.h"
#include "poll/ballot.h"
#include "poll/count.h"
#include "poll/form_result.h"
#include "poll/rsvp.h"
#include "store/person.h"

static json_t *view_count(struct office *office, const struct count *count, const char *organiser, const char *language,
                          bool interim, struct error **error)
{
    json_t *view = count_view(office, count, organiser, language, interim);
    if (!count->poll->is_form || form_result_add(view, office, count, language, error))
        return view;
    json_decref(view);
    return NULL;
}

json_t *result_view(struct office *office, const struct poll *poll, const char *language, bool interim,
                    struct error **error)
{
    void *context = talloc_new(NULL);
    struct count *count = count_votes(context, office, poll, error);
    char *organiser = count ? ballot_organiser(context, office, poll, error) : NULL;
    json_t *decision = NULL;
    json_t *view = NULL;
    if (organiser && rsvp_view(office, poll, language, &decision, error)) {
        view = view_count(office, count, organiser, language, interim, error);
        if (view)
            json_object_set(view, "decision", decision);
    }
    json_decref(decision);
    talloc_free(context);
    return view;
}

/* The result in both languages, each made when the first reader of it comes. */
struct announcement {
    struct office *office;
    const struct poll *poll;
    struct count *count;
    const char *organiser;
    struct broadcast *japanese;
    struct broadcast *english;
};

static struct broadcast *find_broadcast(struct announcement *announcement, const char *language, struct error **error)
{
    struct broadcast **broadcast = strcmp(language, "ja") == 0 ? &announcement->japanese : &announcement->english;
    if (!*broadcast) {
        json_t *view = view_count(announcement->office, announcement->count, announcement->organiser, language, false, error);
        const char *template = announcement->poll->is_form ? "form-result" : "result";
        if (view)
            *broadcast = office_begin_broadcast(announcement->count, announcement->office, template, language, view, error);
        json_decref(view);
    }
    return *broadcast;
}

/* A poll that was opened again has a result of its own. */
static char *dedupe_key(const void *context, const struct poll *poll, int number)
{
    if (!poll->reopened)
        return memory_format(context, "result/%s/%d", poll->code, number);
    return memory_format(context, "result/%s/%d/%d", poll->code, number, poll->reopened);
}

static bool announce_to(struct announcement *announcement, const char *name, const char *address, int number,
                        const char *language, struct error **error)
{
    struct office *office = announcement->office;
    const char *code = announcement->poll->code;
    struct broadcast *broadcast = find_broadcast(announcement, office_language(office, language), error);
    if (!broadcast)
        return false;
    void *context = talloc_new(NULL);
    struct outgoing outgoing = {.name = name,
                                .address = address,
                                .reference = office_reference(context, office, code, number, announcement->poll->edition),
                                .dedupe = dedupe_key(context, announcement->poll, number),
                                .is_broadcast = true};
    bool done = office_queue_broadcast(broadcast, &outgoing, error);
    talloc_free(context);
    return done;
}

static bool announce_to_all(struct announcement *announcement, struct error **error)
{
    struct office *office = announcement->office;
    const struct count *count = announcement->count;
    struct person *organiser = store_load_person(count, office->store, announcement->poll->organiser_id, error);
    char *address = organiser ? store_first_address(count, office->store, organiser->id, error) : NULL;
    if (!address)
        return false;
    bool invited = false;
    for (size_t i = 0; i < count->box.people; i++) {
        const struct invitation *invitation = &count->invitations[i];
        invited = invited || invitation->person_id == organiser->id;
        if (announcement->poll->options.results == RESULTS_ORGANISER && invitation->person_id != organiser->id)
            continue;
        if (invitation->state != INVITATION_UNDELIVERED &&
            !announce_to(announcement, invitation->name, invitation->address, invitation->number, invitation->language,
                         error))
            return false;
    }
    return invited || announce_to(announcement, organiser->name, address, 0, organiser->language, error);
}

bool result_close_poll(struct office *office, const struct poll *poll, struct error **error)
{
    if (poll->state != POLL_OPEN)
        return error_set(error, ERROR_REFUSED, "the poll %s is %s, only an open one can be closed", poll->code,
                         poll_state_name(poll->state));
    void *context = talloc_new(NULL);
    struct announcement announcement = {.office = office, .poll = poll};
    announcement.count = count_votes(context, office, poll, error);
    announcement.organiser = announcement.count ? ballot_organiser(context, office, poll, error) : NULL;
    bool done = announcement.organiser && announce_to_all(&announcement, error) &&
                store_set_poll_state(office->store, poll->id, POLL_CLOSED, office->now, error);
    talloc_free(context);
    return done;
}
