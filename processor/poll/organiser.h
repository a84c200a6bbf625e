/*
 * The organiser's letters: 「はい」 to a preview, commands in reply to any mail of the poll, and, when the organiser is
 * asked as well, answers. What may be either is neither until the organiser has said which.
 */
#ifndef KAIRAN_POLL_ORGANISER_H
#define KAIRAN_POLL_ORGANISER_H

#include "mail/incoming.h"
#include "mail/office.h"
#include "store/poll.h"

/* Takes a reply to one of the mails that only the organiser gets (number 0, genuine token). */
bool poll_take_organiser_reply(struct office *office, struct incoming *incoming, struct poll *poll,
                               struct error **error);

/* Takes the organiser's own reply, sent from their address, to a mail that they got as one of the invited. */
bool poll_take_own_ballot(struct office *office, struct incoming *incoming, struct poll *poll,
                          struct invitation *invitation, struct error **error);

#endif
