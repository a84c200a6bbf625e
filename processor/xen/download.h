/*
 * Downloads of updates, in the helper: into FILE.part, gone on with where the last try ended, judged (package.h), then renamed and
 * described by FILE.sha256, durably. A file under its own name was whole.
 */
#ifndef KAIRAN_XEN_DOWNLOAD_H
#define KAIRAN_XEN_DOWNLOAD_H

#include <jansson.h>
#include <stdint.h>

#include "base/error.h"

struct download_order {
    const char *url;
    const char *file;
    int64_t bytes; /* that it must have; 0: not known */
    long rate;     /* bytes a second; 0: any */
    long seconds;  /* at most; what has come by then stays for the next try */
};

/*
 * {"bytes", "sha256", "resumed": bytes that were there already}, a new reference; NULL with *kind: "not_update" (what came is
 * something else: a login page, a damaged archive), "volume" or "unreachable", and the error.
 */
json_t *download_run(const struct download_order *order, const char **kind, struct error **error);

#endif
