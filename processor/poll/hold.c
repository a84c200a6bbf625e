/* Answers on hold: see hold.h. */
#include "poll/hold.h"

#include <string.h>

#include "base/memory.h"
#include "poll/edition.h"
#include "poll/proposal.h"
#include "poll/question.h"
#include "poll/reply.h"
#include "poll/view.h"
#include "store/answer.h"

/* What is held, and the two mails about it. */
struct holding {
    struct office *office;
    struct incoming *incoming;
    const struct poll *poll;
    struct invitation *invitation;
    const enum mark *marks;
    char *message_id;  /* of the mail that asks the person */
    const char *words; /* of a form, in place of marks */
};

static json_t *view_holding(void *context, const struct holding *holding, const char *language, struct error **error)
{
    const struct mailbox *sender = incoming_sender(holding->incoming);
    const struct invitation *invitation = holding->invitation;
    const struct question *question = question_find(holding->office, holding->poll, language, error);
    if (!question)
        return NULL;
    json_t *view = memory_check(json_copy(question->view));
    json_object_set_new(view, "marks", question_view_marks(question, holding->marks));
    json_object_set_new(view, "sender_name", json_string(view_person_name(context, sender->name, sender->address)));
    json_object_set_new(view, "sender_address", json_string(sender->address));
    json_object_set_new(view, "person", json_string(view_person_name(context, invitation->name, invitation->address)));
    json_object_set_new(view, "quote", json_string(view_quote(context, holding->incoming->letter->new_text, 20)));
    return view;
}

/* To the person who is to confirm: only they can. */
static bool ask_person(void *context, const struct holding *holding, struct error **error)
{
    struct office *office = holding->office;
    const struct invitation *invitation = holding->invitation;
    json_t *view = view_holding(context, holding, office_language(office, invitation->language), error);
    if (!view)
        return false;
    struct outgoing outgoing = {
        .template = "held",
        .language = invitation->language,
        .name = invitation->name,
        .address = invitation->address,
        .reference = office_reference(context, office, holding->poll->code, invitation->number, holding->poll->edition),
        .message_id = holding->message_id,
        .is_capped = true,
        .dedupe = memory_format(context, "held/%lld", (long long)holding->incoming->id),
        .view = view};
    bool done = office_queue(office, &outgoing, error);
    json_decref(view);
    return done;
}

/* To the sender, who is to know that nothing is recorded yet. */
static bool tell_sender(void *context, const struct holding *holding, struct error **error)
{
    const struct mailbox *sender = incoming_sender(holding->incoming);
    char *language;
    if (!reply_find_language(context, holding->office, holding->incoming, &language, error))
        return false;
    json_t *view = view_holding(context, holding, office_language(holding->office, language), error);
    if (!view)
        return false;
    struct outgoing outgoing = {.template = "held-sender",
                                .language = language,
                                .name = sender->name,
                                .address = sender->address,
                                .dedupe = memory_format(context, "held-sender/%lld", (long long)holding->incoming->id),
                                .view = view};
    bool done = reply_queue(holding->office, holding->incoming, &outgoing, error);
    json_decref(view);
    return done;
}

static bool store_holding(void *context, const struct holding *holding, struct error **error)
{
    struct store *store = holding->office->store;
    struct answer_record record = {.letter_id = holding->incoming->id,
                                   .invitation_id = holding->invitation->id,
                                   .verdict = "held",
                                   .source = holding->incoming->letter->new_text,
                                   .edition = holding->poll->edition,
                                   .reply_id = holding->message_id};
    struct proposal proposal = {.message_id = holding->message_id,
                                .previous = holding->invitation->proposal,
                                .marks = holding->marks,
                                .count = holding->poll->choice_count,
                                .edition = holding->poll->edition,
                                .words = holding->words};
    holding->invitation->proposal = proposal_write(context, &proposal);
    return store_add_answer(store, &record, error) &&
           store_update_invitation(store, holding->invitation, holding->invitation->state, error);
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

/* Whether words answer any question of a form, and leave none unclear. */
static bool answers_form(const struct form_answer *answer, size_t count)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        enum answer_verdict verdict = answer->responses[i]->verdict;
        any |= verdict == ANSWER_OK || verdict == ANSWER_INFERRED;
        if (verdict == ANSWER_ASK)
            return false;
    }
    return any;
}

/* What says something is held until the person confirms it; to anything else a stranger is told that they were not invited. */
static bool hold(void *context, struct holding *holding, bool says_something, struct error **error)
{
    if (!says_something || holding->poll->state != POLL_OPEN)
        return reply_refuse(holding->office, holding->incoming, "not_invited", error);
    return store_holding(context, holding, error) && ask_person(context, holding, error) &&
           tell_sender(context, holding, error) &&
           incoming_settle(holding->incoming, "held", "the sender is not the invited person");
}

/* The words are held as they came, and read again when they are confirmed. */
static bool hold_form(struct office *office, struct incoming *incoming, const struct poll *poll,
                      struct invitation *invitation, struct error **error)
{
    enum { HELD_BYTES = 64 * 1024 };
    void *context = talloc_new(NULL);
    const char *language = office_language(office, invitation->language);
    const struct question *question = question_find(office, poll, language, error);
    char *reference = office_reference(context, office, poll->code, invitation->number, poll->edition);
    char *words = question_drop_reference(context, incoming->letter->text, reference);
    struct holding holding = {
        .office = office, .incoming = incoming, .poll = poll, .invitation = invitation, .words = words};
    holding.message_id = question ? office_message_id(context, office, reference, error) : NULL;
    bool done = false;
    if (question && holding.message_id) {
        bool says_something = strlen(words) <= HELD_BYTES &&
                              answers_form(form_read(context, question->form, words), question->form->count);
        done = hold(context, &holding, says_something, error);
    }
    talloc_free(context);
    return done;
}

bool hold_answer(struct office *office, struct incoming *incoming, const struct poll *poll,
                 struct invitation *invitation, struct error **error)
{
    if (poll->is_form)
        return hold_form(office, incoming, poll, invitation, error);
    void *context = talloc_new(NULL);
    struct edition_answer *read = edition_read_proxy(context, office, incoming, poll, invitation, error);
    if (!read) {
        talloc_free(context);
        return false;
    }
    char *reference = office_reference(context, office, poll->code, invitation->number, poll->edition);
    enum mark *marks = memory_array(context, enum mark, poll->choice_count);
    struct holding holding = {
        office, incoming, poll, invitation, marks, office_message_id(context, office, reference, error), NULL};
    bool says_something = holds_a_mark(read->answer, poll->choice_count, marks);
    bool done = holding.message_id && hold(context, &holding, says_something, error);
    talloc_free(context);
    return done;
}
