/* What the files of the client share, and nobody else. */
#ifndef KAIRAN_XEN_CLIENT_PARTS_H
#define KAIRAN_XEN_CLIENT_PARTS_H

#include "xen/client.h"

/* Keeps why the last call failed; a NULL code: it did not. The texts are copied. */
void client_set_reason(struct client *client, const char *code, const char *raw);

/* Our own failures, told twice: as a reason and as an error. Always false. */
bool client_fail(struct client *client, const char *code, const char *sentence, struct error **error);

/* The reason in XAPI's ErrorDescription, below `context`. */
struct reason client_reason_of(const void *context, const json_t *failure);

#endif
