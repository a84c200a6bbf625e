/* Who gets notes and how often, and what waits for the word of whoever it claims to come from. */
#ifndef KAIRAN_STORE_READER_H
#define KAIRAN_STORE_READER_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "store/store.h"

enum note_frequency {
    NOTES_OFF,
    NOTES_EACH,
    NOTES_DAILY,
    NOTES_WEEKLY,
    NOTES_UNSET, /* nobody has said it yet: only what comes back is counted */
};

struct note_reader {
    int64_t person_id;
    enum note_frequency frequency;
    bool wants_mime;     /* digests as multipart/digest instead of one text */
    int64_t seen_id;     /* the last version that they were told of */
    time_t told_at;      /* when a digest was last made for them, also one that had nothing to tell */
    time_t paused_until; /* 0: not paused */
    int bounces;         /* days on which mail for them came back, none of them long after the one before */
    time_t bounced_at;   /* the last of them; 0: none */
    char *name;          /* of the person … */
    char *language;      /* … or NULL */
    char *address;       /* the one they are written to */
};

enum { BOUNCES_MOST = 3 }; /* days of bounces after which nothing more is sent until the person writes again */

/* A reader by person, below `context`; *reader is NULL when the person is none. */
bool store_find_reader(const void *context, struct store *store, int64_t person_id, struct note_reader **reader,
                       struct error **error);

/* All of them, by person, as a talloc array. */
struct note_reader *store_list_readers(const void *context, struct store *store, struct error **error);

/* Writes a reader, new or not (name, language and address belong to the person and are not looked at). */
bool store_set_reader(struct store *store, const struct note_reader *reader, struct error **error);

/* Whether nothing that came by mail lies between what the reader was told last and a version. */
bool store_reader_is_current(struct store *store, const struct note_reader *reader, int64_t version_id, bool *is_current,
                             struct error **error);

/* Whether nothing is sent to a person, because what was sent came back. */
bool store_is_held(struct store *store, int64_t person_id, bool *is_held, struct error **error);

/* "off" "each" "daily" "weekly" "unset"; false when a word is none of them. */
const char *note_frequency_name(enum note_frequency frequency);
bool note_frequency_parse(const char *word, enum note_frequency *frequency);

struct note_request {
    int64_t id;
    char *kind;
    char *address;
    char *detail; /* JSON */
};

bool store_add_request(struct store *store, struct note_request *request, time_t now, struct error **error);
bool store_find_request(const void *context, struct store *store, int64_t id, struct note_request **request,
                        struct error **error);
bool store_drop_request(struct store *store, int64_t id, struct error **error);

/* Forgets what nobody has said yes to since an instant. */
bool store_forget_requests(struct store *store, time_t before, struct error **error);

#endif
