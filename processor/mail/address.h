/*
 * Addresses and message ids in header fields (RFC 5322 sections 3.4 and 3.6.4), as lenient as senders demand: raw bytes
 * in any charset, encoded words with commas, stray dots, groups, comments for names. What is no address is left out.
 */
#ifndef KAIRAN_MAIL_ADDRESS_H
#define KAIRAN_MAIL_ADDRESS_H

#include "mail/letter.h"
#include "mail/signs.h"

/* Adds the mailboxes of one field to `list`, whose array lives below `context`. At most 1,000 are taken. */
void address_read_list(const void *context, struct span value, struct mailbox_list *list);

/* A bare or bracketed address below `context`, the domain in lower case; NULL when it is none. */
char *address_read(const void *context, struct span text);

/* The message ids of a field as a talloc array of texts without < > below `context`; at most 1,000. */
char **address_read_ids(const void *context, struct span value);

#endif
