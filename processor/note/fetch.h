/* Handing out a note by mail: its text, what was said about it, and its attachments. */
#ifndef KAIRAN_NOTE_FETCH_H
#define KAIRAN_NOTE_FETCH_H

#include "mail/incoming.h"
#include "mail/office.h"
#include "store/note.h"
#include "store/person.h"

/* Answers 「N12」. */
bool fetch_answer(struct office *office, struct incoming *incoming, const struct person *person, int64_t id,
                  struct error **error);

/* The view of a note with its thread: that of note_view(), and "comments": [note_view …]. */
json_t *fetch_view(struct office *office, const struct note *note, struct error **error);

/* The attachments of a note as a mail carries them, a talloc array below `context`; NULL when one cannot be read. */
struct attachment;
struct attachment *fetch_files(const void *context, struct office *office, const struct note *note,
                               struct error **error);

#endif
