/*
 * The Date field (RFC 5322 section 3.3) and the shapes that broken programs write instead of it. Impossible days and
 * times are refused, not carried over.
 */
#ifndef KAIRAN_MAIL_DATE_H
#define KAIRAN_MAIL_DATE_H

#include "mail/signs.h"

/* As ISO 8601 with its own offset ("2026-01-10T13:00:00+09:00") below `context`; NULL when it is no date. */
char *date_read(const void *context, struct span value);

#endif
