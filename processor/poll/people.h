/* Finding invited people by what an organiser calls them: 「佐藤」, 「佐藤 花子さん」, "sato@…", the beginning of either. */
#ifndef KAIRAN_POLL_PEOPLE_H
#define KAIRAN_POLL_PEOPLE_H

#include <jansson.h>

#include "store/poll.h"

struct people_choice {
    struct invitation *people; /* talloc array: nobody twice */
    char **unknown;            /* talloc array: the words that name nobody, or several; NULL: none */
};

/* The people of `list` (a talloc array) whom the words between commas name, below `context`. */
struct people_choice people_choose(const void *context, const struct invitation *list, const char *words);

void people_add_unknown(const void *context, struct people_choice *choice, const char *word);

/* {"names":["…"]} of the words that name nobody. */
json_t *people_view_unknown(const struct people_choice *choice);

/* The one whom a word names; NULL: nobody, or several. A whole name goes before the beginning of another one. */
const struct invitation *people_find(const struct invitation *list, const char *word);

#endif
