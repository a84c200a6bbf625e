/*
 * Header sections (RFC 5322 section 2.2) of mails and of MIME parts, taken apart without judging any field. Lenient in
 * what arrives: mbox lines, junk between fields, missing blank lines.
 */
#ifndef KAIRAN_MAIL_HEADER_H
#define KAIRAN_MAIL_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "mail/limits.h"
#include "mail/signs.h"
#include "mail/words.h"

struct header_field {
    struct span name;
    struct span value; /* folded as it came, without the last line end */
};

struct header {
    struct header_field *fields; /* talloc array; the spans point into the bytes that were read */
    size_t count;
    size_t body; /* where the body begins */
};

/* Reads the header at the start of `bytes`, below `context`. Refused beyond the limits (NULL: the defaults). */
struct header *header_read(const void *context, const char *bytes, size_t length, const struct mail_limits *limits,
                           struct error **error);

/* The same of a part in a multipart, whose header also ends where a line begins with "--". */
struct header *header_read_part(const void *context, const char *bytes, size_t length, const struct mail_limits *limits,
                                struct error **error);

/* The first field of a name (any case), or NULL. */
const struct header_field *header_find(const struct header *header, const char *name);

/* How many fields have that name. */
size_t header_count(const struct header *header, const char *name);

/* The value of the first such field as one clean line (words decoded) below `context`; NULL when it is missing. */
char *header_text(const void *context, const struct header *header, const char *name);

/* A structured field "text/plain; charset=utf-8; …" (RFC 2045 section 5.1, RFC 2183). */
struct header_parameters {
    char *value; /* what stands before the first ";", without comments and blanks, in lower case */
    struct words_parameter *parameters;
    size_t count;
};

/* Takes the first such field apart below `context`; value "" when it is missing. */
struct header_parameters header_parameters(const void *context, const struct header *header, const char *name);

/* The plain value of a parameter, or NULL. */
const char *header_parameter(const struct header_parameters *parameters, const char *name);

#endif
