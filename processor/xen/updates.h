/*
 * Which updates hosts lack, by a catalogue (catalogue.h), and in what state those that they have left the pool: what waits for a
 * restart, what was uploaded and never applied, where hosts differ. Pure: records in, a view out.
 */
#ifndef KAIRAN_XEN_UPDATES_H
#define KAIRAN_XEN_UPDATES_H

#include <jansson.h>
#include <time.h>

#include "xen/records.h"

/* The tables that must have been read; those that a pool is too old or too new for may be missing. */
extern const char *const updates_tables[];

/* How the hosts of a pool get their updates. */
enum updates_kind {
    UPDATES_PATCHES,  /* to 7.0: pool_patch; from the catalogue */
    UPDATES_UPDATES,  /* 7.1 to 8.2: pool_update; from the catalogue */
    UPDATES_DELIVERY, /* XenServer 8: from its delivery network, the pool itself knows */
    UPDATES_PACKAGES, /* XCP-ng: each host's package manager knows */
};
enum updates_kind updates_kind_of(struct records *records);
const char *updates_kind_name(enum updates_kind kind);

/*
 * What every host is like, the master first, a new reference: [{"ref", "uuid", "name", "is_master", "version", "build", "brand",
 * "applied": number of updates, "restart_host": [names of updates that wait for it], "restart_toolstack": [names], "missing": []}].
 */
json_t *updates_view_hosts(struct records *records);

/*
 * Fills "missing" of hosts by a catalogue, in the order in which they can be applied: [{"id", "name", "description", "page", "url",
 * "bytes", "install_bytes", "priority", "timestamp", "guidance": {"host", "toolstack", "vms"}, "requires": [names], "conflicts": [names],
 * "is_next": nothing has to be applied before it, "is_blocked": what it requires cannot be had, "is_licensed_only", "is_dismissed",
 * "is_new": false}]. Sets beside it "listed" (ids that XenCenter would offer now), "is_known" (the catalogue has this version),
 * "has_selection" (it says what is recommended), "eligibility" and "eol".
 */
void updates_find_missing(struct records *records, const json_t *catalogue, json_t *hosts);

/* Where hosts differ: {"versions": bool, "updates": [{"name", "without": [names of hosts]}]}. */
json_t *updates_find_differences(struct records *records);

/* Names of updates that were uploaded to the pool and are on no host. */
json_t *updates_find_uploads(struct records *records);

/* When the last update was applied anywhere; 0: not known. */
time_t updates_last_applied(struct records *records);

/* The master's update as one of a host's "missing" from what the host itself tells: the fields that all have. */
json_t *updates_make(const char *id, const char *name, const char *description);

/* Sets "guidance" of an update from words such as "restartHost" or "RebootHost RestartToolstack". */
void updates_set_guidance(json_t *update, const char *words);

#endif
