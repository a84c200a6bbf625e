/*
 * MIME parts: the leaves of a mail's tree in their order, and which of them is the text to read. libetpan finds where
 * parts begin and end; their headers are read here, because real ones break the rules it insists on.
 */
#ifndef KAIRAN_MAIL_PART_H
#define KAIRAN_MAIL_PART_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "mail/header.h"

struct part {
    char *type; /* "text/plain", lower case; what RFC 2045 section 5.2 says when it is missing or broken */
    struct header_parameters content;
    char *encoding; /* Content-Transfer-Encoding, lower case, "" when there is none */
    char *name;     /* a safe file name, "" when it has none */
    bool is_attachment;
    const char *bytes; /* still encoded; into the mail */
    size_t length;
};

struct part_list {
    struct part *parts; /* talloc array */
    size_t count;
    bool is_cut;     /* there were more than LIMIT_PARTS, or deeper ones than LIMIT_DEPTH */
    bool is_changed; /* the fence defused something (guard.h) */
};

/*
 * The leaves of a mail, `bytes` (which must outlive the list) with its `header`, below `context`. Refused when the
 * structure is beyond the limits.
 */
struct part_list *part_list_read(const void *context, const struct header *header, const char *bytes, size_t length,
                                 struct error **error);

/* The part to read: the first text/plain that is no attachment, else the first text/html; NULL when there is none. */
const struct part *part_best_text(const struct part_list *list);

/* The transfer-decoded bytes below `context` (never more than there were), at most `maximum` of the encoded ones. */
char *part_decode(const void *context, const struct part *part, size_t maximum, size_t *length);

#endif
