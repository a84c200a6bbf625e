/* People and their addresses. */
#ifndef KAIRAN_STORE_PERSON_H
#define KAIRAN_STORE_PERSON_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

struct person {
    int64_t id;
    char *name;     /* "" when nobody has told it yet */
    char *language; /* "ja", "en", or NULL: not known */
};

/* The person behind an address (any case) below `context`; *person is NULL when there is none. False: the store failed. */
bool store_find_person(const void *context, struct store *store, const char *address, struct person **person,
                 struct error **error);

/* The person with an id, which must exist. */
struct person *store_load_person(const void *context, struct store *store, int64_t id, struct error **error);

/*
 * The person behind an address, made when there is none. A name or language that was not known before is kept
 * (NULL: nothing new).
 */
struct person *store_meet_person(const void *context, struct store *store, const char *address, const char *name,
                           const char *language, struct error **error);

/* Writes name and language back. */
bool store_update_person(struct store *store, const struct person *person, struct error **error);

/* Another address of a person; one that belongs to somebody already stays with them. */
bool store_add_address(struct store *store, int64_t person_id, const char *address, struct error **error);

/* Makes an address the one at which a person is written to; one that belongs to somebody else stays with them. */
bool store_set_first_address(struct store *store, int64_t person_id, const char *address, struct error **error);

/* The address at which a person is written to, below `context`: the first that was known. */
char *store_first_address(const void *context, struct store *store, int64_t person_id, struct error **error);

/* Whether an address belongs to the person. */
bool store_has_address(struct store *store, int64_t person_id, const char *address, bool *has, struct error **error);

#endif
