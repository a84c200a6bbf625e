/*
 * Bounces: which addresses failed, how, and for good or not. RFC 3464 parts first, then what programs without them
 * write in prose (bounce_text.h), then whom the mail inside was for.
 */
#ifndef KAIRAN_MAIL_BOUNCE_H
#define KAIRAN_MAIL_BOUNCE_H

#include "mail/classify.h"

/* Whether the mail looks like one, though no part of it says so: who sent it, and what it tells. The reason, or NULL.
 */
const char *bounce_sign(const struct classify_input *input);

/* Fills in recipients, status and permanence of a bounce. False when it tells of success only (RFC 3464 2.3.3). */
bool bounce_read(const struct classify_input *input, struct classify_verdict *verdict);

/* Of a feedback report (RFC 5965): the address that the mail complained about had gone to. */
void bounce_read_feedback(const struct classify_input *input, struct classify_verdict *verdict);

#endif
