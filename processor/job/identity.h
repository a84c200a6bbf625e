/*
 * Which mail this is: the key under which it is taken in once and never again. Two recipients of one mail are two
 * letters; the same mail delivered again, by the MTA or through a list, is one.
 */
#ifndef KAIRAN_JOB_IDENTITY_H
#define KAIRAN_JOB_IDENTITY_H

#include <stddef.h>

#include "mail/letter.h"

/*
 * Message-ID, Date and envelope recipient. Date is in it because Message-IDs are reused by broken clients, and a mail
 * must not be lost to them. Without a Message-ID: queue id (these are reused too) and SHA-256 of the mail. Below `context`.
 */
char *identity_of(const void *context, const struct letter *letter, const char *recipient, const char *bytes,
                  size_t length);

#endif
