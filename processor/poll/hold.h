/* Answers on hold: given by somebody else with this person's ballot, they count when the person confirms them. */
#ifndef KAIRAN_POLL_HOLD_H
#define KAIRAN_POLL_HOLD_H

#include "mail/incoming.h"
#include "mail/office.h"
#include "store/poll.h"

/* Takes an answer that came with a genuine token from another address: holds it, asks the invited person, tells the
 * sender. */
bool hold_answer(struct office *office, struct incoming *incoming, const struct poll *poll,
                 struct invitation *invitation, struct error **error);

#endif
