/*
 * The prose of bounces: failed addresses and what became of them, as qmail, Exim, sendmail, Exchange, Domino, Japanese
 * carriers and a hundred others write it. Addresses stand in lines of few shapes, whatever the words around. Pure.
 */
#ifndef KAIRAN_MAIL_BOUNCE_TEXT_H
#define KAIRAN_MAIL_BOUNCE_TEXT_H

#include <stdbool.h>

#include "mail/span.h"

/* A status code of RFC 3463 at the start ("5.1.1"): its length, or 0. */
size_t bounce_status_length(struct span text);

/* How a line names an address, the surest first. */
enum bounce_line {
    BOUNCE_LINE_ADDRESS, /* it begins with it: "<user@host>: reason", "  user@host", "user@host on Fri, …" */
    BOUNCE_LINE_LABEL,   /* behind a label: "Recipient: …", "RCPT TO:<…>", "could not be delivered to: …" */
    BOUNCE_LINE_REPLY,   /* in the answer of a server: "550 5.1.1 <user@host>... User unknown" */
    BOUNCE_LINE_ANY,     /* somewhere */
    BOUNCE_LINE_KINDS,
};

/*
 * The next address in a line from *place on (set 0 before the first call), which moves behind it; *kind says how it is
 * named. False when there is none.
 */
bool bounce_next_address(struct span line, size_t *place, struct span *address, enum bounce_line *kind);

/* Below such a line stands the mail that bounced: its addresses are nobody's failure. */
bool bounce_begins_original(struct span line);

/* Whether a line says that mail could not be delivered, and whether it says so only for now. */
bool bounce_tells_failure(struct span line);
bool bounce_tells_delay(struct span line);

/* The status that the words mean ("User unknown" is 5.1.1), or NULL. */
const char *bounce_status_of_words(struct span line);

/* How bounces begin their subjects; "Re: …" and "Fwd: …" never do. */
bool bounce_is_subject(struct span subject);

#endif
