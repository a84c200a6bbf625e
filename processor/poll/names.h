/* Names one after another as a text that a mail can show: as many as are bearable, as the language writes lists. */
#ifndef KAIRAN_POLL_NAMES_H
#define KAIRAN_POLL_NAMES_H

#include <jansson.h>
#include <stddef.h>

struct names;

/* An empty list for mails in `language`; at most `most` names are shown. */
struct names *names_begin(const char *language, size_t most);

/* Adds a name, and in brackets what belongs to it (NULL or "": nothing). */
void names_add(struct names *names, const char *name, const char *remark);

/* {"names","count","more" (number, or null)}, or null when there are none; the list is gone then. */
json_t *names_end(struct names *names);

#endif
