/*
 * Answers on hold: marks that count only when the invited person confirms them with a bare 「はい」 — given by somebody
 * else with this person's ballot, or proposed by us when a reply left something open.
 */
#ifndef KAIRAN_POLL_HOLD_H
#define KAIRAN_POLL_HOLD_H

#include "mail/incoming.h"
#include "mail/office.h"
#include "poll/answer.h"
#include "store/poll.h"

/* Takes an answer that came with a genuine token from another address: holds it, asks the invited person, tells the sender. */
bool hold_answer(struct office *office, struct incoming *incoming, const struct poll *poll,
                 struct invitation *invitation, struct error **error);

/* Marks as the text that invitation.proposal keeps, below `context`. */
char *hold_write_proposal(const void *context, const enum mark *marks, size_t count);

/* And back: `count` marks below `context`, or NULL when there is no proposal for that many choices. */
enum mark *hold_read_proposal(const void *context, const char *proposal, size_t count);

#endif
