/* What Kairan remembers about its own work: one text a name. */
#ifndef KAIRAN_STORE_FACT_H
#define KAIRAN_STORE_FACT_H

#include <stdbool.h>

#include "store/store.h"

/* The text kept under a name below `context`; *value is NULL when there is none. */
bool store_get_fact(const void *context, struct store *store, const char *name, char **value, struct error **error);

/* Keeps a text under a name, in place of the one before. */
bool store_set_fact(struct store *store, const char *name, const char *value, struct error **error);

/* Forgets a name; one that is not there is fine. */
bool store_forget_fact(struct store *store, const char *name, struct error **error);

/* The names that begin with `prefix`, in order and without it, as a talloc array of texts below `context`. */
char **store_list_facts(const void *context, struct store *store, const char *prefix, struct error **error);

#endif
