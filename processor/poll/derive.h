/*
 * From a letter to the marks it sets, for whoever knows what was there before: the same for a letter that comes in
 * (vote.h) and for one that is read once more (replay.h). Changes nothing.
 */
#ifndef KAIRAN_POLL_DERIVE_H
#define KAIRAN_POLL_DERIVE_H

#include "poll/edition.h"

struct derived {
    struct edition_answer *read; /* read->answer has the marks to be recorded */
    bool is_older;               /* it was written before an answer that is there: its marks are only proposed */
    bool by_confirmation;        /* a bare 「はい」 made what was proposed the answer */
};

/*
 * Reads a letter as the answer of an invitation, whose proposal is what our last mail proposed, below `context`. `before`
 * are the marks that hold, one a choice of the poll.
 */
struct derived *derive_answer(const void *context, struct office *office, const struct incoming *incoming,
                              const struct poll *poll, const struct invitation *invitation, const enum mark *before,
                              struct error **error);

/* The Date of the newest answer once this letter is taken, too: a clock that is ahead counts as that of our receipt. */
time_t derive_latest(const struct incoming *incoming, time_t latest);

/*
 * More ○ than one person of the poll may give: nothing of the answer is recorded, and the whole is asked for again. Returns
 * how many were given, or 0 when there are not too many.
 */
long derive_check_limit(const struct poll *poll, struct answer *answer, const enum mark *before);

/* Whether an answer leaves something to ask, so that our mail to it may propose marks. */
bool derive_asks(const struct answer *answer);

/* What invitation.proposal becomes by an answer that `message_id` was sent to, below `context`; or NULL. */
char *derive_proposal(const void *context, const struct answer *answer, const struct poll *poll, const char *previous,
                      const char *message_id);

#endif
