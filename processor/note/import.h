/*
 * Notes out of other people's mail: what a letter of a mailbox is as a note, and taking a number of them in, oldest first,
 * so that answers find what they answer. Nobody is told of imported notes, not even by a digest.
 */
#ifndef KAIRAN_NOTE_IMPORT_H
#define KAIRAN_NOTE_IMPORT_H

#include <stdint.h>
#include <time.h>

#include "mail/letter.h"
#include "mail/office.h"
#include "store/note.h"

/* A letter as a note to be. */
struct import_note {
    char *message_id; /* its own, or one made of its content: the same mail is the same note whenever it comes */
    char **answered;  /* talloc array: what it replies to, the nearest first */
    char *name;       /* of its author */
    char *address;
    char *title;
    char *tags;
    char *text;     /* all of it, when it begins a thread … */
    char *new_text; /* … and as a comment, without what it quotes */
    time_t date;
    struct note_attachment *files; /* that lie in the folder of attachments */
    bool is_begun; /* import_sort()'s own */
};

/*
 * The note in a letter, below `context`. NULL with *reason, a word for a person, when it is none that somebody wrote;
 * `id` stands for a Message-ID that is missing.
 */
struct import_note *import_read(const void *context, const struct office *office, const struct letter *letter,
                                const char *id, const char **reason);

/* Whether it is here already. */
bool import_is_known(struct office *office, const struct import_note *note, bool *is_known, struct error **error);

/* Keeps the attachments of the letter, whose bytes were fetched, for the note. */
bool import_keep_files(struct office *office, const struct letter *letter, struct import_note *note,
                       struct error **error);

struct import_counts {
    int64_t notes;
    int64_t comments;
    int64_t known;   /* here already */
    int64_t skipped; /* not written by a person: absence replies, bounces, our own mails */
    int64_t refused; /* cannot be read, or cannot be kept whole */
};

/* Puts notes in the order of their dates, but none before what it answers: clocks of others go wrong. */
void import_sort(struct import_note **notes, size_t count);

/* Takes notes in, in the order given, as part of the running transaction. */
bool import_take(struct office *office, struct import_note **notes, size_t count, struct import_counts *counts,
                 struct error **error);

#endif
