/*
 * Receipts of anonymous polls: a code that only its voter is told, and that finds their line in the result. It is made
 * from the token key, so that nothing that is shown or kept ties it to a person.
 */
#ifndef KAIRAN_POLL_RECEIPT_H
#define KAIRAN_POLL_RECEIPT_H

#include "mail/office.h"
#include "store/poll.h"

/* "ABCD-EFGH" of an invitation, by its number, below `context`. */
char *receipt_make(const void *context, const struct office *office, const struct poll *poll, int number);

#endif
