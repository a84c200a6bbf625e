/*
 * Which mail this is: the key under which it is taken in once and never again. One mail to two of our addresses is two
 * letters, unless both lead to the same place; the same mail delivered again, by the MTA or through a list, is one.
 */
#ifndef KAIRAN_JOB_IDENTITY_H
#define KAIRAN_JOB_IDENTITY_H

#include <stddef.h>

#include "mail/letter.h"
#include "mail/route.h"

/*
 * Message-ID, Date and where it belongs: the reference that it carries, else the envelope recipient. So a reply to
 * poll+k7q2-13-…@ and, by reply to all, to poll@ as well counts once. Date is in it because Message-IDs are reused by broken clients, and a mail
 * must not be lost to them. Without a Message-ID: queue id (these are reused too) and SHA-256 of the mail. Below `context`.
 */
char *identity_of(const void *context, const struct letter *letter, const struct route *route, const char *bytes,
                  size_t length);

#endif
