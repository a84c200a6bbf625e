/* Taking an answer: see record.h. Here: whose answer it is. What it does to the votes is in vote.c. */
#include "poll/record.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "poll/ballot.h"
#include "poll/draft.h"
#include "poll/hold.h"
#include "poll/open.h"
#include "poll/organiser.h"
#include "poll/reply.h"
#include "poll/rsvp.h"
#include "poll/standing.h"
#include "poll/tentative.h"
#include "poll/view.h"
#include "poll/vote.h"
#include "store/event.h"
#include "store/person.h"

/* Who may speak for an invitation. */
enum authority {
    AUTHORITY_NONE,
    AUTHORITY_PERSON, /* the invited person's own address */
    AUTHORITY_OTHER,  /* a genuine token from somebody else's address */
};

/* Whose answer a letter is, as far as it shows. */
struct speaker {
    struct invitation *invitation;
    enum authority authority;
};

static bool find_by_token(void *context, struct office *office, struct incoming *incoming,
                          const struct poll *poll, struct speaker *speaker, struct error **error)
{
    const struct reference *reference = &incoming->route->reference;
    const char *sender = incoming_sender(incoming)->address;
    if (!reference->token)
        return true;
    if (!office_reference_is_genuine(office, poll->code, reference->number, reference->token)) {
        log_warning("a reply from %s carries a token that is not genuine", sender);
        return true;
    }
    incoming->has_genuine_token = true;
    bool own = false;
    if (!store_find_invitation(context, office->store, poll->id, reference->number, &speaker->invitation, error))
        return false;
    if (!speaker->invitation || speaker->invitation->state == INVITATION_REMOVED)
        return true;
    if (!store_has_address(office->store, speaker->invitation->person_id, sender, &own, error))
        return false;
    speaker->authority = own ? AUTHORITY_PERSON : AUTHORITY_OTHER;
    return true;
}

static bool find_by_sender(void *context, struct office *office, const struct incoming *incoming,
                           const struct poll *poll, struct speaker *speaker, struct error **error)
{
    struct person *person;
    if (!store_find_person(context, office->store, incoming_sender(incoming)->address, &person, error))
        return false;
    if (!person)
        return true;
    if (!store_find_invitation_of(context, office->store, poll->id, person->id, &speaker->invitation, error))
        return false;
    if (speaker->invitation && speaker->invitation->state != INVITATION_REMOVED)
        speaker->authority = AUTHORITY_PERSON;
    return true;
}

/* Acts on an answer whose speaker is known. */
static bool take_answer_of(struct office *office, struct incoming *incoming, struct poll *poll,
                           const struct speaker *speaker, struct error **error)
{
    if (speaker->authority == AUTHORITY_NONE)
        return reply_refuse(office, incoming, "not_invited", error);
    if (incoming->letter->calendar)
        return rsvp_take(office, incoming, poll, speaker->invitation, speaker->authority == AUTHORITY_PERSON, error);
    if (poll->state == POLL_CANCELLED || poll->state == POLL_DRAFT)
        return reply_refuse(office, incoming, "cancelled", error);
    if (speaker->authority == AUTHORITY_OTHER)
        return hold_answer(office, incoming, poll, speaker->invitation, error);
    if (standing_is_asked(incoming->letter->new_text) && speaker->invitation->person_id != poll->organiser_id)
        return standing_tell(office, incoming, poll, speaker->invitation, error);
    if (incoming->has_genuine_token && speaker->invitation->person_id == poll->organiser_id)
        return poll_take_own_ballot(office, incoming, poll, speaker->invitation, error);
    if (tentative_is_asked(incoming->letter->new_text))
        return tentative_take_request(office, incoming, poll, speaker->invitation, error);
    return vote_take_answer(office, incoming, poll, speaker->invitation, error);
}

static bool take_answer(struct office *office, struct incoming *incoming, struct poll *poll,
                        struct error **error)
{
    void *context = talloc_new(NULL);
    struct speaker speaker = {NULL, AUTHORITY_NONE};
    bool done = find_by_token(context, office, incoming, poll, &speaker, error);
    if (done && speaker.authority == AUTHORITY_NONE)
        done = find_by_sender(context, office, incoming, poll, &speaker, error);
    done = done && take_answer_of(office, incoming, poll, &speaker, error);
    talloc_free(context);
    return done;
}

static bool is_organiser(const struct office *office, const struct incoming *incoming, const struct poll *poll)
{
    const struct reference *reference = &incoming->route->reference;
    return reference->number == 0 && office_reference_is_genuine(office, poll->code, 0, reference->token);
}

static bool take_by_code(struct office *office, struct incoming *incoming, struct error **error)
{
    void *context = talloc_new(NULL);
    struct poll *poll;
    bool done = store_find_poll(context, office->store, incoming->route->reference.code, &poll, error);
    if (done && !poll)
        done = reply_refuse(office, incoming, "unknown_poll", error);
    else if (done && incoming->letter->calendar && is_organiser(office, incoming, poll))
        incoming_settle(incoming, "ignored", "the organiser's own calendar");
    else if (done && is_organiser(office, incoming, poll))
        done = poll_take_organiser_reply(office, incoming, poll, error);
    else if (done)
        done = take_answer(office, incoming, poll, error);
    talloc_free(context);
    return done;
}

static json_t *view_polls(struct office *office, const int64_t *ids, const char *language, struct error **error)
{
    json_t *list = json_array();
    void *context = talloc_new(NULL);
    for (size_t i = 0; i < memory_count(ids); i++) {
        struct poll *poll = store_load_poll(context, office->store, ids[i], error);
        char *organiser = poll ? ballot_organiser(context, office, poll, error) : NULL;
        if (!organiser) {
            json_decref(list);
            list = NULL;
            break;
        }
        json_array_append_new(list, view_poll(poll, organiser, language));
    }
    talloc_free(context);
    return list;
}

/* A new mail to the poll address without any reference, from somebody who is invited to several polls. */
static bool ask_which_poll(struct office *office, struct incoming *incoming, const struct person *person,
                           const int64_t *ids, struct error **error)
{
    json_t *polls = view_polls(office, ids, office_language(office, person->language), error);
    if (!polls)
        return false;
    void *context = talloc_new(NULL);
    const struct mailbox *sender = incoming_sender(incoming);
    json_t *view = json_pack("{s:o, s:s}", "polls", polls, "quote",
                             view_quote(context, incoming->letter->new_text, 20));
    struct outgoing outgoing = {.template = "which-poll",
                                .language = person->language,
                                .name = person->name,
                                .address = sender->address,
                                .dedupe = memory_format(context, "which-poll/%lld", (long long)incoming->id),
                                .view = memory_check(view)};
    bool done = reply_queue(office, incoming, &outgoing, error) && incoming_settle(incoming, "asked", "several open polls");
    json_decref(view);
    talloc_free(context);
    return done;
}

static bool has_choices_or_unclear_dates(const struct draft *draft)
{
    if (draft->choice_count)
        return true;
    for (size_t i = 0; i < draft->problem_count; i++)
        if (draft->problems[i].kind == DRAFT_UNCLEAR_DATE)
            return true;
    return false;
}

/* The polls that a person without a reference may be answering: those open to them. */
static bool find_open_polls(void *context, struct office *office, const struct incoming *incoming,
                            struct person **person, int64_t **ids, struct error **error)
{
    *ids = NULL;
    if (!store_find_person(context, office->store, incoming_sender(incoming)->address, person, error))
        return false;
    if (!*person)
        return true;
    *ids = store_list_open_polls_of(context, office->store, (*person)->id, error);
    return *ids != NULL;
}

static bool answer_only_poll(void *context, struct office *office, struct incoming *incoming, int64_t id,
                             struct error **error)
{
    struct poll *poll = store_load_poll(context, office->store, id, error);
    return poll && take_answer(office, incoming, poll, error);
}

/* No reference at all: dates line by line open a poll; otherwise it can only be the answer to one open poll. */
static bool take_without_reference(struct office *office, struct incoming *incoming, struct error **error)
{
    void *context = talloc_new(NULL);
    struct draft *draft =
        draft_read(context, office->config, office->almanac, incoming->letter, clock_to_civil(incoming->received_at));
    struct person *person;
    int64_t *ids;
    bool done = find_open_polls(context, office, incoming, &person, &ids, error);
    if (done && (has_choices_or_unclear_dates(draft) || !memory_count(ids)))
        done = poll_take_opening(office, incoming, draft, error);
    else if (done && memory_count(ids) > 1)
        done = ask_which_poll(office, incoming, person, ids, error);
    else if (done)
        done = answer_only_poll(context, office, incoming, ids[0], error);
    talloc_free(context);
    return done;
}

bool poll_take_form(struct office *office, struct incoming *incoming, struct error **error)
{
    void *context = talloc_new(NULL);
    struct draft *draft =
        draft_read_form(context, office->config, office->almanac, incoming->letter, clock_to_civil(incoming->received_at));
    bool done = poll_take_opening(office, incoming, draft, error);
    talloc_free(context);
    return done;
}

bool poll_take_letter(struct office *office, struct incoming *incoming, struct error **error)
{
    if (incoming->route->reference.code)
        return take_by_code(office, incoming, error);
    return take_without_reference(office, incoming, error);
}

/* Nobody waits for an invitation any more whose ballot cannot be delivered. *found: whether the reference is genuine. */
static bool mark_undelivered(struct office *office, const struct reference *reference, const char *status, bool *found,
                             struct error **error)
{
    void *context = talloc_new(NULL);
    struct poll *poll;
    struct invitation *invitation = NULL;
    bool done = store_find_poll(context, office->store, reference->code, &poll, error);
    bool genuine = done && poll && office_reference_is_genuine(office, poll->code, reference->number, reference->token);
    if (genuine)
        done = store_find_invitation(context, office->store, poll->id, reference->number, &invitation, error);
    if (done && invitation && invitation->state == INVITATION_WAITING) {
        invitation->state = INVITATION_UNDELIVERED;
        struct poll_event event = {.poll_id = poll->id, .kind = EVENT_UNDELIVERED, .invitation_id = invitation->id};
        event.detail = memory_copy_text(context, status);
        done = store_update_invitation(office->store, invitation, INVITATION_WAITING, error) &&
               store_touch_poll(office->store, poll->id, error) &&
               store_add_event(office->store, &event, error);
    }
    *found = invitation != NULL;
    talloc_free(context);
    return done;
}

bool poll_take_bounce(struct office *office, struct incoming *incoming, struct error **error)
{
    const struct letter *letter = incoming->letter;
    bool found = false;
    if (!incoming->route->reference.token)
        return incoming_settle(incoming, "ignored", "a bounce that names no mail of ours");
    if (!letter->status && !memory_count(letter->recipients))
        return incoming_settle(incoming, "ignored", "from the null sender, but it tells of no failure");
    if (!letter->is_permanent)
        return incoming_settle(incoming, "ignored", "delivery is only delayed");
    return mark_undelivered(office, &incoming->route->reference, letter->status, &found, error) &&
           incoming_settle(incoming, found ? "bounced" : "ignored", found ? "" : "a bounce whose token is not genuine");
}

bool poll_take_refusal(struct office *office, const char *envelope_sender, const char *reply, struct error **error)
{
    static const char bounce[] = "bounce-";
    const char *extension;
    struct reference reference;
    if (!route_is_ours(office->config, office->config->kairan_address, envelope_sender, &extension) ||
        strncmp(extension, bounce, sizeof bounce - 1) != 0)
        return true;
    void *context = talloc_new(NULL);
    bool found;
    bool done = !route_parse_reference(context, extension + sizeof bounce - 1, &reference) ||
                mark_undelivered(office, &reference, reply, &found, error);
    talloc_free(context);
    return done;
}
