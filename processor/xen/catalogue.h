/*
 * A catalogue of updates (updates.xml, as XenCenter reads it), read while it comes. It is a stranger's: no document type, no entities,
 * and limits on its size, its depth, its records and every value. Unknown elements are passed over.
 */
#ifndef KAIRAN_XEN_CATALOGUE_H
#define KAIRAN_XEN_CATALOGUE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct catalogue;

/* A reader below `context`. */
struct catalogue *catalogue_begin(const void *context, struct error **error);

/* The next piece; false, and no use going on, when it is no catalogue. */
bool catalogue_feed(struct catalogue *catalogue, const char *bytes, size_t length, struct error **error);

/*
 * The whole, a new reference: {"versions": [{"value", "name", "build", "eligibility", "eol", "patches": [uuid], "minimal": [uuid] or null
 * (this version has no list of what is recommended)}], "patches": {uuid: {"uuid", "name", "description", "guidance", "is_mandatory",
 * "page", "url", "timestamp", "priority", "install_bytes", "bytes", "is_live", "stream", "conflicts": [uuid], "requires": [uuid]}},
 * "newest": timestamp of the newest patch or ""}. uuids are in small letters. NULL when it is none, or not whole.
 */
json_t *catalogue_end(struct catalogue *catalogue, struct error **error);

#endif
