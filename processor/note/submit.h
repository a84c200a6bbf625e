/* Notes, comments and what is done to them by mail. */
#ifndef KAIRAN_NOTE_SUBMIT_H
#define KAIRAN_NOTE_SUBMIT_H

#include "mail/incoming.h"
#include "mail/office.h"
#include "store/note.h"
#include "store/person.h"

/* A new note from somebody who may write one; `tag` (or NULL) is added to its own. */
bool submit_note(struct office *office, struct incoming *incoming, const struct person *author, const char *tag,
                 struct error **error);

/* A reply to a note: a comment, or one of the words that change it. `is_own`: by token, it is the author's reply. */
bool submit_reply(struct office *office, struct incoming *incoming, const struct person *person, struct note *note,
                  struct error **error);

/* Only the comment; `text` is what it says. */
bool submit_comment(struct office *office, struct incoming *incoming, const struct person *person,
                    const struct note *note, const char *text, struct error **error);

#endif
