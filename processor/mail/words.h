/*
 * Words of header fields: RFC 2047 encoded words, RFC 2231 parameters, raw bytes in any charset, unfolding. What comes
 * out is one line of UTF-8: no CR, LF, NUL or other control can pass from a stranger's header into ours.
 */
#ifndef KAIRAN_MAIL_WORDS_H
#define KAIRAN_MAIL_WORDS_H

#include <stddef.h>

/*
 * An unstructured field, or a phrase, as text below `context`. Neighbouring encoded words of one charset are joined
 * as bytes before decoding, because many programs split inside a character.
 */
char *words_decode(const void *context, const char *bytes, size_t length);

/* One line: line ends and what utf8_control_length() tells become a space, blanks at the ends go. In place, gives `text` back. */
char *words_clean(char *text);

/* The bytes of the encoded word at the start, 0 when there is none. */
size_t words_encoded_length(const char *bytes, size_t length);

struct words_parameter {
    const char *name;
    const char *value;
};

/*
 * The value of a MIME parameter (RFC 2231: name*, name*0*, name*1 …; else the plain one, decoded as words; raw 8-bit
 * bytes likewise) below `context`, NULL when it is missing.
 */
char *words_decode_parameter(const void *context, const struct words_parameter *parameters, size_t count,
                             const char *name);

/* A file name that is safe to show and to store: no path, no leading dot, at most 200 bytes. Below `context`. */
char *words_file_name(const void *context, const char *name);

#endif
