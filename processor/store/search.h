/*
 * The search table. Every pair of neighbouring letters of a text is one word of it, so that a Japanese or English word of
 * two letters or more is a run of pairs, and a single letter is a word of its own: whatever a text holds is found, and
 * nothing else. Texts and words are compared in the form of text/searchable.
 */
#ifndef KAIRAN_STORE_SEARCH_H
#define KAIRAN_STORE_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "store/note.h"
#include "store/store.h"

enum { STORE_SEARCH_COUNTED = 1000 };

enum search_field { SEARCH_ANYWHERE, SEARCH_AUTHOR, SEARCH_TAG };

struct search_term {
    enum search_field field;
    char *text; /* searchable form, not "" */
    bool is_excluded;
};

struct search_query {
    struct search_term *terms; /* talloc array; all must match */
    time_t since;              /* 0: whenever */
};

/* Puts the version of a note that holds into the table; the one before is found no more. */
bool store_index_note(struct store *store, const struct note *note, const struct note_attachment *attachments,
                      struct error **error);

/*
 * The versions that match, as a talloc array of at most `most` ids: those with the words in their titles first, then the
 * newest. *total tells how many there are in all; STORE_SEARCH_COUNTED stands for that many or more, for a word of nearly every note
 * need not be counted through all of them.
 */
int64_t *store_search_notes(const void *context, struct store *store, const struct search_query *query, long most,
                            int64_t *total, struct error **error);

#endif
