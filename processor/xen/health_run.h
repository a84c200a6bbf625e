/* One look at how well a pool is: asks what health.h wants to know, judges it, remembers it. */
#ifndef KAIRAN_XEN_HEALTH_RUN_H
#define KAIRAN_XEN_HEALTH_RUN_H

#include <jansson.h>

#include "base/config.h"
#include "store/store.h"
#include "xen/settings.h"

/*
 * What a look leaves behind: nothing; its run and a sample of the storage; or, every night, also what the next night wants to know
 * (which messages have been told, when hosts were started).
 */
enum health_trace { HEALTH_DRY, HEALTH_BY_HAND, HEALTH_NIGHT };

/*
 * Looks, and returns the view (a new reference), also when the pool cannot be reached: that of survey_view() with "findings" and
 * "lines" (health_judge(); the state of what could not be asked is "unknown"), "checks" (checks_run()), "hosts": {"all", "live"},
 * "vms": {"all", "running"} and "repositories": [{"uuid", "name", "size", "free", "before": free bytes a day ago or null, "growth":
 * bytes a day, "days": until it is full or null, "used": [bytes, a day each]}]. NULL with the error when nothing can be recorded.
 */
json_t *health_run(const struct config *config, struct store *store, const struct xen_settings *settings, enum health_trace trace,
                   struct error **error);

#endif
