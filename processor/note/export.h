/*
 * Notes as files that others can read: each note and comment as the mail that its author might have sent it in, with its
 * tags in the subject and its files. What is exported comes back by import as it was.
 */
#ifndef KAIRAN_NOTE_EXPORT_H
#define KAIRAN_NOTE_EXPORT_H

#include <stdint.h>

#include "mail/office.h"
#include "store/note.h"

/*
 * The Message-ID of a note below `context`: that of the mail that brought it, else one of ours, always the same; and the
 * note that such a one of ours names, *note NULL when it names none here.
 */
char *export_message_id(const void *context, const struct office *office, const struct note *note);
bool export_find_note(const void *context, struct office *office, const char *message_id, struct note **note,
                      struct error **error);

/* Writes all notes into a Maildir or an mbox file, which must be new; *count tells how many. */
bool export_maildir(struct office *office, const char *path, int64_t *count, struct error **error);
bool export_mbox(struct office *office, const char *path, int64_t *count, struct error **error);

#endif
