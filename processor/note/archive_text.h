/* Texts of notes for pages: what in them leads elsewhere. */
#ifndef KAIRAN_NOTE_ARCHIVE_TEXT_H
#define KAIRAN_NOTE_ARCHIVE_TEXT_H

#include <jansson.h>

/*
 * A text in pieces, [{"text", "href": address or null}]: http and https addresses are links, everything else is text as it
 * was. The pieces together are the text. Pure.
 */
json_t *archive_split_text(const char *text);

#endif
