/* One look at the updates of a pool: what its hosts lack, by whatever way their generation knows of updates. */
#ifndef KAIRAN_XEN_UPDATES_RUN_H
#define KAIRAN_XEN_UPDATES_RUN_H

#include <jansson.h>

#include "base/config.h"
#include "store/store.h"
#include "xen/settings.h"

/* What a look does beside looking: nothing; remembers what is missing; or, every night, also fetches it. */
enum updates_trace { UPDATES_DRY, UPDATES_BY_HAND, UPDATES_NIGHT };

/*
 * Looks, enters what it saw, and returns the view (a new reference), also when the pool cannot be reached: that of survey_view() with
 * "kind" (updates_kind_name()), "hosts" (updates_view_hosts() with what is missing), "differences", "uploads", "source": {"newest",
 * "fetched_at", "problem"} or null, "protection": {"is_on", "last_on", "last_applied"} (seconds, 0: not known), "downloads":
 * supply_run() or null. NULL with the error when nothing can be recorded.
 */
json_t *updates_run(const struct config *config, struct store *store, const struct xen_settings *settings, enum updates_trace trace,
                    struct error **error);

#endif
