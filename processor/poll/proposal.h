/*
 * Proposals: marks that count only when the invited person confirms them with a bare 「はい」 — proposed by us when a
 * reply left something open, or given by somebody else with this person's ballot. A proposal is tied to the mail that
 * made it: a 「はい」 to another mail confirms nothing.
 */
#ifndef KAIRAN_POLL_PROPOSAL_H
#define KAIRAN_POLL_PROPOSAL_H

#include "mail/letter.h"
#include "poll/answer.h"

struct proposal {
    const char *message_id; /* of the mail that proposes, without < > */
    const char *previous;   /* what invitation.proposal held before, or NULL */
    const enum mark *marks; /* one a choice */
    size_t count;
    int edition;       /* of the choices that the marks are about */
    const char *words; /* of a form, in place of marks: what the answer is read from; NULL: none */
};

/* A proposal as invitation.proposal keeps it, below `context`. */
char *proposal_write(const void *context, const struct proposal *proposal);

/*
 * The marks that a bare yes in this letter confirms, below `context` as a talloc array, one a choice of *edition; NULL
 * when it answers another mail, or does not say which and more than one has been proposed, or nothing is proposed.
 */
enum mark *proposal_confirm(const void *context, const char *kept, const struct letter *letter, int *edition);

/* The words that a bare yes in this letter confirms, below `context`; NULL as above, and when marks were proposed. */
char *proposal_confirm_words(const void *context, const char *kept, const struct letter *letter);

#endif
