/*
 * Transfer encodings (RFC 2045 section 6, RFC 2047 section 4): base64 and quoted-printable to bytes. Lenient: what is
 * no part of the alphabet is skipped (base64) or kept as it stands (quoted-printable).
 */
#ifndef KAIRAN_MAIL_TRANSFER_H
#define KAIRAN_MAIL_TRANSFER_H

#include <stddef.h>

/* Each returns bytes below `context`, NUL-terminated (they may hold NULs themselves), never more than it was given. */
char *transfer_decode_base64(const void *context, const char *bytes, size_t length, size_t *decoded);
char *transfer_decode_quoted_printable(const void *context, const char *bytes, size_t length, size_t *decoded);

/* The "Q" of encoded words: "_" is a space, there are no line ends. */
char *transfer_decode_q(const void *context, const char *bytes, size_t length, size_t *decoded);

/* 0 to 15, or -1 when it is no hexadecimal digit. */
int transfer_hex_value(char digit);

#endif
