/* Taking an answer to a form: see form_take.h. */
#include "poll/form_take.h"

#include <string.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/memory.h"
#include "poll/aftermath.h"
#include "poll/ballot.h"
#include "poll/form_poll.h"
#include "poll/form_seats.h"
#include "poll/form_words.h"
#include "poll/promise.h"
#include "poll/proposal.h"
#include "poll/question.h"
#include "poll/receipt.h"
#include "poll/reply.h"
#include "poll/view.h"
#include "store/answer.h"
#include "store/person.h"
#include "text/value.h"

enum { QUOTED_LINES = 30 };

/* All about one answer while it is being taken. */
struct taking {
    struct office *office;
    struct incoming *incoming;
    const struct poll *poll;
    struct invitation *invitation;
    const char *language;
    const char *reference;
    const struct form *form;
    struct form_answer *answer;
    struct form_response **before; /* one a question: what held until now … */
    struct form_response **after;  /* … and what holds then */
    struct seat *seats_before;     /* NULL: no choice has places */
    struct seat *seats_after;
    bool is_late;
    bool asks;
};

static bool is_said(const struct form_response *response)
{
    return response->verdict == ANSWER_OK || response->verdict == ANSWER_INFERRED;
}

static struct form_response **load_responses(void *context, const struct taking *taking, struct error **error)
{
    const struct poll *poll = taking->poll;
    struct response *rows = store_list_responses(context, taking->office->store, poll->id, taking->invitation->id,
                                                 error);
    if (!rows)
        return NULL;
    struct form_response **list = memory_array(context, struct form_response *, taking->form->count);
    for (size_t i = 0; i < taking->form->count; i++)
        list[i] = form_from_store(context, &poll->questions[i], &taking->form->questions[i], rows);
    return list;
}

static bool read_answer(void *context, struct taking *taking, struct error **error)
{
    const struct question *question = question_find(taking->office, taking->poll, taking->language, error);
    if (!question)
        return false;
    taking->form = question->form;
    char *text = question_drop_reference(context, taking->incoming->letter->text, taking->reference);
    taking->answer = form_read(context, taking->form, text);
    char *held = taking->answer->verdict == ANSWER_CONFIRM
                     ? proposal_confirm_words(context, taking->invitation->proposal, taking->incoming->letter)
                     : NULL;
    if (held)
        taking->answer = form_read(context, taking->form, held);
    taking->before = load_responses(context, taking, error);
    return taking->before != NULL;
}

/* Words about the answer itself, which leave nothing to ask. */
static bool is_understood(const struct form_answer *answer)
{
    return answer->verdict == ANSWER_WITHDRAW || answer->verdict == ANSWER_DEFER;
}

static bool store_responses(void *context, struct taking *taking, int64_t answer_id, struct error **error)
{
    const struct poll *poll = taking->poll;
    bool done = true;
    for (size_t i = 0; done && i < taking->form->count; i++) {
        struct response *rows = form_to_store(context, &poll->questions[i], &taking->form->questions[i],
                                              taking->answer->responses[i]);
        if (rows)
            done = store_set_responses(taking->office->store, taking->invitation->id, &poll->questions[i], rows,
                                       answer_id, error);
    }
    return done;
}

static enum invitation_state state_after(const struct taking *taking)
{
    bool any = false;
    bool missing = false;
    for (size_t i = 0; i < taking->form->count; i++) {
        any |= is_said(taking->after[i]);
        missing |= !is_said(taking->after[i]) && taking->form->questions[i].mandatory;
    }
    if (!any)
        return INVITATION_WAITING;
    return missing ? INVITATION_PARTIAL : INVITATION_ANSWERED;
}

/* Whether something is to be asked back: what was not understood, and what is required and still missing. */
static bool needs_asking(const struct taking *taking)
{
    const struct form_answer *answer = taking->answer;
    if (is_understood(answer))
        return false;
    bool any = false;
    for (size_t i = 0; i < taking->form->count; i++) {
        const struct form_response *response = answer->responses[i];
        any |= is_said(response);
        if (response->verdict == ANSWER_ASK || (!is_said(taking->after[i]) && taking->form->questions[i].mandatory))
            return true;
    }
    return !any || memory_count(answer->unclear) > 0;
}

static bool record_answer(const struct taking *taking, int64_t *answer_id, struct error **error)
{
    static const char *const verdicts[] = {"ok", "inferred", "ask", "none", "withdraw", "defer", "ask"};
    struct answer_record record = {.letter_id = taking->incoming->id,
                                   .invitation_id = taking->invitation->id,
                                   .verdict = verdicts[taking->answer->verdict],
                                   .late = taking->is_late,
                                   .source = taking->incoming->letter->new_text};
    if (!store_add_answer(taking->office->store, &record, error))
        return false;
    *answer_id = record.id;
    return true;
}

static bool record(void *context, struct taking *taking, struct error **error)
{
    struct invitation *invitation = taking->invitation;
    struct office *office = taking->office;
    bool is_limited = seats_are_limited(taking->poll);
    int64_t answer_id;
    if (!record_answer(taking, &answer_id, error))
        return false;
    taking->after = taking->before;
    if (taking->is_late)
        return true;
    if (is_limited && !(taking->seats_before = seats_list(context, office, taking->poll, error)))
        return false;
    bool done = taking->answer->verdict == ANSWER_WITHDRAW ? store_drop_votes(office->store, invitation->id, error)
                                                           : store_responses(context, taking, answer_id, error);
    taking->after = done ? load_responses(context, taking, error) : NULL;
    if (!taking->after || (is_limited && !(taking->seats_after = seats_list(context, office, taking->poll, error))))
        return false;
    taking->asks = needs_asking(taking);
    enum invitation_state before = invitation->state;
    invitation->state = state_after(taking);
    invitation->asked += taking->asks;
    invitation->proposal = NULL; /* what others said counts no more */
    const char *comment = taking->answer->comment;
    invitation->comment = memory_copy_text(context,
                                           form_is_courtesy(comment) || is_understood(taking->answer) ? "" : comment);
    struct aftermath aftermath = {.poll = taking->poll, .invitation = invitation, .state_before = before};
    if (taking->answer->verdict == ANSWER_DEFER)
        aftermath.promised = promise_read(context, taking->poll, taking->incoming->letter->new_text,
                                          taking->incoming->received_at);
    return store_update_invitation(office->store, invitation, before, error) &&
           aftermath_keep(office, &aftermath, error);
}

/* ----- the mails ----- */

static json_t *describe(const struct taking *taking, size_t i, struct form_response *const *responses)
{
    char *words = form_describe(NULL, &taking->form->questions[i], responses[i], taking->language);
    struct buffer *indented = buffer_new(words, LIMIT_MAIL_OUT_BYTES);
    for (const char *c = words; c && *c; c++) {
        buffer_add_byte(indented, *c);
        if (*c == '\n')
            buffer_add_text(indented, "    ");
    }
    json_t *view = words ? json_string(indented->bytes) : json_null();
    talloc_free(words ? (void *)words : (void *)indented);
    return view;
}

/* The places that this person asked for in a question: [{"label","is_in","waiting"}]. */
static json_t *view_seats(const struct taking *taking, size_t i)
{
    json_t *list = json_array();
    const struct poll_question *question = &taking->poll->questions[i];
    for (size_t j = 1; j < memory_count(question->choices); j++) {
        const struct seat *seat = seats_find(taking->seats_after, taking->invitation->number, question->choices[j].id);
        if (seat)
            json_array_append_new(list,
                                  json_pack("{s:s, s:b, s:I}", "label", taking->form->questions[i].choices[j - 1].label,
                                            "is_in", seat->waiting == 0, "waiting", (json_int_t)seat->waiting));
    }
    return list;
}

/* Each question of view_poll() with its answer: "answer", "before" (when it has changed), "inferred", "asked", … */
static void add_answers(const struct taking *taking, json_t *questions)
{
    for (size_t i = 0; i < taking->form->count; i++) {
        const struct form_response *response = taking->answer->responses[i];
        json_t *question = json_array_get(questions, i);
        json_t *before = describe(taking, i, taking->before);
        json_t *after = describe(taking, i, taking->after);
        bool has_changed = !json_is_null(before) && !json_equal(before, after);
        bool is_missing = json_is_null(after) && taking->form->questions[i].mandatory;
        json_object_set_new(question, "answer", after);
        json_object_set_new(question, "before", has_changed ? json_incref(before) : json_null());
        json_object_set_new(question, "inferred", json_boolean(response->verdict == ANSWER_INFERRED));
        json_object_set_new(question, "comment", is_said(response) ? view_text(response->comment) : json_null());
        json_object_set_new(question, "unclear",
                            response->verdict == ANSWER_ASK ? view_text(response->evidence) : json_null());
        json_object_set_new(question, "is_asked", json_boolean(is_missing || response->verdict == ANSWER_ASK));
        json_object_set_new(question, "seats", view_seats(taking, i));
        json_decref(before);
    }
}

static json_t *view_answer(void *context, const struct taking *taking, struct error **error)
{
    const struct form_answer *answer = taking->answer;
    char *organiser = ballot_organiser(context, taking->office, taking->poll, error);
    if (!organiser)
        return NULL;
    json_t *view = view_poll(taking->poll, organiser, taking->language);
    json_t *copy = json_deep_copy(json_object_get(view, "questions"));
    add_answers(taking, copy);
    bool any = false;
    for (size_t i = 0; i < taking->form->count; i++)
        any |= is_said(taking->after[i]);
    json_object_set_new(view, "questions", copy);
    json_t *own = json_pack("{s:s, s:b, s:b, s:b, s:b, s:b, s:o, s:o, s:s}", "person",
                            view_person_name(context, taking->invitation->name, taking->invitation->address), "is_late",
                            taking->is_late, "is_withdrawn", answer->verdict == ANSWER_WITHDRAW, "is_deferred",
                            answer->verdict == ANSWER_DEFER, "is_empty", answer->verdict == ANSWER_NONE, "any_answer",
                            any, "comment", view_text(form_is_courtesy(answer->comment) ? "" : answer->comment),
                            "quote", view_text(view_quote(context, taking->incoming->letter->new_text, QUOTED_LINES)),
                            "person_address", taking->invitation->address);
    json_object_update(view, view_check(own));
    json_decref(own);
    bool is_anonymous = taking->poll->options.is_anonymous;
    char *receipt = is_anonymous ? receipt_make(context, taking->office, taking->poll, taking->invitation->number)
                                 : NULL;
    json_object_set_new(view, "receipt", view_text(receipt));
    return view;
}

/* After a few questions back only a person can help: the organiser gets the words as they are. */
static bool queue_to_organiser(void *context, const struct taking *taking, json_t *view, const char *template,
                               struct error **error)
{
    struct office *office = taking->office;
    struct person *organiser = store_load_person(context, office->store, taking->poll->organiser_id, error);
    char *address = organiser ? store_first_address(context, office->store, organiser->id, error) : NULL;
    if (!address)
        return false;
    struct outgoing outgoing = {
        .template = template,
        .language = organiser->language,
        .name = organiser->name,
        .address = address,
        .reference = office_reference(context, office, taking->poll->code, 0, taking->poll->edition),
        .dedupe = memory_format(context, "%s/%lld", template, (long long)taking->incoming->id),
        .is_capped = true,
        .view = view};
    return office_queue(office, &outgoing, error);
}

static bool says_nothing(const struct taking *taking)
{
    for (size_t i = 0; i < taking->form->count; i++)
        if (taking->answer->responses[i]->verdict != ANSWER_NONE)
            return false;
    return !is_understood(taking->answer);
}

static bool answer_person(void *context, const struct taking *taking, struct error **error)
{
    struct office *office = taking->office;
    const struct invitation *invitation = taking->invitation;
    json_t *view = view_answer(context, taking, error);
    if (!view)
        return false;
    bool done = true;
    bool names_nobody = taking->poll->options.is_anonymous;
    if (taking->is_late && says_nothing(taking)) { /* 「承知しました」 to the result */
        if (!names_nobody && *taking->incoming->letter->new_text)
            done = queue_to_organiser(context, taking, view, "late-word", error);
    } else if (taking->asks && invitation->asked > office->config->asks_a_poll && !names_nobody) {
        done = queue_to_organiser(context, taking, view, "unclear-answer", error);
    } else {
        const char *template = taking->asks ? "form-ask" : "form-ack";
        struct outgoing outgoing = {
            .template = template,
            .language = invitation->language,
            .name = invitation->name,
            .address = incoming_sender(taking->incoming)->address,
            .reference = taking->reference,
            .dedupe = memory_format(context, "%s/%lld", template, (long long)taking->incoming->id),
            .view = view};
        done = reply_queue(office, taking->incoming, &outgoing, error);
    }
    json_decref(view);
    return done;
}

bool form_take_answer(struct office *office, struct incoming *incoming, const struct poll *poll,
                      struct invitation *invitation, struct error **error)
{
    void *context = talloc_new(incoming->letter);
    struct taking taking = {.office = office,
                            .incoming = incoming,
                            .poll = poll,
                            .invitation = invitation,
                            .language = office_language(office, invitation->language)};
    taking.is_late = poll->state != POLL_OPEN || incoming->received_at > poll->deadline;
    taking.reference = office_reference(context, office, poll->code, invitation->number, poll->edition);
    bool done = read_answer(context, &taking, error) && record(context, &taking, error) &&
                answer_person(context, &taking, error);
    if (done && taking.seats_after)
        done = seats_tell(office, poll, taking.seats_before, taking.seats_after, invitation->number, incoming->id,
                          error);
    talloc_free(context);
    if (done && taking.is_late)
        return incoming_settle(incoming, "late", "the deadline had passed");
    return done && incoming_settle(incoming, taking.asks ? "asked" : "answered", "");
}
