/*
 * Publishing: a note, a comment or a new version is recorded, indexed, acknowledged, and told to those who are to hear of
 * it at once: who has written in its thread, and who wants every note. All of it is one part of one transaction.
 */
#ifndef KAIRAN_NOTE_PUBLISH_H
#define KAIRAN_NOTE_PUBLISH_H

#include "mail/incoming.h"
#include "mail/office.h"
#include "store/note.h"
#include "store/person.h"

/* Attachments of a letter, those that were kept and those that were not. */
struct publish_files {
    struct note_attachment *kept;    /* talloc arrays */
    struct note_attachment *refused; /* beyond LIMIT_ATTACHMENTS, or together larger than attachment_bytes */
};

/* Puts what may be kept into the folder of attachments; false when that fails. The result hangs below `context`. */
bool publish_keep_files(const void *context, struct office *office, const struct letter *letter,
                        struct publish_files *files, struct error **error);

enum publish_kind { PUBLISH_NOTE, PUBLISH_COMMENT, PUBLISH_CORRECTION, PUBLISH_ADDITION };

struct publication {
    enum publish_kind kind;
    struct note *note; /* as store_add_note() or, for corrections and additions, store_add_note_version() wants it */
    const struct note_attachment *attachments; /* all that go with this version */
    const char *added;                         /* of an addition: what was added */
    int64_t letter_id;
    time_t now;
};

/* Records and indexes it, and tells those who are to hear of it; fills in the ids of the note. */
bool publish(struct office *office, struct publication *publication, struct error **error);

/* Tells these people (a talloc array), too, but for its author; who has heard of it already does not hear twice. */
bool publish_tell(struct office *office, const struct publication *publication, const int64_t *person_ids,
                  struct error **error);

/* The receipt for it, to the sender of the letter. */
bool publish_acknowledge(struct office *office, const struct incoming *incoming, const struct publication *publication,
                         const struct publish_files *files, const struct person *author, struct error **error);

/* The Message-ID that a note has for one person, below `context`: answers to it stand below it in their mail program. */
char *publish_message_id(const void *context, const struct office *office, const struct note *note, int64_t person_id);

#endif
