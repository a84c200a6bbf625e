/* Which updates hosts have, of whatever generation. Pure; for xen/updates. */
#ifndef KAIRAN_XEN_UPDATES_APPLIED_H
#define KAIRAN_XEN_UPDATES_APPLIED_H

#include <jansson.h>

#include "xen/records.h"

/* {uuid in small letters: name} of what is applied to a host, a new reference. */
json_t *updates_applied_to(struct records *records, const char *host);

#endif
