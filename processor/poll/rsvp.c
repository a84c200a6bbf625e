/* Who comes: see rsvp.h. */
#include "poll/rsvp.h"

#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/memory.h"
#include "poll/answer.h"
#include "poll/ballot.h"
#include "poll/entry.h"
#include "poll/names.h"
#include "poll/view.h"
#include "store/decision.h"
#include "store/person.h"
#include "text/value.h"

/* One calendar's answer while it is being taken. */
struct rsvping {
    struct office *office;
    struct incoming *incoming;
    const struct letter_calendar *calendar;
    const struct poll *poll;
    const struct invitation *invitation;
    const struct decision *decision;
    enum mark mark; /* MARK_NONE: it says nothing of coming */
    bool is_strange; /* it is somebody else's answer */
};

static enum mark mark_of(const char *partstat)
{
    static const struct {
        const char *word;
        enum mark mark;
    } words[] = {{"ACCEPTED", MARK_YES}, {"TENTATIVE", MARK_MAYBE}, {"DECLINED", MARK_NO}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(partstat, words[i].word) == 0)
            return words[i].mark;
    return MARK_NONE;
}

static const struct choice *find_choice(const struct poll *poll, int64_t id)
{
    for (size_t i = 0; i < poll->choice_count; i++)
        if (poll->choices[i].id == id)
            return &poll->choices[i];
    return NULL;
}

/* The time that a calendar proposes instead, as the language writes it; null when it says none that can be read. */
static json_t *view_proposal(const struct rsvping *rsvping, const char *language)
{
    const struct letter_calendar *calendar = rsvping->calendar;
    struct when when;
    if (!calendar->is_counter || !entry_read_time(calendar->start, calendar->end, &when))
        return json_null();
    char *label = view_when_label(NULL, rsvping->poll, &when, language);
    json_t *view = view_text(label);
    talloc_free(label);
    return view;
}

static json_t *view_note(const void *context, const struct rsvping *rsvping, const char *organiser,
                         const char *language)
{
    const struct poll *poll = rsvping->poll;
    const struct invitation *invitation = rsvping->invitation;
    json_t *event = entry_load(rsvping->decision->event);
    const struct mailbox *sender = incoming_sender(rsvping->incoming);
    json_t *view = view_poll(poll, organiser, language);
    json_t *mark = view_mark(rsvping->mark);
    json_object_update(view, mark);
    json_decref(mark);
    bool is_anonymous = poll->options.is_anonymous;
    const char *person = view_person_name(context, invitation->name, invitation->address);
    const char *from = rsvping->is_strange ? view_person_name(context, sender->name, sender->address) : person;
    json_t *own = json_pack(
        "{s:o, s:o, s:s, s:o, s:o, s:b, s:b, s:b, s:o}", "person", view_text(is_anonymous ? NULL : person), "sender",
        view_text(is_anonymous ? NULL : from), "sender_address", is_anonymous ? "" : sender->address, "label",
        entry_view_label(poll, event, language), "comment",
        view_text(rsvping->calendar->comment), "is_counter", rsvping->calendar->is_counter, "is_strange",
        rsvping->is_strange, "is_required", invitation->required, "proposed", view_proposal(rsvping, language));
    json_object_update(view, view_check(own));
    json_decref(own);
    json_decref(event);
    return view;
}

/* What the organiser had better know at once, as a mail. */
static bool tell_organiser(const struct rsvping *rsvping, struct error **error)
{
    struct office *office = rsvping->office;
    void *context = talloc_new(NULL);
    struct person *organiser = store_load_person(context, office->store, rsvping->poll->organiser_id, error);
    char *address = organiser ? store_first_address(context, office->store, organiser->id, error) : NULL;
    bool done = false;
    if (address) {
        json_t *view = view_note(context, rsvping, view_person_name(context, organiser->name, address),
                                 office_language(office, organiser->language));
        struct outgoing outgoing = {
            .template = "rsvp-note",
            .language = organiser->language,
            .name = organiser->name,
            .address = address,
            .reference = office_reference(context, office, rsvping->poll->code, 0, rsvping->poll->edition),
            .dedupe = memory_format(context, "rsvp-note/%lld", (long long)rsvping->incoming->id),
            .is_capped = true,
            .view = view};
        done = office_queue(office, &outgoing, error);
        json_decref(view);
    }
    talloc_free(context);
    return done;
}

static bool record(const struct rsvping *rsvping, struct error **error)
{
    time_t received = rsvping->incoming->received_at;
    time_t stamp = rsvping->calendar->stamp;
    struct rsvp rsvp = {.invitation_id = rsvping->invitation->id,
                        .mark = mark_name(rsvping->mark),
                        .sequence = rsvping->calendar->sequence,
                        .answered_at = stamp && stamp < received ? stamp : received,
                        .comment = rsvping->calendar->comment};
    return store_set_rsvp(rsvping->office->store, &rsvp, error);
}

/* Acts on an answer to the entry as it stands. */
static bool take(const struct rsvping *rsvping, struct error **error)
{
    const struct letter_calendar *calendar = rsvping->calendar;
    struct incoming *incoming = rsvping->incoming;
    bool counts = rsvping->mark != MARK_NONE && !calendar->is_counter && !rsvping->is_strange;
    bool is_anonymous = rsvping->poll->options.is_anonymous; /* then there is nothing to tell of who has sent it */
    bool matters = calendar->is_counter || (rsvping->is_strange && !is_anonymous) || *calendar->comment ||
                   (rsvping->mark == MARK_NO && rsvping->invitation->required);
    if (rsvping->mark == MARK_NONE && !calendar->is_counter)
        return incoming_settle(incoming, "ignored", "a calendar that says nothing of coming");
    return (!counts || record(rsvping, error)) && (!matters || tell_organiser(rsvping, error)) &&
           incoming_settle(incoming, "rsvp", counts ? "" : "passed on to the organiser");
}

/* The entry of a decision that still stands; an answer to an earlier time of it means nothing any more. */
static bool is_about(const struct rsvping *rsvping)
{
    size_t length = strlen(rsvping->poll->code);
    const char *uid = rsvping->calendar->uid;
    return rsvping->decision && !rsvping->decision->is_cancelled &&
           strncasecmp(uid, rsvping->poll->code, length) == 0 && uid[length] == '@' &&
           rsvping->calendar->sequence >= rsvping->decision->since_sequence &&
           rsvping->calendar->sequence <= rsvping->decision->sequence;
}

bool rsvp_take(struct office *office, struct incoming *incoming, const struct poll *poll,
               const struct invitation *invitation, bool is_own, struct error **error)
{
    void *context = talloc_new(NULL);
    const struct letter_calendar *calendar = incoming->letter->calendar;
    struct decision *decision;
    bool done = store_find_decision(context, office->store, poll->id, &decision, error);
    struct rsvping rsvping = {office, incoming, calendar, poll, invitation, decision, mark_of(calendar->partstat),
                              !is_own && strcasecmp(calendar->attendee, invitation->address) != 0};
    if (done && is_about(&rsvping))
        done = take(&rsvping, error);
    else if (done)
        incoming_settle(incoming, "ignored", "a calendar's answer to no entry that stands");
    talloc_free(context);
    return done;
}

/* The answers of a poll, by the number of the invitation; what has none is MARK_NONE. */
struct answers {
    enum mark *marks; /* talloc array */
};

static void note_answer(void *closure, int number, const struct rsvp *rsvp)
{
    struct answers *answers = closure;
    if ((size_t)number < memory_count(answers->marks))
        answers->marks[number] = mark_from_name(rsvp->mark);
}

static json_t *view_people(const struct office *office, const struct poll *poll, const struct invitation *invitations,
                           const struct answers *answers, enum mark mark, const char *language)
{
    struct names *names = names_begin(language, (size_t)office->config->names_shown);
    for (size_t i = 0; i < memory_count(invitations); i++) {
        if (answers->marks[invitations[i].number] != mark)
            continue;
        char *name = view_person_name(NULL, invitations[i].name, invitations[i].address);
        names_add(names, name, NULL);
        talloc_free(name);
    }
    json_t *view = names_end(names);
    if (json_is_object(view) && poll->options.is_anonymous) {
        json_object_set_new(view, "names", json_null());
        json_object_set_new(view, "more", json_null());
    }
    return view;
}

static bool read_answers(void *context, struct office *office, const struct poll *poll,
                         struct invitation **invitations, struct answers *answers, struct error **error)
{
    *invitations = store_list_invitations(context, office->store, poll->id, LIMIT_PARTICIPANTS, error);
    if (!*invitations)
        return false;
    int highest = 0;
    for (size_t i = 0; i < memory_count(*invitations); i++)
        highest = (*invitations)[i].number > highest ? (*invitations)[i].number : highest;
    answers->marks = memory_array(context, enum mark, (size_t)highest + 1);
    return store_visit_rsvps(office->store, poll->id, note_answer, answers, error);
}

bool rsvp_view(struct office *office, const struct poll *poll, const char *language, json_t **view,
               struct error **error)
{
    void *context = talloc_new(NULL);
    struct decision *decision;
    struct invitation *invitations = NULL;
    struct answers answers = {NULL};
    bool done = store_find_decision(context, office->store, poll->id, &decision, error);
    json_t *event = done && decision ? entry_load(decision->event) : NULL;
    const struct choice *choice = event ? find_choice(poll, decision->choice_id) : NULL;
    *view = json_null();
    if (event)
        done = read_answers(context, office, poll, &invitations, &answers, error);
    if (done && event)
        *view = view_check(json_pack(
            "{s:o, s:o, s:b, s:o, s:o, s:o, s:o}", "n", choice ? json_integer(choice->number) : json_null(), "label",
            entry_view_label(poll, event, language), "is_cancelled", decision->is_cancelled, "coming",
            view_people(office, poll, invitations, &answers, MARK_YES, language), "perhaps",
            view_people(office, poll, invitations, &answers, MARK_MAYBE, language), "declining",
            view_people(office, poll, invitations, &answers, MARK_NO, language), "silent",
            view_people(office, poll, invitations, &answers, MARK_NONE, language)));
    json_decref(event);
    talloc_free(context);
    return done;
}
