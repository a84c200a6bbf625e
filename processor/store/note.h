/* Notes, their versions, threads and attachments. */
#ifndef KAIRAN_STORE_NOTE_H
#define KAIRAN_STORE_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "store/store.h"

struct note_attachment {
    char *sha256;
    char *name; /* to be shown, never to be a path; "" when it has none */
    char *type;
    size_t size;
};

struct note {
    int64_t id;         /* permanent: N12 */
    int64_t thread_id;  /* its own id when it begins a thread, else it is a comment */
    int64_t version_id; /* the version that holds … */
    int version;        /* … and its number, from 1 */
    bool is_withdrawn;
    char *title;        /* of a comment: the title of its thread */
    char *tags;         /* folded, with a blank between; of a comment "" */
    char *text;
    char *message_id;   /* of the mail that brought it, or NULL */
    int64_t poll_id;    /* 0: no minutes */
    int64_t author_id;
    char *author;       /* name, "" when nobody has told it */
    char *address;      /* of the author */
    time_t created_at;
    time_t changed_at;  /* when the version that holds was made */
};

static inline bool note_is_comment(const struct note *note)
{
    return note->thread_id != note->id;
}

/*
 * Enters a note in its first version: thread_id (0: it begins one), title, tags, text, message_id, poll_id, author_id and
 * created_at are given, the ids are filled in. A comment has no title of its own.
 */
bool store_add_note(struct store *store, struct note *note, int64_t letter_id, struct error **error);

/* The next version: title, tags, text and changed_at of `note` become what holds; the ones before stay. */
bool store_add_note_version(struct store *store, struct note *note, int64_t letter_id, struct error **error);

bool store_withdraw_note(struct store *store, const struct note *note, struct error **error);

/* The note with an id, or which came in the mail with a Message-ID, below `context`; *note is NULL when there is none. */
bool store_find_note(const void *context, struct store *store, int64_t id, struct note **note, struct error **error);
bool store_find_note_of_mail(const void *context, struct store *store, const char *message_id, struct note **note,
                             struct error **error);

/* The note that a version belongs to, as it is now. */
bool store_find_note_of_version(const void *context, struct store *store, int64_t version_id, struct note **note,
                                struct error **error);

/* A talloc array of notes; NULL when the store failed. Withdrawn ones are left out of all of them. */
struct note *store_list_thread(const void *context, struct store *store, int64_t thread_id, struct error **error);
/* Notes that begin a thread, the newest first, at most `most`. */
struct note *store_list_notes(const void *context, struct store *store, long most, struct error **error);
/* All notes and comments above an id, in order of their ids, at most `most`: to walk through all of them. */
struct note *store_list_notes_after(const void *context, struct store *store, int64_t id, long most,
                                    struct error **error);
/*
 * What became new or different by mail after one version and up to another one, each note once, without what a person has
 * been sent on its own already.
 */
struct note *store_list_note_changes(const void *context, struct store *store, int64_t after, int64_t last,
                                     int64_t person_id, long most, struct error **error);

/* The id of the newest version, 0 when there is none. */
bool store_last_version(struct store *store, int64_t *last, struct error **error);

/* Everybody who has written in a thread and has not muted it, as a talloc array of person ids. */
int64_t *store_list_thread_authors(const void *context, struct store *store, int64_t thread_id, struct error **error);
bool store_mute_thread(struct store *store, int64_t thread_id, int64_t person_id, bool mutes, struct error **error);

/* Says what goes with a version; the bytes must be in the folder of attachments already (store/attachment.h). */
bool store_add_note_attachments(struct store *store, int64_t version_id, const struct note_attachment *attachments,
                                struct error **error);
struct note_attachment *store_list_note_attachments(const void *context, struct store *store, int64_t version_id,
                                                    struct error **error);

#endif
