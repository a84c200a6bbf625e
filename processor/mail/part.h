/*
 * MIME parts: the leaves of a mail's tree in their order (multipart.h), what they are, and which of them is the text to
 * read.
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
    bool is_detached;   /* Content-Disposition: attachment */
    const char *bytes;  /* still encoded; into the mail */
    size_t length;
    size_t parent;      /* as in struct leaf; 0 when the mail is no multipart */
    size_t alternative;
};

struct part_list {
    struct part *parts; /* talloc array */
    size_t count;
};

/*
 * The leaves of a mail, `bytes` (which must outlive the list) with its `header`, below `context`. Refused when the
 * structure is beyond the limits (NULL: the defaults).
 */
struct part_list *part_list_read(const void *context, const struct header *header, const char *bytes, size_t length,
                                 const struct mail_limits *limits, struct error **error);

/*
 * The part to read: the first text/plain or text/html that is no attachment, of HTML its text/plain alternative; else the
 * first text that is meant to be shown; else the whole mail when it is a text. NULL when there is none.
 */
const struct part *part_best_text(const struct part_list *list);

/*
 * The text/plain that goes on after `part`, a text/plain, behind pictures and the like within it (Apple Mail writes so);
 * NULL when there is none.
 */
const struct part *part_next_text(const struct part_list *list, const struct part *part);

/* The transfer-decoded bytes below `context` (never more than there were), at most `maximum` of the encoded ones. */
char *part_decode(const void *context, const struct part *part, size_t maximum, size_t *length);

#endif
