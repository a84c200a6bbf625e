/* Views of notes: what their mails, the shell and the archive show. */
#ifndef KAIRAN_NOTE_VIEW_H
#define KAIRAN_NOTE_VIEW_H

#include <jansson.h>

#include "mail/office.h"
#include "store/note.h"

/*
 * {"code": "N12", "id", "thread": "N10", "is_comment", "title", "any_tags", "tags": [{"tag"}], "author", "date", "time",
 *  "changed", "version", "is_changed", "is_minutes", "text", "attachments": [{"n", "name", "type", "size": "34 kB", "bytes",
 * "sha256"}]}; the caller owns the reference.
 */
json_t *note_view(const struct note *note, const struct note_attachment *attachments);

/* "34 kB", "1.2 MB" below `context`. */
char *note_view_size(const void *context, size_t size);

/* "2026-01-10" below `context`. */
char *note_view_date(const void *context, time_t instant);

#endif
