/*
 * The grammar of header fields (RFC 5322), as libetpan reads it. It is asked only where it cannot go wrong, and believed only
 * when the answer holds: it invents addresses ("taro yamada@x" is taroyamada@x for it), cuts fields short, takes "+09:00"
 * for nine minutes and overflows its stack in nested comments. False then: the lenient readers of address.c and date.c
 * take the field, which give the same where both have an answer.
 */
#ifndef KAIRAN_MAIL_GRAMMAR_H
#define KAIRAN_MAIL_GRAMMAR_H

#include <stdbool.h>

#include "mail/span.h"

/* Called for each mailbox of a list in order, groups opened: the phrase before the address or "", and the address. */
typedef void grammar_take_mailbox(void *closure, const char *phrase, const char *address);

/* The mailboxes of an address list. Either all of them are taken, or none. */
bool grammar_read_addresses(struct span value, grammar_take_mailbox *take, void *closure);

/* A date and time of RFC 5322 section 3.3. */
struct grammar_date {
    int year, month, day, hour, minute, second;
    int offset; /* minutes east of UTC */
};

bool grammar_read_date(struct span value, struct grammar_date *date);

#endif
