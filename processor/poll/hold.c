/* Answers on hold: see hold.h. */
#include "poll/hold.h"

#include <string.h>

#include "base/memory.h"
#include "poll/ballot.h"
#include "poll/reply.h"
#include "poll/view.h"
#include "poll/vote.h"
#include "store/answer.h"

char *hold_write_proposal(const void *context, const enum mark *marks, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const char *name = mark_name(marks[i]);
        json_array_append_new(list, name ? json_string(name) : json_null());
    }
    char *text = json_dumps(list, JSON_COMPACT);
    json_decref(list);
    char *copy = memory_copy_text(context, memory_check(text));
    free(text); /* jansson speaks malloc */
    return copy;
}

enum mark *hold_read_proposal(const void *context, const char *proposal, size_t count)
{
    json_t *list = proposal ? json_loads(proposal, 0, NULL) : NULL;
    enum mark *marks = NULL;
    if (json_array_size(list) == count && count) {
        marks = memory_array(context, enum mark, count);
        for (size_t i = 0; i < count; i++) {
            const char *name = json_string_value(json_array_get(list, i));
            marks[i] = name ? mark_from_name(name) : MARK_NONE;
        }
    }
    json_decref(list);
    return marks;
}

/* One of the two mails: to the person who is to confirm, or to the sender who is to know. */
static bool queue_hold_mail(struct office *office, const struct incoming *incoming, const struct poll *poll,
                            const struct invitation *invitation, json_t *marks, bool to_sender, struct error **error)
{
    void *context = talloc_new(NULL);
    const struct mailbox *sender = incoming_sender(incoming);
    const char *language = office_language(office, to_sender ? NULL : invitation->language);
    char *organiser = ballot_organiser(context, office, poll, error);
    if (!organiser) {
        talloc_free(context);
        return false;
    }
    json_t *view = view_poll(poll, organiser, language);
    json_object_set(view, "marks", marks);
    json_object_set_new(view, "sender_name", json_string(view_person_name(context, sender->name, sender->address)));
    json_object_set_new(view, "sender_address", json_string(sender->address));
    json_object_set_new(view, "person",
                        json_string(view_person_name(context, invitation->name, invitation->address)));
    json_object_set_new(view, "quote", json_string(view_quote(context, incoming->letter->new_text, 20)));
    struct outgoing outgoing = {
        .template = to_sender ? "held-sender" : "held",
        .language = language,
        .name = to_sender ? sender->name : invitation->name,
        .address = to_sender ? sender->address : invitation->address,
        .reference = to_sender ? NULL : office_reference(context, office, poll->code, invitation->number),
        .dedupe = memory_format(context, "%s/%lld", to_sender ? "held-sender" : "held", (long long)incoming->id),
        .view = view};
    bool done = to_sender ? reply_queue(office, incoming, &outgoing, error) : office_queue(office, &outgoing, error);
    json_decref(view);
    talloc_free(context);
    return done;
}

static bool holds_a_mark(const struct answer *answer, size_t count, enum mark *marks)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        marks[i] = answer->marks[i].mark;
        any = any || marks[i] != MARK_NONE;
    }
    return any && (answer->verdict == ANSWER_OK || answer->verdict == ANSWER_INFERRED);
}

bool hold_answer(struct office *office, struct incoming *incoming, const struct poll *poll,
                 struct invitation *invitation, struct error **error)
{
    void *context = talloc_new(NULL);
    struct answer *answer = vote_read_answer(context, office, incoming, poll, invitation, error);
    enum mark *marks = memory_array(context, enum mark, poll->choice_count);
    bool done = answer != NULL;
    if (done && poll->state == POLL_OPEN && holds_a_mark(answer, poll->choice_count, marks)) {
        struct answer_record record = {.letter_id = incoming->id,
                                       .invitation_id = invitation->id,
                                       .verdict = "held",
                                       .source = incoming->letter->new_text};
        invitation->proposal = hold_write_proposal(context, marks, poll->choice_count);
        json_t *view = vote_view_marks(poll, marks, office_language(office, invitation->language));
        done = store_add_answer(office->store, &record, error) &&
               store_update_invitation(office->store, invitation, invitation->state, error) &&
               queue_hold_mail(office, incoming, poll, invitation, view, false, error) &&
               queue_hold_mail(office, incoming, poll, invitation, view, true, error) &&
               incoming_settle(incoming, "held", "the sender is not the invited person");
        json_decref(view);
    } else if (done) {
        done = reply_refuse(office, incoming, "not_invited", error);
    }
    talloc_free(context);
    return done;
}
