/*
 * The fence around libetpan 1.9.4: which bytes it may see. Its parser overruns memory on one boundary parameter,
 * recurses on nesting and on comments, and takes time in proportion to bytes × depth; mail that would do so is changed
 * or refused.
 */
#ifndef KAIRAN_MAIL_GUARD_H
#define KAIRAN_MAIL_GUARD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "mail/header.h"

/*
 * A copy of a mail below `context` that can be taken apart line by line: without NULs, without mbox line and blank
 * lines at its start, with line feeds where there were only carriage returns.
 */
char *guard_copy(const void *context, const char *bytes, size_t length, size_t *copied);

struct guarded {
    char *bytes; /* the MIME fields of the header and the body; padded with NULs, since the parser reads too far */
    size_t length;
    bool is_changed; /* something was defused: MIME structure beyond the limits is shown as plain text */
};

/* What libetpan may parse of a mail whose header was read, below `context`; refused when a part's header is too long.
 */
struct guarded *guard_mail(const void *context, const struct header *header, const char *bytes, size_t length,
                           struct error **error);

/* The subtype that message/rfc822 gets, so that mails within mails are not entered. */
#define GUARD_RFC822 "rfc82x"

#endif
