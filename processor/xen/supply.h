/*
 * Updates fetched before they are needed, into a folder of the pool's file: one after the other, no faster and no more a night than
 * that says, so that the evening of maintenance does not wait for a slow site.
 */
#ifndef KAIRAN_XEN_SUPPLY_H
#define KAIRAN_XEN_SUPPLY_H

#include <jansson.h>
#include <stdbool.h>
#include <time.h>

#include "xen/settings.h"

/*
 * Fetches what the hosts (updates_view_hosts(), with what is missing) lack and the folder has not. {"folder", "there": [names that were there
 * already], "fetched": [{"name", "bytes"}], "left": [names for later nights], "by_hand": [{"name", "page", "raw"}] that the site does not give
 * out, "failed": [{"name", "raw"}], "removed": [names of files]}, a new reference; null when no folder is set or nothing has a place to be
 * fetched from. What no host has lacked for as long as the pool's file says is removed, unless it is not known for sure what they lack
 * (`is_known`); pools may share a folder.
 */
json_t *supply_run(const void *context, const struct xen_settings *settings, const json_t *hosts, bool is_known, time_t now);

#endif
