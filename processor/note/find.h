/* Searching notes: what people write, as a query, and what is found, as a view. */
#ifndef KAIRAN_NOTE_FIND_H
#define KAIRAN_NOTE_FIND_H

#include <jansson.h>

#include "base/civil.h"
#include "mail/incoming.h"
#include "mail/office.h"
#include "store/person.h"
#include "store/search.h"

enum { FIND_HITS = 10 };

/* A query as it was read: what it asks for, and the words that it could not make sense of. */
struct find_query {
    struct search_query search;
    char **unclear; /* talloc array: 「since:いつか」 */
};

/*
 * Reads 「縮小 from:田中 since:2026-01 tag:disk "big disk" -xen」 below `context`; Japanese names of the operators, wide
 * colons and 「」 for quotes are the same. Pure.
 */
struct find_query *find_read_query(const void *context, const char *text, struct civil today);

/*
 * {"query", "total", "shown", "is_more", "unclear": [], "hits": [{note_view …, "excerpt", "score"…}]} of at most `most`
 * notes; NULL when the store failed. The caller owns the reference.
 */
json_t *find_view(struct office *office, const char *text, const struct find_query *query, long most,
                  struct error **error);

/* Around the first word that was found, with 【】 around it, as one line below `context`. Pure. */
char *find_excerpt(const void *context, const char *text, const struct search_query *query);

/* Answers a letter that asks for notes. */
bool find_answer(struct office *office, struct incoming *incoming, const struct person *person, const char *text,
                 struct error **error);

#endif
