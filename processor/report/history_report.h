/* What is remembered of pools, for people: every backup of a pool, and how all pools stand. */
#ifndef KAIRAN_REPORT_HISTORY_REPORT_H
#define KAIRAN_REPORT_HISTORY_REPORT_H

#include "mail/office.h"

/*
 * The backups of a pool, newest first, of the VM of that name or uuid alone unless `vm` is NULL, and what they come to: {"pool",
 * "backups": [{"vm", "uuid", "started", "date", "state", "verified", "bytes", "size", "usual_bytes", "usual", "is_odd", "seconds",
 * "file", "has_snapshot", "reason"}], "vms": [{"vm", "uuid", "last_good", "date", "age_days", "kept", "bytes", "size"}]}. A new
 * reference; NULL when it failed.
 */
json_t *report_view_history(struct office *office, const char *pool, const char *vm, struct error **error);

/*
 * Every pool that has a file, and its last backup: {"pools": [{"pool", "started", "date", "status": "running", "good", "failed",
 * "interrupted" or null, "is_good", "vms", "good", "oldest": {"vm", "date", "age_days"} or null}]}. A new reference.
 */
json_t *report_view_pools(struct office *office, struct error **error);

/*
 * The pools that have been backed up before, but of whose night, which began at `planned`, there is no report although its time is over:
 * [{"name", "started": of the last run, local}]. A new reference; NULL when it failed.
 */
json_t *report_list_silent_pools(const void *context, const struct office *office, time_t planned, struct error **error);

#endif
