/*
 * Circles: named groups of people, plain files that administrators edit. `circles/NAME` holds one person a line,
 * 「山田太郎 <yamada@tc.example.ac.jp>」, behind it in any order: `required`, a language (`ja`, `en`) and further addresses
 * (aliases, bare or in < >). "#" begins a comment.
 */
#ifndef KAIRAN_STORE_CIRCLE_H
#define KAIRAN_STORE_CIRCLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct member {
    char *name; /* "" when none */
    char *address;
    char *language; /* "ja", "en" or NULL */
    bool required;
    bool is_known; /* a circle says so, not a mail */
    char **aliases; /* talloc array, further addresses */
};

struct circle {
    struct member *members; /* talloc array */
    size_t count;
};

/* Whether there is such a circle: a plain file name without "/" or leading dot. */
bool circle_exists(const char *folder, const char *name);

/* Reads a circle below `context`; refused with file and line when one cannot be understood. */
struct circle *circle_read(const void *context, const char *folder, const char *name, struct error **error);

/*
 * The first member of any circle of the folder who has an address, as their own or as an alias, below `context`; NULL
 * when there is none. Files that cannot be read are passed over.
 */
struct member *circle_find_member(const void *context, const char *folder, const char *address);

#endif
