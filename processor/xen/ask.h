/*
 * One question to a helper of its own (kairan-xen), for what is no call of XAPI: it may take long, no session waits for it, and several can
 * be under way at once.
 */
#ifndef KAIRAN_XEN_ASK_H
#define KAIRAN_XEN_ASK_H

#include <jansson.h>

#include "base/child.h"
#include "xen/client.h"

/*
 * Begins `request`, whose reference is taken, below `context`. With a client the request is completed with its place and its session.
 * NULL with *reason below `context`.
 */
struct child *ask_begin(const void *context, const struct client *client, json_t *request, int seconds, struct reason *reason);

/* The value of the answer (a new reference) once it is there, and the end of the helper; NULL with *reason below `context`. */
json_t *ask_end(const void *context, struct child *child, struct reason *reason);

/* Both. */
json_t *ask_helper(const void *context, const struct client *client, json_t *request, int seconds, struct reason *reason);

#endif
