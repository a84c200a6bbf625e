/* Replaying answers: see replay.h. */
#include "poll/replay.h"

#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/memory.h"
#include "mail/route.h"
#include "poll/derive.h"
#include "poll/proposal.h"
#include "poll/receipt.h"
#include "poll/view.h"
#include "store/answer.h"
#include "store/choice.h"

/* One invitation being replayed: what its answers have said so far. */
struct replay {
    struct office *office;
    const struct poll *poll;
    const struct replay_archive *archive;
    struct replay_result *result;
    struct invitation *invitation; /* its proposal is that of the answers so far */
    struct vote *votes;            /* talloc array, by choice */
    int64_t *answers;              /* the answer that each comes from */
    size_t count;
    bool is_whole; /* every letter was there, as it had been */
};

static void add_difference(struct replay *replay, json_t *own)
{
    const struct invitation *invitation = replay->invitation;
    bool is_anonymous = replay->poll->options.is_anonymous;
    char *name = is_anonymous ? receipt_make(NULL, replay->office, replay->poll, invitation->number)
                              : view_person_name(NULL, invitation->name, invitation->address);
    json_t *difference = json_pack("{s:s, s:s, s:o, s:n, s:n, s:n, s:n, s:n, s:n, s:b}", "poll", replay->poll->code,
                                   "person", name, "address", view_text(is_anonymous ? NULL : invitation->address), "n",
                                   "label", "stored", "derived", "archive", "missing", "changed", 0);
    json_object_update(memory_check(difference), own);
    json_array_append_new(replay->result->differences, difference);
    json_decref(own);
    talloc_free(name);
}

static const struct vote *find_vote(const struct vote *votes, size_t count, int64_t choice_id)
{
    for (size_t i = 0; i < count; i++)
        if (votes[i].choice_id == choice_id)
            return &votes[i];
    return NULL;
}

static void put_vote(struct replay *replay, const struct vote *vote, int64_t answer_id)
{
    size_t place = 0;
    while (place < replay->count && replay->votes[place].choice_id != vote->choice_id)
        place++;
    if (place == replay->count) {
        replay->count++;
        replay->votes = memory_resize(replay->invitation, replay->votes, struct vote, replay->count);
        replay->answers = memory_resize(replay->invitation, replay->answers, int64_t, replay->count);
    }
    replay->votes[place] = *vote;
    replay->votes[place].note = memory_copy_text(replay->votes, vote->note);
    replay->answers[place] = answer_id;
}

static enum mark *marks_before(const void *context, const struct replay *replay, const struct poll *poll)
{
    enum mark *marks = memory_array(context, enum mark, poll->choice_count);
    for (size_t i = 0; i < poll->choice_count; i++) {
        const struct vote *vote = find_vote(replay->votes, replay->count, poll->choices[i].id);
        marks[i] = vote ? mark_from_name(vote->mark) : MARK_NONE;
    }
    return marks;
}

static void apply(struct replay *replay, const struct poll *poll, const struct answer *answer, int64_t answer_id)
{
    if (answer->verdict == ANSWER_WITHDRAW)
        replay->count = 0;
    for (size_t i = 0; answer->verdict != ANSWER_WITHDRAW && i < poll->choice_count; i++) {
        const struct answer_mark *mark = &answer->marks[i];
        struct vote vote = {replay->invitation->id, poll->choices[i].id, mark_name(mark->mark), mark->inferred, mark->note};
        if (mark->mark != MARK_NONE)
            put_vote(replay, &vote, answer_id);
    }
}

/* Somebody else's answer with this person's ballot: it only proposes. */
static void hold(struct replay *replay, const struct poll *poll, const struct edition_answer *read, const char *message_id)
{
    enum mark *marks = memory_array(read, enum mark, poll->choice_count);
    for (size_t i = 0; i < poll->choice_count; i++)
        marks[i] = read->answer->marks[i].mark;
    struct proposal proposal = {.message_id = message_id,
                                .previous = replay->invitation->proposal,
                                .marks = marks,
                                .count = poll->choice_count,
                                .edition = poll->edition};
    replay->invitation->proposal = proposal_write(replay->invitation, &proposal);
}

/* The organiser's words for somebody stand in a command line of the letter. */
static bool is_unchanged(const struct kept_answer *kept, const struct letter *letter)
{
    bool is_proxy = strcmp(kept->record.verdict, "proxy") == 0;
    return is_proxy ? strstr(letter->new_text, kept->record.source) != NULL
                    : strcmp(letter->new_text, kept->record.source) == 0;
}

static bool read_again(struct replay *replay, const void *context, const struct poll *poll,
                       const struct kept_answer *kept, const struct letter *letter, struct error **error)
{
    struct office *office = replay->office;
    struct invitation *invitation = replay->invitation;
    struct incoming incoming = {.letter = letter,
                                .route = route_letter(context, office->config, letter),
                                .id = kept->record.letter_id,
                                .received_at = kept->received_at};
    const struct answer *answer = NULL;
    if (strcmp(kept->record.verdict, "proxy") == 0) {
        const struct question *question =
            question_find(office, poll, office_language(office, invitation->language), error);
        if (question)
            answer = edition_read_words(context, question, poll, kept->record.source, kept->received_at)->answer;
    } else if (strcmp(kept->record.verdict, "held") == 0) {
        struct edition_answer *read = edition_read_proxy(context, office, &incoming, poll, invitation, error);
        if (read)
            hold(replay, poll, read, kept->record.reply_id);
        return read != NULL;
    } else {
        enum mark *before = marks_before(context, replay, poll);
        struct derived *derived = derive_answer(context, office, &incoming, poll, invitation, before, error);
        answer = derived ? derived->read->answer : NULL;
        if (derived) {
            (void)derive_check_limit(poll, derived->read->answer, before);
            invitation->latest = derive_latest(&incoming, invitation->latest);
        }
    }
    if (!answer)
        return false;
    apply(replay, poll, answer, kept->record.id);
    invitation->proposal =
        derive_proposal(invitation, answer, poll, invitation->proposal, kept->record.reply_id);
    return true;
}

static bool replay_answer(struct replay *replay, const struct kept_answer *kept, struct error **error)
{
    void *context = talloc_new(NULL);
    struct error *reason = NULL;
    struct letter *letter = replay->archive->fetch(replay->archive->closure, context, kept->archive, &reason);
    bool done = true;
    if (!letter) {
        char *why = error_text(context, reason);
        add_difference(replay, json_pack("{s:s, s:s}", "archive", kept->archive, "missing", why));
    } else if (!is_unchanged(kept, letter)) {
        add_difference(replay, json_pack("{s:s, s:b}", "archive", kept->archive, "changed", 1));
    }
    replay->is_whole = replay->is_whole && letter && is_unchanged(kept, letter);
    error_free(&reason);
    replay->result->answers += letter != NULL;
    if (letter && !kept->record.late) {
        const struct poll *then = replay->poll;
        if (kept->record.edition != then->edition)
            then = store_load_edition(context, replay->office->store, then, kept->record.edition, error);
        done = then && read_again(replay, context, then, kept, letter, error);
    }
    talloc_free(context);
    return done;
}

static bool is_same(const struct vote *a, const struct vote *b)
{
    const char *note = a->note ? a->note : "";
    return strcmp(a->mark, b->mark) == 0 && a->inferred == b->inferred && strcmp(note, b->note ? b->note : "") == 0;
}

static const char *symbol_of(const struct vote *vote)
{
    return mark_symbol(vote ? mark_from_name(vote->mark) : MARK_NONE);
}

/* Tells of one choice whose vote is another than the letters say, and sets it right. */
static bool settle_choice(struct replay *replay, int64_t choice_id, const struct vote *stored, bool writes,
                          struct error **error)
{
    const struct vote *derived = find_vote(replay->votes, replay->count, choice_id);
    struct store *store = replay->office->store;
    if (stored && derived && is_same(stored, derived))
        return true;
    json_t *own = json_pack("{s:s, s:s}", "stored", symbol_of(stored), "derived", symbol_of(derived));
    for (size_t i = 0; i < replay->poll->choice_count; i++) {
        const struct choice *choice = &replay->poll->choices[i];
        if (choice->id != choice_id)
            continue;
        char *label = view_choice_label(NULL, replay->poll, choice, office_language(replay->office, NULL));
        json_object_set_new(own, "n", json_integer(choice->number));
        json_object_set_new(own, "label", json_string(label));
        talloc_free(label);
    }
    add_difference(replay, own);
    if (!writes || !replay->is_whole)
        return true;
    return derived ? store_set_vote(store, derived, replay->answers[derived - replay->votes], error)
                   : store_drop_vote(store, replay->invitation->id, choice_id, error);
}

static bool compare(struct replay *replay, bool writes, struct error **error)
{
    struct vote *stored = store_list_votes(replay->invitation, replay->office->store, replay->invitation->id, error);
    bool done = stored != NULL;
    size_t count = memory_count(stored);
    for (size_t i = 0; done && i < count; i++)
        done = settle_choice(replay, stored[i].choice_id, &stored[i], writes, error);
    for (size_t i = 0; done && i < replay->count; i++)
        if (!find_vote(stored, count, replay->votes[i].choice_id))
            done = settle_choice(replay, replay->votes[i].choice_id, NULL, writes, error);
    replay->result->votes += (long)replay->count;
    return done;
}

static bool replay_invitation(const struct replay *about, struct invitation *invitation, bool writes,
                              struct error **error)
{
    struct replay replay = *about;
    replay.is_whole = true;
    replay.invitation = memory_new(NULL, struct invitation);
    *replay.invitation = *invitation;
    replay.invitation->proposal = NULL;
    replay.invitation->latest = 0;
    struct kept_answer *answers = store_list_answers(replay.invitation, replay.office->store, invitation->id, error);
    bool done = answers != NULL;
    for (size_t i = 0; done && i < memory_count(answers); i++)
        done = replay_answer(&replay, &answers[i], error);
    done = done && compare(&replay, writes, error);
    talloc_free(replay.invitation);
    return done;
}

bool replay_poll(struct office *office, const struct poll *poll, const struct replay_archive *archive, bool writes,
                 struct replay_result *result, struct error **error)
{
    const struct replay about = {.office = office, .poll = poll, .archive = archive, .result = result};
    result->skipped += poll->is_form;
    if (poll->is_form)
        return true;
    size_t known = json_array_size(result->differences);
    struct invitation *invitations = store_list_invitations(NULL, office->store, poll->id, LIMIT_PARTICIPANTS, error);
    bool done = invitations != NULL;
    for (size_t i = 0; done && i < memory_count(invitations); i++)
        done = replay_invitation(&about, &invitations[i], writes, error);
    if (done && writes && json_array_size(result->differences) > known)
        done = store_recount_poll(office->store, poll->id, error);
    talloc_free(invitations);
    return done;
}
