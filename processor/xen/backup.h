/*
 * One night's backup of a pool: what killed runs left is cleaned up, every chosen VM gets a snapshot if there is room for it and, when
 * the pool's file says so, is exported and judged; then old backups go, but never the last good one.
 */
#ifndef KAIRAN_XEN_BACKUP_H
#define KAIRAN_XEN_BACKUP_H

#include <jansson.h>

#include "base/config.h"
#include "store/store.h"
#include "xen/settings.h"

enum backup_manner {
    BACKUP_NIGHTLY, /* within the pool's window */
    BACKUP_BY_HAND, /* at any time of the day */
    BACKUP_DRY,     /* only say what would be done */
};

/*
 * Runs it and returns the view of what happened (a new reference), also when the pool cannot be reached: {"pool", "run", "at": seconds, "is_dry",
 * "problem": {"code", "raw"} or null, "vms": [{"name", "uuid", "result", "code", "raw", "warning", "is_archive", "started": seconds,
 * "bytes", "usual_bytes": 0 when not known, "milliseconds", "last_good": seconds or 0, "verified": "blocks", "snapshot" or null}],
 * "removed": [names], "unfinished": [names], "repositories": [{"name", "size", "free"}], "metadata": {"file", "code", "raw", "is_good"}
 * or null}. Results: good, warning, skipped, failed, and waiting in a dry run. The view is kept with its run until somebody was told.
 * NULL with the error when another run is at work on the pool or nothing can be recorded.
 */
json_t *backup_run(const struct config *config, struct store *store, const struct xen_settings *settings,
                   enum backup_manner manner, struct error **error);

#endif
