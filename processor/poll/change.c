/* Telling of changes: see change.h. */
#include "poll/change.h"

#include <string.h>

#include "base/limits.h"
#include "base/memory.h"
#include "poll/ballot.h"
#include "poll/view.h"
#include "store/answer.h"
#include "store/reminder.h"
#include "text/value.h"

struct change *change_new(const void *context)
{
    return memory_new(context, struct change);
}

/* One change on its way to everybody; the views are made once a language. */
struct notice {
    struct office *office;
    const struct poll *poll;
    const struct change *change;
    const char *organiser;
    int64_t letter_id;
    json_t *japanese;
    json_t *english;
};

static json_t *view_choice(const struct poll *poll, const struct choice *choice, const char *language)
{
    char *label = view_choice_label(NULL, poll, choice, language);
    json_t *view = json_pack("{s:i, s:s, s:o}", "n", choice->number, "label", label, "note", view_text(choice->note));
    talloc_free(label);
    return view_check(view);
}

static json_t *view_choices(const struct poll *poll, const struct choice *choices, const char *language)
{
    json_t *list = json_array();
    for (size_t i = 0; i < memory_count(choices); i++)
        json_array_append_new(list, view_choice(poll, &choices[i], language));
    return list;
}

static json_t *view_moved(const struct poll *poll, const struct moved_choice *moved, const char *language)
{
    json_t *list = json_array();
    for (size_t i = 0; i < memory_count(moved); i++) {
        json_t *view = view_choice(poll, &moved[i].after, language);
        char *before = view_choice_label(NULL, poll, &moved[i].before, language);
        json_object_set_new(view, "before", json_string(before));
        json_array_append_new(list, view);
        talloc_free(before);
    }
    return list;
}

/* Replies are compared with the ballot of this edition, too: its lines stand in the mail. */
static json_t *make_view(const struct notice *notice, const char *language, struct error **error)
{
    const struct change *change = notice->change;
    if (!ballot_keep_text(notice->office, notice->poll, language, error))
        return NULL;
    json_t *view = view_poll(notice->poll, notice->organiser, language);
    json_t *own = json_pack("{s:o, s:o, s:o, s:b, s:b, s:b}", "added", view_choices(notice->poll, change->added, language),
                            "dropped", view_choices(notice->poll, change->dropped, language), "moved",
                            view_moved(notice->poll, change->moved, language), "new_deadline", change->has_new_deadline,
                            "new_place",
                            change->has_new_place, "reopened", change->is_reopened);
    json_object_update(view, view_check(own));
    json_decref(own);
    return view;
}

static json_t *find_view(struct notice *notice, const char *language, struct error **error)
{
    json_t **view = strcmp(language, "ja") == 0 ? &notice->japanese : &notice->english;
    if (!*view)
        *view = make_view(notice, language, error);
    return *view;
}

static bool has_vote(const struct vote *votes, int64_t choice_id)
{
    for (size_t i = 0; i < memory_count(votes); i++)
        if (votes[i].choice_id == choice_id)
            return true;
    return false;
}

/* What a person has not answered. */
static json_t *view_asked(void *context, const struct notice *notice, const struct invitation *invitation,
                          const char *language, struct error **error)
{
    struct vote *votes = store_list_votes(context, notice->office->store, invitation->id, error);
    if (!votes)
        return NULL;
    json_t *list = json_array();
    for (size_t i = 0; i < notice->poll->choice_count; i++)
        if (!has_vote(votes, notice->poll->choices[i].id))
            json_array_append_new(list, view_choice(notice->poll, &notice->poll->choices[i], language));
    return list;
}

static bool tell(struct notice *notice, const struct invitation *invitation, long *queued, struct error **error)
{
    void *context = talloc_new(NULL);
    struct office *office = notice->office;
    const struct poll *poll = notice->poll;
    const char *language = office_language(office, invitation->language);
    json_t *common = find_view(notice, language, error);
    json_t *asked = common ? view_asked(context, notice, invitation, language, error) : NULL;
    bool was_queued = false;
    bool done = false;
    if (asked) {
        json_t *view = memory_check(json_copy(common));
        json_object_set_new(view, "asked", asked);
        json_object_set_new(view, "asks", json_boolean(json_array_size(asked)));
        struct outgoing outgoing = {
            .template = "change",
            .language = invitation->language,
            .name = invitation->name,
            .address = invitation->address,
            .reference = office_reference(context, office, poll->code, invitation->number, poll->edition),
            .dedupe = memory_format(context, "change/%s/%d/%lld", poll->code, invitation->number,
                                    (long long)notice->letter_id),
            .is_broadcast = true,
            .bounces_count = true,
            .takes_absences = true,
            .was_queued = &was_queued,
            .view = view};
        bool asks = json_array_size(asked) > 0;
        done = office_queue(office, &outgoing, error) &&
               (!was_queued || !asks || store_note_asked(office->store, invitation->id, office->now, false, error));
        json_decref(view);
    }
    *queued += was_queued;
    talloc_free(context);
    return done;
}

static bool concerns(const struct change *change, const struct invitation *invitation)
{
    if (invitation->state == INVITATION_UNDELIVERED)
        return false;
    if (change->is_reopened || change->has_new_place || memory_count(change->added) || memory_count(change->dropped) || memory_count(change->moved))
        return true;
    return change->has_new_deadline && invitation->state != INVITATION_ANSWERED;
}

bool change_queue(struct office *office, const struct poll *poll, const struct change *change, int64_t letter_id,
                  long *queued, struct error **error)
{
    void *context = talloc_new(NULL);
    struct notice notice = {.office = office, .poll = poll, .change = change, .letter_id = letter_id};
    struct invitation *invitations = NULL;
    bool is_known = poll->state == POLL_OPEN;
    *queued = 0;
    if (is_known) {
        notice.organiser = ballot_organiser(context, office, poll, error);
        invitations = notice.organiser
                          ? store_list_invitations(context, office->store, poll->id, LIMIT_PARTICIPANTS, error)
                          : NULL;
    }
    bool done = !is_known || invitations;
    for (size_t i = 0; done && i < memory_count(invitations); i++)
        if (concerns(change, &invitations[i]))
            done = tell(&notice, &invitations[i], queued, error);
    json_decref(notice.japanese);
    json_decref(notice.english);
    talloc_free(context);
    return done;
}
