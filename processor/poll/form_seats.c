/* Places of a form's choices: see form_seats.h. */
#include "poll/form_seats.h"

#include <string.h>

#include "base/memory.h"
#include "poll/ballot.h"
#include "poll/view.h"
#include "text/value.h"

bool seats_are_limited(const struct poll *poll)
{
    for (size_t i = 0; i < memory_count(poll->questions); i++)
        for (size_t j = 1; j < memory_count(poll->questions[i].choices); j++)
            if (poll->questions[i].choices[j].capacity)
                return true;
    return false;
}

/* The seats of one choice: the responses stand in the order in which they were received. */
static void list_choice(struct seat **seats, const struct question_choice *choice, const struct response *responses)
{
    size_t taken = 0;
    for (size_t i = 0; i < memory_count(responses); i++) {
        if (responses[i].choice_id != choice->id)
            continue;
        size_t count = memory_count(*seats);
        *seats = memory_resize(talloc_parent(*seats), *seats, struct seat, count + 1);
        taken++;
        size_t waiting = taken > (size_t)choice->capacity ? taken - (size_t)choice->capacity : 0;
        (*seats)[count] = (struct seat){responses[i].invitation_number, choice->id, waiting};
    }
}

struct seat *seats_list(const void *context, struct office *office, const struct poll *poll, struct error **error)
{
    struct response *responses = store_list_responses(NULL, office->store, poll->id, 0, error);
    if (!responses)
        return NULL;
    struct seat *seats = memory_array(context, struct seat, 0);
    for (size_t i = 0; i < memory_count(poll->questions); i++)
        for (size_t j = 1; j < memory_count(poll->questions[i].choices); j++)
            if (poll->questions[i].choices[j].capacity)
                list_choice(&seats, &poll->questions[i].choices[j], responses);
    talloc_free(responses);
    return seats;
}

const struct seat *seats_find(const struct seat *seats, int invitation_number, int64_t choice_id)
{
    for (size_t i = 0; i < memory_count(seats); i++)
        if (seats[i].invitation_number == invitation_number && seats[i].choice_id == choice_id)
            return &seats[i];
    return NULL;
}

static long count_left(const struct seat *seats, const struct question_choice *choice)
{
    long left = choice->capacity;
    for (size_t i = 0; i < memory_count(seats); i++)
        left -= seats[i].choice_id == choice->id && seats[i].waiting == 0;
    return left;
}

bool seats_set_left(json_t *view, struct office *office, const struct poll *poll, struct error **error)
{
    struct seat *seats = seats_list(NULL, office, poll, error);
    if (!seats)
        return false;
    json_t *questions = json_object_get(view, "questions");
    for (size_t i = 0; i < memory_count(poll->questions); i++) {
        json_t *choices = json_object_get(json_array_get(questions, i), "choices");
        for (size_t j = 1; j < memory_count(poll->questions[i].choices); j++) {
            const struct question_choice *choice = &poll->questions[i].choices[j];
            if (choice->capacity)
                json_object_set_new(json_array_get(choices, j - 1), "left",
                                    json_pack("{s:I}", "count", (json_int_t)count_left(seats, choice)));
        }
    }
    talloc_free(seats);
    return true;
}

/* ----- telling ----- */

static const char *label_of(const struct poll *poll, int64_t choice_id)
{
    for (size_t i = 0; i < memory_count(poll->questions); i++)
        for (size_t j = 1; j < memory_count(poll->questions[i].choices); j++)
            if (poll->questions[i].choices[j].id == choice_id)
                return poll->questions[i].choices[j].label;
    return "";
}

/* What has changed for one invitation: [{"label","is_in","waiting"}]. */
static json_t *view_changes(const struct poll *poll, const struct seat *before, const struct seat *after, int number)
{
    json_t *list = json_array();
    for (size_t i = 0; i < memory_count(after); i++) {
        if (after[i].invitation_number != number)
            continue;
        const struct seat *was = seats_find(before, number, after[i].choice_id);
        if (was && (was->waiting == 0) != (after[i].waiting == 0))
            json_array_append_new(list,
                                  json_pack("{s:s, s:b, s:I}", "label", label_of(poll, after[i].choice_id), "is_in",
                                            after[i].waiting == 0, "waiting", (json_int_t)after[i].waiting));
    }
    return list;
}

static bool tell_one(struct office *office, const struct poll *poll, json_t *changes, int number, int64_t letter_id,
                     struct error **error)
{
    void *context = talloc_new(NULL);
    struct invitation *invitation = NULL;
    char *organiser = ballot_organiser(context, office, poll, error);
    bool done = organiser && store_find_invitation(context, office->store, poll->id, number, &invitation, error);
    if (done && invitation) {
        json_t *view = view_poll(poll, organiser, office_language(office, invitation->language));
        json_object_set(view, "changes", changes);
        json_object_set_new(view, "person",
                            json_string(view_person_name(context, invitation->name, invitation->address)));
        struct outgoing outgoing = {
            .template = "form-seat",
            .language = invitation->language,
            .name = invitation->name,
            .address = invitation->address,
            .reference = office_reference(context, office, poll->code, number, poll->edition),
            .dedupe = memory_format(context, "seat/%s/%d/%lld", poll->code, number, (long long)letter_id),
            .bounces_count = true,
            .view = view};
        done = office_queue(office, &outgoing, error);
        json_decref(view);
    }
    talloc_free(context);
    return done;
}

bool seats_tell(struct office *office, const struct poll *poll, const struct seat *before, const struct seat *after,
                int but_number, int64_t letter_id, struct error **error)
{
    bool done = true;
    for (size_t i = 0; done && i < memory_count(after); i++) {
        int number = after[i].invitation_number;
        bool is_first = true; /* seat of this invitation: it is told all at once */
        for (size_t j = 0; j < i; j++)
            is_first = is_first && after[j].invitation_number != number;
        const struct seat *was = seats_find(before, number, after[i].choice_id);
        bool may_differ = was && (was->waiting == 0) != (after[i].waiting == 0);
        if (number == but_number || (!is_first && !may_differ))
            continue;
        json_t *changes = view_changes(poll, before, after, number);
        if (json_array_size(changes))
            done = tell_one(office, poll, changes, number, letter_id, error);
        json_decref(changes);
    }
    return done;
}
