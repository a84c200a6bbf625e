/* What an answer does to the votes, and the mail that echoes it in words or asks for the rest. */
#ifndef KAIRAN_POLL_VOTE_H
#define KAIRAN_POLL_VOTE_H

#include "mail/incoming.h"
#include "mail/office.h"
#include "store/poll.h"

/* Takes the invited person's own answer: records what is certain, acknowledges it, asks about the rest. */
bool vote_take_answer(struct office *office, struct incoming *incoming, const struct poll *poll,
                      struct invitation *invitation, struct error **error);

#endif
