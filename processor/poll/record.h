/*
 * Taking an answer: who is answering, what it means, what is recorded, what is said back. The identity rules: a token
 * counts when it comes from the invited person; from anybody else the answer is held until that person says 「はい」.
 */
#ifndef KAIRAN_POLL_RECORD_H
#define KAIRAN_POLL_RECORD_H

#include "mail/incoming.h"
#include "mail/office.h"

/* Takes a letter that came to the poll address or replies to a mail of a poll. */
bool poll_take_letter(struct office *office, struct incoming *incoming, struct error **error);

/* Takes a letter that came to the address of questionnaires and belongs to none yet: it opens one. */
bool poll_take_form(struct office *office, struct incoming *incoming, struct error **error);

/* Takes a delivery failure of a ballot: nobody waits for that person any more, and the result says so. */
bool poll_take_bounce(struct office *office, struct incoming *incoming, struct error **error);

/*
 * The same when the MTA refuses a mail outright: it is known by the envelope sender that its bounce would have gone to;
 * `reply` is what the MTA said.
 * Mails that are no ballots are passed over. Must run inside a transaction.
 */
bool poll_take_refusal(struct office *office, const char *envelope_sender, const char *reply, struct error **error);

#endif
