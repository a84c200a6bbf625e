/* What an answer does to the votes, and the mail that echoes it in words or asks for the rest. */
#ifndef KAIRAN_POLL_VOTE_H
#define KAIRAN_POLL_VOTE_H

#include "mail/incoming.h"
#include "mail/office.h"
#include "store/poll.h"

/* Takes the invited person's own answer: records what is certain, acknowledges it, asks about the rest. */
bool vote_take_answer(struct office *office, struct incoming *incoming, const struct poll *poll,
                      struct invitation *invitation, struct error **error);

/* An answer that the organiser gives for somebody. */
struct proxy {
    const struct poll *poll;
    struct invitation *invitation;
    const char *words; /* what the answer is read from */
    char *marks;       /* set to the marks that hold then, "○×△"; NULL: the words are no answer that is certain */
};

/* Records it below the organiser's letter, and tells the person. */
bool vote_take_proxy(const void *context, struct office *office, struct incoming *incoming, struct proxy *proxy,
                     struct error **error);

#endif
