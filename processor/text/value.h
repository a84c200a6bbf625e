/* Values that views are made of, whoever makes them. */
#ifndef KAIRAN_TEXT_VALUE_H
#define KAIRAN_TEXT_VALUE_H

#include <jansson.h>
#include <stddef.h>

/* Returns `view`, or aborts with a sentence of its own when the library could not make it: what is no UTF-8 came in. */
json_t *view_check(json_t *view);

/* The text, or null when it is empty. */
json_t *view_text(const char *text);

/* What a person is called: their name, else the local part of the address, below `context`. */
char *view_person_name(const void *context, const char *name, const char *address);

/* "> " before every line, at most `most` lines, for quoting what somebody wrote. */
char *view_quote(const void *context, const char *text, size_t most);

#endif
