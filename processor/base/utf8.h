/* UTF-8 (RFC 3629): whether bytes are it, where a text may be cut, and what must not pass in a line. */
#ifndef KAIRAN_BASE_UTF8_H
#define KAIRAN_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The length of the well-formed sequence at the start of `length` > 0 bytes; 0 when there is none, *bad then tells how
 * many bytes to replace by one U+FFFD (the longest beginning of a sequence: Unicode, section 3.9).
 */
size_t utf8_sequence_length(const char *bytes, size_t length, size_t *bad);

/* How many bytes at the start are ASCII. */
size_t utf8_ascii_length(const char *bytes, size_t length);

/* How many bytes at the start are well-formed, and whether all are. */
size_t utf8_valid_length(const char *bytes, size_t length);
bool utf8_is_valid(const char *bytes, size_t length);

/* Where to cut a UTF-8 text so that at most `most` bytes stay and no character is halved. */
size_t utf8_cut(const char *text, size_t most);

/*
 * The bytes of the character at the start of a UTF-8 text when no line of a stranger's may hold it, else 0: controls (C0,
 * DEL, C1), line and paragraph separators (U+2028, U+2029), and what turns the direction of the text around it
 * (U+202A to U+202E, U+2066 to U+2069).
 */
size_t utf8_control_length(const char *text);

#endif
