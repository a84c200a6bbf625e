/*
 * Multiparts (RFC 2046 section 5.1): where the leaves of a mail's tree begin and end. One pass over the lines, a stack of
 * open boundaries, no recursion; time is linear in the bytes. As lenient as senders demand: missing and broken boundary
 * parameters, missing closing lines, parts that end where an outer one does, empty parts.
 */
#ifndef KAIRAN_MAIL_MULTIPART_H
#define KAIRAN_MAIL_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "mail/header.h"

/* A part that is no multipart, or one that is not taken apart because it has no boundary. */
struct leaf {
    struct header *header; /* the part's own */
    struct header_parameters content;
    struct span body;
    size_t parent;      /* number of the multipart that holds it; numbers begin at 1 */
    size_t alternative; /* number of the innermost multipart/alternative around it, 0: none */
    bool is_message;    /* by default, in a multipart/digest */
};

struct leaves {
    struct leaf *leaves; /* talloc array; spans point into the mail */
    size_t count;
};

/*
 * The leaves of `body`, whose Content-Type is `content`, below `context`. No leaves when it is no multipart or none of its
 * lines is a boundary. Refused beyond the limits (NULL: the defaults) on parts, on depth and on
 * the headers of parts.
 */
struct leaves *multipart_split(const void *context, const struct header_parameters *content, struct span body,
                               const struct mail_limits *limits, struct error **error);

#endif
