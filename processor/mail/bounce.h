/*
 * Bounces: which addresses failed, how, and for good or not. RFC 3464 parts first, then what programs without them
 * write in prose (qmail, Exim, old sendmail, Japanese carriers).
 */
#ifndef KAIRAN_MAIL_BOUNCE_H
#define KAIRAN_MAIL_BOUNCE_H

#include "mail/classify.h"

/* Reads the fields of a message/delivery-status part into the verdict. */
void bounce_read_status(const void *context, const struct part *part, struct classify_verdict *verdict);

/* Reads X-Failed-Recipients and the prose, where there is no such part. */
void bounce_read_text(const void *context, const struct classify_input *input, struct classify_verdict *verdict);

#endif
