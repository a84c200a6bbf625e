/* How a poll stands, for an invited person who asks (「状況」): told when the poll is open to all, or has closed. */
#ifndef KAIRAN_POLL_STANDING_H
#define KAIRAN_POLL_STANDING_H

#include "mail/incoming.h"
#include "mail/office.h"
#include "store/poll.h"

/* Whether a new text asks for that and says nothing else. */
bool standing_is_asked(const char *new_text);

/* Answers it, and settles the letter. */
bool standing_tell(struct office *office, struct incoming *incoming, const struct poll *poll,
                   const struct invitation *invitation, struct error **error);

#endif
