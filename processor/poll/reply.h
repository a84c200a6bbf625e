/* Refusing a letter about a poll; what answering letters has in common is mail/reply.h. */
#ifndef KAIRAN_POLL_REPLY_H
#define KAIRAN_POLL_REPLY_H

#include "mail/reply.h"

/*
 * Answers that a letter cannot be acted on and why, and settles it as "refused". A stranger (not of the center, in no
 * circle, never asked, without a genuine token) gets no answer: most of what strangers send has a forged sender. `reason` is one of not_organiser,
 * unknown_poll, not_invited, cancelled, no_answer: the template has a sentence for each.
 */
bool reply_refuse(struct office *office, struct incoming *incoming, const char *reason, struct error **error);

#endif
