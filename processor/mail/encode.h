/*
 * The encodings of outgoing mail: header text as RFC 2047 encoded-words, bodies as quoted-printable or base64. What
 * is added is 7-bit; lines stay within 76 columns as far as the things that must not be cut allow. All texts are UTF-8.
 */
#ifndef KAIRAN_MAIL_ENCODE_H
#define KAIRAN_MAIL_ENCODE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

/* Whether these bytes can stand between < and > as a message id: printable ASCII of bearable length, no blanks. */
bool encode_is_message_id(const char *text, size_t length);

/* Whether `text` is printable ASCII with no word too long for a line: it may become a header field as it is. */
bool encode_is_field(const char *text);

/* Adds an ASCII field value to the line that `out` ends with, folded before blanks. */
void encode_field(struct buffer *out, const char *text);

/* Adds free header text (a subject): as it is when ASCII can carry it, else as encoded-words. Controls become blanks. */
void encode_header_text(struct buffer *out, const char *text);

/* Adds a mailbox; the name ("" or NULL: none) as phrase, quoted-string (RFC 5322 section 3.2.4) or encoded-words. */
void encode_mailbox(struct buffer *out, const char *name, const char *address);

/*
 * Adds "; name=value" on a line of its own to a field: quoted when it is plain, else in the pieces of RFC 2231, each within
 * a line. Never a line end of its own behind it.
 */
void encode_parameter(struct buffer *out, const char *name, const char *value);

/* Whether base64 makes `text` shorter than quoted-printable does. */
bool encode_prefers_base64(const char *text, size_t length);

/* Adds bytes in lines of 76 letters, each ended by CRLF (RFC 2045 section 6.8). */
void encode_base64(struct buffer *out, const char *bytes, size_t length);

/*
 * Adds `text`, whose line ends are CRLF already (RFC 2045 section 6.7). No line begins with "." or "From ", and none
 * ends with a blank: relays that mangle those find nothing to do.
 */
void encode_quoted_printable(struct buffer *out, const char *text, size_t length);

#endif
