/* Taking an answer to a form: what is recorded of it, and the mail that echoes it in words or asks for the rest. */
#ifndef KAIRAN_POLL_FORM_TAKE_H
#define KAIRAN_POLL_FORM_TAKE_H

#include "mail/incoming.h"
#include "mail/office.h"
#include "store/poll.h"

/* Takes the invited person's own answer. */
bool form_take_answer(struct office *office, struct incoming *incoming, const struct poll *poll,
                      struct invitation *invitation, struct error **error);

#endif
