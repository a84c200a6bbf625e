/*
 * Transfer encodings (RFC 2045 section 6, RFC 2047 section 4): base64, quoted-printable and uuencode to bytes. Lenient:
 * what is no part of the alphabet is skipped (base64) or kept as it stands (quoted-printable).
 */
#ifndef KAIRAN_MAIL_TRANSFER_H
#define KAIRAN_MAIL_TRANSFER_H

#include <stddef.h>

enum transfer_encoding { TRANSFER_IDENTITY, TRANSFER_BASE64, TRANSFER_QUOTED_PRINTABLE, TRANSFER_UUENCODE };

/* Of a Content-Transfer-Encoding in lower case; also as people misspell it. */
enum transfer_encoding transfer_encoding_of(const char *name);

/* Each returns bytes below `context`, NUL-terminated (they may hold NULs themselves), never more than it was given. */
char *transfer_decode_base64(const void *context, const char *bytes, size_t length, size_t *decoded);
char *transfer_decode_quoted_printable(const void *context, const char *bytes, size_t length, size_t *decoded);

/*
 * Base64 of a body: ends where plain text follows the padding (the footers of mailing lists), and is left as it is when it
 * obviously is none (programs that name the encoding and forget to apply it).
 */
char *transfer_decode_base64_body(const void *context, const char *bytes, size_t length, size_t *decoded);

/* From a line "begin 644 name" to one "end" (or where the bytes end); the bytes as they are when there is no such line. */
char *transfer_decode_uuencode(const void *context, const char *bytes, size_t length, size_t *decoded);

/* The "Q" of encoded words: "_" is a space, there are no line ends. */
char *transfer_decode_q(const void *context, const char *bytes, size_t length, size_t *decoded);

/* 0 to 15, or -1 when it is no hexadecimal digit. */
int transfer_hex_value(char digit);

#endif
