/* From a letter to marks: see derive.h. */
#include "poll/derive.h"

#include "base/memory.h"
#include "poll/proposal.h"

/* A bare 「はい」 stands for what the mail it answers proposed, and for nothing when that proposed nothing. */
static bool resolve_confirmation(const void *context, struct office *office, const struct incoming *incoming,
                                 const struct poll *poll, const char *kept, struct derived *derived,
                                 struct error **error)
{
    struct answer *answer = derived->read->answer;
    if (answer->verdict != ANSWER_CONFIRM)
        return true;
    int edition = 0;
    enum mark *proposed = proposal_confirm(context, kept, incoming->letter, &edition);
    answer->verdict = proposed ? ANSWER_OK : ANSWER_ASK;
    if (!proposed)
        return true;
    proposed = edition_carry_marks(context, office, poll, edition, proposed, error);
    for (size_t i = 0; proposed && i < poll->choice_count; i++)
        answer->marks[i].mark = proposed[i];
    derived->by_confirmation = true;
    return proposed != NULL;
}

/* 「2は×になりました」 leaves nothing to ask for where the other choices have their marks already. */
static void settle_remainder(struct answer *answer, const enum mark *before, size_t count)
{
    bool says_something = false;
    if (answer->verdict != ANSWER_ASK || memory_count(answer->unclear))
        return;
    for (size_t i = 0; i < count; i++) {
        says_something = says_something || answer->marks[i].mark != MARK_NONE;
        if (answer->marks[i].mark == MARK_NONE && before[i] == MARK_NONE)
            return;
    }
    if (!says_something)
        return;
    answer->verdict = ANSWER_OK;
    answer->proposal = NULL;
}

time_t derive_latest(const struct incoming *incoming, time_t latest)
{
    const struct letter *letter = incoming->letter;
    time_t dated = letter->has_date && letter->date < incoming->received_at ? letter->date : incoming->received_at;
    return dated > latest ? dated : latest;
}

/*
 * A mail that was under way longer than one that was written after it: what it says is no longer meant, but a clock may
 * be wrong, so it is asked.
 */
static void settle_order(const struct incoming *incoming, const struct invitation *invitation, const enum mark *before,
                         size_t count, struct derived *derived)
{
    enum { APART_SECONDS = 10 * 60 };
    struct answer *answer = derived->read->answer;
    const struct letter *letter = incoming->letter;
    if (!letter->has_date || invitation->latest - letter->date <= APART_SECONDS || derived->by_confirmation)
        return;
    bool changes = answer->verdict == ANSWER_WITHDRAW;
    for (size_t i = 0; i < count; i++)
        changes = changes || (answer->marks[i].mark != MARK_NONE && answer->marks[i].mark != before[i]);
    if (!changes)
        return;
    derived->is_older = true;
    edition_only_propose(answer, count);
    answer->verdict = ANSWER_ASK;
}

struct derived *derive_answer(const void *context, struct office *office, const struct incoming *incoming,
                              const struct poll *poll, const struct invitation *invitation, const enum mark *before,
                              struct error **error)
{
    struct derived *derived = memory_new(context, struct derived);
    derived->read = edition_read_answer(derived, office, incoming, poll, invitation, error);
    if (derived->read &&
        resolve_confirmation(derived, office, incoming, poll, invitation->proposal, derived, error)) {
        settle_remainder(derived->read->answer, before, poll->choice_count);
        settle_order(incoming, invitation, before, poll->choice_count, derived);
        return derived;
    }
    talloc_free(derived);
    return NULL;
}

long derive_check_limit(const struct poll *poll, struct answer *answer, const enum mark *before)
{
    long given = 0;
    bool adds = false;
    for (size_t i = 0; i < poll->choice_count; i++) {
        enum mark mark = answer->marks[i].mark;
        bool is_yes = mark == MARK_YES || mark == MARK_BEST;
        adds = adds || is_yes;
        mark = mark == MARK_NONE ? before[i] : mark;
        given += mark == MARK_YES || mark == MARK_BEST;
    }
    if (!poll->options.yes_most || !adds || given <= poll->options.yes_most)
        return 0;
    for (size_t i = 0; i < poll->choice_count; i++)
        answer->marks[i] = (struct answer_mark){0};
    answer->verdict = ANSWER_ASK;
    answer->proposal = NULL;
    answer->unclear = NULL;
    return given;
}

bool derive_asks(const struct answer *answer)
{
    return answer->verdict == ANSWER_ASK || answer->verdict == ANSWER_NONE;
}

char *derive_proposal(const void *context, const struct answer *answer, const struct poll *poll, const char *previous,
                      const char *message_id)
{
    struct proposal proposal = {.message_id = message_id,
                                .previous = previous,
                                .marks = answer->proposal,
                                .count = poll->choice_count,
                                .edition = poll->edition};
    return derive_asks(answer) && proposal.marks ? proposal_write(context, &proposal) : NULL;
}
