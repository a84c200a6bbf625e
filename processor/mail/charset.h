/*
 * Charsets: bytes of a mail to valid UTF-8. Never fails: what cannot be decoded becomes U+FFFD and is counted. Labels are
 * those of the WHATWG Encoding Standard and of mail; its decoders, errors included, are what a label promises. Labels also
 * lie (CP932 called Shift_JIS, UTF-8 called us-ascii, none at all), so clear evidence in the bytes wins over one.
 */
#ifndef KAIRAN_MAIL_CHARSET_H
#define KAIRAN_MAIL_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

struct charset_text {
    char *text; /* valid UTF-8 without NUL, NUL-terminated, at most 3 × the bytes and 16 more */
    size_t length;
    size_t replaced; /* how many U+FFFD were put in */
    bool is_guessed; /* the label was missing, unknown or a lie */
};

/*
 * Decodes a body below `context`. `label` is the charset parameter as found, NULL or "" when there is none.
 *
 * ISO-2022-JP is the one encoding in which mail and the standard differ: a text of several lines is read by the rules of
 * mail (RFC 1468 and what programs made of it: charset_decoders.h), a single line and less by the standard.
 */
struct charset_text charset_decode(const void *context, const char *label, const char *bytes, size_t length);

/* The same for pieces of a header field, where words of several lines may have been joined. */
struct charset_text charset_decode_field(const void *context, const char *label, const char *bytes, size_t length);

/*
 * Opens the converters of the C library, once, before a sandbox forbids it to open files. It keeps what it has loaded only
 * as long as somebody uses it: until `context` is freed.
 */
void charset_preload(const void *context);

#endif
