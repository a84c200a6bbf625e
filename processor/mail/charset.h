/*
 * Charsets: bytes of a mail to valid UTF-8. Never fails: what cannot be decoded becomes U+FFFD and is counted. Labels
 * lie (Shift_JIS that is CP932, us-ascii that is UTF-8, none at all), so what the bytes say wins over an impossible
 * label.
 */
#ifndef KAIRAN_MAIL_CHARSET_H
#define KAIRAN_MAIL_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

struct charset_text {
    char *text; /* valid UTF-8 without NUL, NUL-terminated, at most 3 × the bytes */
    size_t length;
    size_t replaced; /* how many U+FFFD were put in */
    bool is_guessed; /* the label was missing, unknown or a lie */
};

/*
 * Decodes below `context`. `label` is the charset parameter as found, NULL or "" when there is none. ISO-2022-JP (all
 * dialects) and EUC-JP know NEC row 13 and the IBM extensions; Shift_JIS is CP932; what is unknown is detected.
 */
struct charset_text charset_decode(const void *context, const char *label, const char *bytes, size_t length);

/* Opens the converters of the C library, once, before a sandbox forbids it to open files. */
void charset_preload(void);

#endif
