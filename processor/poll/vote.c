/* What an answer does: see vote.h. */
#include "poll/vote.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "poll/aftermath.h"
#include "poll/derive.h"
#include "poll/edition.h"
#include "poll/form_take.h"
#include "poll/promise.h"
#include "poll/question.h"
#include "poll/receipt.h"
#include "poll/reply.h"
#include "poll/view.h"
#include "store/answer.h"
#include "store/person.h"

enum { QUOTED_LINES = 12 };

/* All about one answer while it is being taken. */
struct taking {
    struct office *office;
    struct incoming *incoming;
    const struct poll *poll;
    struct invitation *invitation;
    const struct question *question;
    const char *reference; /* the invitation's */
    char *message_id;      /* of the mail that answers */
    struct edition_answer *read;
    struct answer *answer; /* read->answer */
    bool is_late;
    const char *words;    /* that the answer is read from */
    char *promised;       /* the day on which an answer is promised, or NULL */
    bool is_proxy;        /* the organiser's words */
    long too_many;        /* ○ that it would make of them, more than one person may give; 0: it is right */
    bool is_older;        /* than an answer that is there */
    bool by_confirmation; /* a bare 「はい」 made the proposal the answer */
    enum mark *before;    /* one a choice */
    enum mark *after;
};

static const char *verdict_name(const struct taking *taking)
{
    static const char *const names[] = {"ok", "inferred", "ask", "none", "withdraw", "defer", "confirm"};
    return names[taking->answer->verdict];
}

static bool read_votes(void *context, struct taking *taking, struct error **error)
{
    const struct poll *poll = taking->poll;
    struct vote *votes = store_list_votes(context, taking->office->store, taking->invitation->id, error);
    if (!votes)
        return false;
    taking->before = memory_array(context, enum mark, poll->choice_count);
    taking->after = memory_array(context, enum mark, poll->choice_count);
    for (size_t i = 0; i < memory_count(votes); i++)
        for (size_t j = 0; j < poll->choice_count; j++)
            if (poll->choices[j].id == votes[i].choice_id)
                taking->before[j] = taking->after[j] = mark_from_name(votes[i].mark);
    return true;
}

static bool store_votes(struct taking *taking, int64_t answer_id, struct error **error)
{
    for (size_t i = 0; i < taking->poll->choice_count; i++) {
        const struct answer_mark *mark = &taking->answer->marks[i];
        if (mark->mark == MARK_NONE)
            continue;
        struct vote vote = {taking->invitation->id, taking->poll->choices[i].id, mark_name(mark->mark), mark->inferred,
                            mark->note};
        if (!store_set_vote(taking->office->store, &vote, answer_id, error))
            return false;
        taking->after[i] = mark->mark;
    }
    return true;
}

static enum invitation_state state_after(const struct taking *taking)
{
    size_t answered = 0;
    for (size_t i = 0; i < taking->poll->choice_count; i++)
        answered += taking->after[i] != MARK_NONE;
    if (answered == taking->poll->choice_count)
        return INVITATION_ANSWERED;
    return answered ? INVITATION_PARTIAL : INVITATION_WAITING;
}

static bool needs_asking(const struct taking *taking)
{
    return derive_asks(taking->answer);
}

static bool record(void *context, struct taking *taking, struct error **error)
{
    struct store *store = taking->office->store;
    struct invitation *invitation = taking->invitation;
    struct answer_record record = {.letter_id = taking->incoming->id,
                                   .invitation_id = invitation->id,
                                   .verdict = taking->is_proxy ? "proxy" : verdict_name(taking),
                                   .late = taking->is_late,
                                   .source = taking->words,
                                   .edition = taking->poll->edition,
                                   .reply_id = taking->message_id};
    if (!store_add_answer(store, &record, error))
        return false;
    if (taking->is_late)
        return true;
    enum invitation_state before = invitation->state;
    if (taking->answer->verdict == ANSWER_WITHDRAW) {
        if (!store_drop_votes(store, invitation->id, error))
            return false;
        memset(taking->after, 0, taking->poll->choice_count * sizeof *taking->after);
    } else if (!store_votes(taking, record.id, error)) {
        return false;
    }
    bool asks = needs_asking(taking);
    if (!taking->is_proxy)
        invitation->latest = derive_latest(taking->incoming, invitation->latest);
    invitation->proposal =
        derive_proposal(context, taking->answer, taking->poll, invitation->proposal, taking->message_id);
    invitation->state = state_after(taking);
    invitation->asked += asks;
    const char *comment = taking->answer->comment;
    if (!taking->by_confirmation && !taking->is_older)
        invitation->comment = memory_copy_text(context, answer_is_courtesy(comment) ? "" : comment);
    if (taking->answer->verdict == ANSWER_DEFER)
        taking->promised = promise_read(context, taking->poll, taking->words, taking->incoming->received_at);
    struct aftermath aftermath = {taking->poll,   invitation,        before,          taking->before,
                                  taking->after,  taking->is_proxy,  taking->promised};
    return store_update_invitation(store, invitation, before, error) &&
           aftermath_keep(taking->office, &aftermath, error);
}

/* The marks that hold now, with what this answer changed, noted and inferred. */
static json_t *view_outcome(const struct taking *taking)
{
    json_t *list = question_view_marks(taking->question, taking->after);
    for (size_t i = 0; i < taking->poll->choice_count; i++) {
        const struct answer_mark *mark = &taking->answer->marks[i];
        bool is_qualified = mark->mark != MARK_NONE && (mark->inferred || mark->note);
        bool is_changed = taking->before[i] != MARK_NONE && taking->before[i] != taking->after[i];
        if (!is_qualified && !is_changed)
            continue;
        json_t *entry = json_copy(json_array_get(list, i));
        if (is_qualified) {
            json_object_set_new(entry, "inferred", json_boolean(mark->inferred));
            json_object_set_new(entry, "note", view_text(mark->note));
        }
        if (is_changed)
            json_object_set_new(entry, "before", json_string(mark_symbol(taking->before[i])));
        json_array_set_new(list, i, entry);
    }
    return list;
}

/* What a bare 「はい」 would make of the marks; null when it would change nothing. */
static json_t *view_proposal(const struct taking *taking)
{
    const enum mark *proposal = taking->answer->proposal;
    if (!proposal || !needs_asking(taking))
        return json_null();
    size_t count = taking->poll->choice_count;
    enum mark *marks = memory_array(NULL, enum mark, count);
    bool changes = false;
    for (size_t i = 0; i < count; i++) {
        marks[i] = proposal[i] == MARK_NONE ? taking->after[i] : proposal[i];
        changes = changes || marks[i] != taking->after[i];
    }
    json_t *list = changes ? question_view_marks(taking->question, marks) : json_null();
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *entry = json_copy(json_array_get(list, i));
        json_object_set_new(entry, "is_recorded", json_boolean(marks[i] == taking->after[i]));
        json_array_set_new(list, i, entry);
    }
    talloc_free(marks);
    return list;
}

static json_t *view_unclear(const struct answer *answer)
{
    json_t *list = json_array();
    for (size_t i = 0; i < memory_count(answer->unclear); i++)
        json_array_append_new(list, json_string(answer->unclear[i]));
    return list;
}

struct summary {
    bool any_mark;
    bool any_yes;
    bool any_inferred;
    bool any_change;
    bool any_missing;
    int first_missing; /* number of the first choice without a mark, 0: none */
};

static struct summary summarise(const struct taking *taking)
{
    struct summary summary = {0};
    for (size_t i = 0; i < taking->poll->choice_count; i++) {
        summary.any_mark |= taking->after[i] != MARK_NONE;
        summary.any_yes |= taking->after[i] == MARK_YES || taking->after[i] == MARK_BEST;
        summary.any_missing |= taking->after[i] == MARK_NONE;
        if (taking->after[i] == MARK_NONE && !summary.first_missing)
            summary.first_missing = taking->poll->choices[i].number;
        summary.any_inferred |= taking->answer->marks[i].mark != MARK_NONE && taking->answer->marks[i].inferred;
        summary.any_change |= taking->before[i] != MARK_NONE && taking->before[i] != taking->after[i];
    }
    return summary;
}

static json_t *view_lapsed(const struct taking *taking)
{
    return edition_view_lapsed(taking->read, taking->poll,
                               office_language(taking->office, taking->invitation->language));
}

static json_t *view_promise(void *context, const struct taking *taking)
{
    time_t day;
    if (!taking->promised || !clock_parse(taking->promised, &day))
        return json_null();
    struct civil civil = clock_to_civil(day);
    struct when when = {.start = civil, .all_day = true};
    const char *language = office_language(taking->office, taking->invitation->language);
    return json_string(when_format(context, language, &when, clock_to_civil(taking->office->now).year));
}

static json_t *view_answer(void *context, const struct taking *taking)
{
    const struct answer *answer = taking->answer;
    struct summary summary = summarise(taking);
    char *source = view_quote(context, taking->words, QUOTED_LINES);
    json_t *view = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:s, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:i}", "marks",
        view_outcome(taking), "proposal", view_proposal(taking), "unclear", view_unclear(answer),
        "quote", view_text(source), "comment", view_text(answer->comment), "person",
        view_person_name(context, taking->invitation->name, taking->invitation->address), "any_mark", summary.any_mark,
        "any_inferred", summary.any_inferred, "any_change", summary.any_change, "any_missing", summary.any_missing,
        "is_late", taking->is_late, "is_withdrawn", answer->verdict == ANSWER_WITHDRAW, "is_deferred",
        answer->verdict == ANSWER_DEFER, "is_empty", answer->verdict == ANSWER_NONE,
        "first_missing", summary.first_missing);
    json_object_update_missing(memory_check(view), taking->question->view);
    json_object_set_new(view, "is_proxy", json_boolean(taking->is_proxy));
    json_object_set_new(view, "is_older", json_boolean(taking->is_older));
    char *receipt = taking->poll->options.is_anonymous
                        ? receipt_make(context, taking->office, taking->poll, taking->invitation->number)
                        : NULL;
    json_object_set_new(view, "receipt", view_text(receipt));
    json_object_set_new(view, "too_many", taking->too_many ? json_integer(taking->too_many) : json_null());
    json_object_set_new(view, "promised", view_promise(context, taking));
    json_object_set_new(view, "any_yes", json_boolean(summary.any_yes));
    json_object_set_new(view, "lapsed", view_lapsed(taking));
    json_object_set_new(view, "has_proposal", json_boolean(json_is_array(json_object_get(view, "proposal"))));
    return view;
}

/* What only a person can deal with: the organiser gets the words as they are. */
static bool queue_to_organiser(void *context, struct taking *taking, json_t *view, const char *template,
                               struct error **error)
{
    struct office *office = taking->office;
    struct person *organiser = store_load_person(context, office->store, taking->poll->organiser_id, error);
    char *address = organiser ? store_first_address(context, office->store, organiser->id, error) : NULL;
    if (!address)
        return false;
    json_object_set_new(view, "person_address", json_string(taking->invitation->address));
    struct outgoing outgoing = {.template = template,
                                .language = organiser->language,
                                .name = organiser->name,
                                .address = address,
                                .reference = office_reference(context, office, taking->poll->code, 0, taking->poll->edition),
                                .dedupe = memory_format(context, "%s/%lld", template, (long long)taking->incoming->id),
                                .is_capped = true,
                                .view = view};
    return office_queue(office, &outgoing, error);
}

/* 「承知しました」 to the result, and the like: no answer that came too late, but something said to the organiser. */
static bool is_mere_word(const struct taking *taking)
{
    const struct answer *answer = taking->answer;
    for (size_t i = 0; i < taking->poll->choice_count; i++)
        if (answer->marks[i].mark != MARK_NONE)
            return false;
    return answer->verdict != ANSWER_WITHDRAW && answer->verdict != ANSWER_DEFER;
}

static bool answer_person(void *context, struct taking *taking, struct error **error)
{
    struct office *office = taking->office;
    struct invitation *invitation = taking->invitation;
    json_t *view = view_answer(context, taking);
    bool asks = needs_asking(taking) && !taking->is_late;
    bool done = true;
    bool names_nobody = taking->poll->options.is_anonymous;
    if (taking->is_late && is_mere_word(taking)) {
        if (!names_nobody && *taking->incoming->letter->new_text)
            done = queue_to_organiser(context, taking, view, "late-word", error);
    } else if (asks && invitation->asked > office->config->asks_a_poll && !names_nobody) {
        done = queue_to_organiser(context, taking, view, "unclear-answer", error);
    } else {
        const char *template = asks ? "ask" : "ack";
        struct outgoing outgoing = {
            .template = template,
            .language = invitation->language,
            .name = invitation->name,
            .address = incoming_sender(taking->incoming)->address,
            .reference = taking->reference,
            .message_id = taking->message_id,
            .dedupe = memory_format(context, "%s/%lld", template, (long long)taking->incoming->id),
            .view = view};
        done = reply_queue(office, taking->incoming, &outgoing, error);
    }
    json_decref(view);
    return done;
}

bool vote_take_answer(struct office *office, struct incoming *incoming, const struct poll *poll,
                      struct invitation *invitation, struct error **error)
{
    if (poll->is_form)
        return form_take_answer(office, incoming, poll, invitation, error);
    void *context = talloc_new(incoming->letter);
    struct taking taking = {.office = office,
                            .incoming = incoming,
                            .poll = poll,
                            .invitation = invitation,
                            .words = incoming->letter->new_text};
    taking.is_late = poll->state != POLL_OPEN || incoming->received_at > poll->deadline;
    taking.question = question_find(office, poll, office_language(office, invitation->language), error);
    bool done = taking.question && read_votes(context, &taking, error);
    if (done) {
        taking.reference = office_reference(context, office, poll->code, invitation->number, poll->edition);
        struct derived *derived = derive_answer(context, office, incoming, poll, invitation, taking.before, error);
        taking.message_id = derived ? office_message_id(context, office, taking.reference, error) : NULL;
        taking.read = derived ? derived->read : NULL;
        taking.by_confirmation = derived && derived->by_confirmation;
        taking.is_older = derived && derived->is_older;
    }
    done = done && taking.message_id;
    if (done)
        taking.answer = taking.read->answer;
    if (done && !taking.is_late)
        taking.too_many = derive_check_limit(poll, taking.answer, taking.before);
    done = done && record(context, &taking, error) && answer_person(context, &taking, error);
    if (done && taking.is_late)
        incoming_settle(incoming, "late", "the deadline had passed");
    else if (done)
        incoming_settle(incoming, needs_asking(&taking) ? "asked" : "answered", "");
    talloc_free(context);
    return done;
}

/* Told at the address where the ballot went: the letter is the organiser's. */
static bool tell_person(void *context, struct taking *taking, struct error **error)
{
    struct office *office = taking->office;
    const struct invitation *invitation = taking->invitation;
    json_t *view = view_answer(context, taking);
    struct outgoing outgoing = {.template = "ack",
                                .language = invitation->language,
                                .name = invitation->name,
                                .address = invitation->address,
                                .reference = taking->reference,
                                .message_id = taking->message_id,
                                .dedupe = memory_format(context, "proxy/%lld/%d", (long long)taking->incoming->id,
                                                        invitation->number),
                                .is_capped = true,
                                .view = view};
    bool done = office_queue(office, &outgoing, error);
    json_decref(view);
    return done;
}

static char *write_marks(const void *context, const struct taking *taking)
{
    char *marks = memory_copy_text(context, "");
    for (size_t i = 0; i < taking->poll->choice_count; i++)
        marks = memory_format(context, "%s%s", marks, mark_symbol(taking->after[i]));
    return marks;
}

static bool is_certain(const struct taking *taking)
{
    const struct answer *answer = taking->answer;
    bool any = false;
    for (size_t i = 0; i < taking->poll->choice_count; i++)
        any = any || answer->marks[i].mark != MARK_NONE;
    return any && (answer->verdict == ANSWER_OK || answer->verdict == ANSWER_INFERRED);
}

bool vote_take_proxy(const void *context, struct office *office, struct incoming *incoming, struct proxy *proxy,
                     struct error **error)
{
    void *work = talloc_new(incoming->letter);
    struct taking taking = {.office = office,
                            .incoming = incoming,
                            .poll = proxy->poll,
                            .invitation = proxy->invitation,
                            .words = proxy->words,
                            .is_proxy = true};
    taking.question = question_find(office, proxy->poll, office_language(office, proxy->invitation->language), error);
    bool done = taking.question && read_votes(work, &taking, error);
    if (done) {
        taking.reference =
            office_reference(work, office, proxy->poll->code, proxy->invitation->number, proxy->poll->edition);
        taking.read = edition_read_words(work, taking.question, proxy->poll, proxy->words, incoming->received_at);
        taking.answer = taking.read->answer;
        taking.too_many = derive_check_limit(proxy->poll, taking.answer, taking.before);
        taking.message_id = office_message_id(work, office, taking.reference, error);
        done = taking.message_id != NULL;
    }
    if (done && is_certain(&taking)) {
        done = record(work, &taking, error) && tell_person(work, &taking, error);
        proxy->marks = write_marks(context, &taking);
    }
    talloc_free(work);
    return done;
}
