/* One question to a helper of its own (kairan-xen), for what is no call of XAPI: it may take long, and no session waits for it. */
#ifndef KAIRAN_XEN_ASK_H
#define KAIRAN_XEN_ASK_H

#include <jansson.h>

#include "xen/client.h"

/*
 * The value of the answer (a new reference) to `request`, whose reference is taken; NULL with *reason below `context`. With a client
 * the request is completed with its place and its session.
 */
json_t *ask_helper(const void *context, const struct client *client, json_t *request, int seconds, struct reason *reason);

#endif
