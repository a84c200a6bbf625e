/*
 * Columns in a fixed-pitch East Asian font: East Asian Ambiguous counts two (○ △ × are wide there), combining marks
 * none. For tables in plain text only; nothing may depend on it, most readers use a proportional font. Pure.
 */
#ifndef KAIRAN_TEXT_WIDTH_H
#define KAIRAN_TEXT_WIDTH_H

#include <stddef.h>

/* Columns of a UTF-8 text. */
size_t text_width(const char *text);

/* `text` cut to at most `columns` (with "…" when it was cut) and padded with spaces to exactly that many. */
char *text_pad(const void *context, const char *text, size_t columns);

/* Lines of at most `columns`, broken at spaces or, in Japanese, between characters (kinsoku minded); no trailing "\n".
 */
char *text_wrap(const void *context, const char *text, size_t columns);

#endif
