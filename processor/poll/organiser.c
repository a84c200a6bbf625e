/* The organiser's letters: see organiser.h. */
#include "poll/organiser.h"

#include <string.h>

#include "base/memory.h"
#include "poll/command.h"
#include "poll/edition.h"
#include "poll/open.h"
#include "poll/preview.h"
#include "poll/reply.h"
#include "poll/tentative.h"
#include "poll/view.h"
#include "poll/vote.h"
#include "store/person.h"
#include "text/value.h"

/* Tells the organiser what his reply did. */
static bool queue_organiser_note(struct office *office, const struct incoming *incoming, const struct poll *poll,
                                 const char *what, struct error **error)
{
    static const char *const events[] = {"opened", "cancelled", "not_understood", "opened_already", "closed_already", "deadline_passed",
                                         "answer_or_command", "without_choices"};
    const struct mailbox *sender = incoming_sender(incoming);
    void *context = talloc_new(NULL);
    char *language;
    if (!reply_find_language(context, office, incoming, &language, error)) {
        talloc_free(context);
        return false;
    }
    char *name = view_person_name(context, sender->name, sender->address);
    json_t *view = view_poll(poll, name, office_language(office, language));
    json_object_set_new(view, "invited", json_integer(poll->invited));
    json_object_set_new(view, "quote", json_string(view_quote(context, incoming->letter->new_text, 20)));
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        json_object_set_new(view, events[i], json_boolean(strcmp(events[i], what) == 0));
    struct outgoing note = {.template = "organiser-note",
                            .language = language,
                            .name = sender->name,
                            .address = sender->address,
                            .reference = office_reference(context, office, poll->code, 0, poll->edition),
                            .dedupe = memory_format(context, "organiser-note/%lld", (long long)incoming->id),
                            .view = view};
    bool done = reply_queue(office, incoming, &note, error);
    json_decref(view);
    talloc_free(context);
    return done;
}

/* The one word that a preview asks for. */
static bool take_word(struct office *office, struct incoming *incoming, const struct poll *poll, struct error **error)
{
    enum reply_word word = reply_read_word(incoming->letter->new_text);
    const char *what = "not_understood";
    if (poll->state == POLL_OPEN)
        what = "opened_already";
    else if (poll->state != POLL_DRAFT)
        what = "closed_already";
    else if (word == REPLY_WORD_YES && !poll->choice_count && !poll->is_form)
        what = "without_choices";
    else if (word == REPLY_WORD_YES)
        what = poll->deadline > office->now ? "opened" : "deadline_passed";
    else if (word == REPLY_WORD_CANCEL)
        what = "cancelled";
    if (strcmp(what, "opened") == 0 && !poll_open(office, poll, error))
        return false;
    if (strcmp(what, "cancelled") == 0 &&
        !store_set_poll_state(office->store, poll->id, POLL_CANCELLED, office->now, error))
        return false;
    return queue_organiser_note(office, incoming, poll, what, error) && incoming_settle(incoming, what, "");
}

static bool holds_a_mark(const struct edition_answer *read)
{
    for (size_t i = 0; i < read->then->choice_count; i++)
        if (read->given[i] != MARK_NONE)
            return true;
    return false;
}

/* An organiser who is asked as well may answer by replying to any mail of the poll. */
static bool take_own_answer(void *context, struct office *office, struct incoming *incoming, const struct poll *poll,
                            bool *taken, struct error **error)
{
    struct invitation *invitation;
    *taken = false;
    if (poll->state != POLL_OPEN || poll->is_form) /* a form is answered by a reply to the form */
        return true;
    if (!store_find_invitation_of(context, office->store, poll->id, poll->organiser_id, &invitation, error))
        return false;
    if (!invitation || invitation->state == INVITATION_REMOVED)
        return true;
    struct edition_answer *read = edition_read_answer(context, office, incoming, poll, invitation, error);
    if (!read)
        return false;
    *taken = holds_a_mark(read);
    return !*taken || vote_take_answer(office, incoming, poll, invitation, error);
}

bool poll_take_organiser_reply(struct office *office, struct incoming *incoming, struct poll *poll,
                               struct error **error)
{
    bool own;
    incoming->has_genuine_token = true;
    if (!store_has_address(office->store, poll->organiser_id, incoming_sender(incoming)->address, &own, error))
        return false;
    if (!own) /* a preview that was forwarded opens nothing */
        return reply_refuse(office, incoming, "not_organiser", error);
    if (poll->state == POLL_DRAFT && incoming->route->reference.edition != poll->edition) /* not what they have seen */
        return preview_queue(office, incoming, poll, &(struct preview){.is_stale = true}, error) &&
               incoming_settle(incoming, "asked", "a preview of before the last correction");
    bool is_word = poll->state == POLL_DRAFT && reply_read_word(incoming->letter->new_text) != REPLY_WORD_NONE;
    if (!is_word && command_judge(incoming->letter->new_text) != COMMAND_KIND_NONE)
        return command_run(office, incoming, poll, error);
    void *context = talloc_new(NULL);
    bool taken;
    bool done = take_own_answer(context, office, incoming, poll, &taken, error);
    talloc_free(context);
    return done && (taken || take_word(office, incoming, poll, error));
}

bool poll_take_own_ballot(struct office *office, struct incoming *incoming, struct poll *poll,
                          struct invitation *invitation, struct error **error)
{
    switch (command_judge(incoming->letter->new_text)) {
    case COMMAND_KIND_NONE:
        if (tentative_is_asked(incoming->letter->new_text))
            return tentative_take_request(office, incoming, poll, invitation, error);
        return vote_take_answer(office, incoming, poll, invitation, error);
    case COMMAND_KIND_ORDERS:
        return command_run(office, incoming, poll, error);
    case COMMAND_KIND_UNCERTAIN:
        break;
    }
    return queue_organiser_note(office, incoming, poll, "answer_or_command", error) &&
           incoming_settle(incoming, "asked", "an answer or a command");
}
