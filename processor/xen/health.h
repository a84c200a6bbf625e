/*
 * How well a pool is: every line of what an operator would look at in the morning, judged from its records and from what else was
 * learned of it. Pure: records and facts in, lines and findings out.
 */
#ifndef KAIRAN_XEN_HEALTH_H
#define KAIRAN_XEN_HEALTH_H

#include <jansson.h>
#include <time.h>

#include "xen/records.h"
#include "xen/settings.h"

/* The tables that must have been read. */
extern const char *const health_tables[];

/*
 * What records do not hold, each member null or missing when it is not known: "clocks": {host ref: seconds ahead of ours}, "free_memory":
 * {host ref: bytes}, "tolerates": failures of hosts that the servers would survive, "certificates": [{"address", "expires", "problem"}],
 * "messages": {ref: record} since the last look, "days_to_full": {SR uuid: days}, "last_on": when HA was last on (seconds), "raids":
 * {host ref: its document}, "checks": [checks_run()]; and "memory", what the last look kept (health_memory()).
 */
struct health {
    struct records *records;
    const struct xen_settings *settings;
    const json_t *facts;
    time_t now;
    json_t *findings; /* [{"priority", "code", "object", "detail", "line"}] */
    json_t *lines;    /* [{"line", "state": good|warning|bad}] */
    const char *line; /* that is being judged */
};

/* Priorities are XAPI's: 1 data loss imminent, 2 service loss imminent, 3 degraded, 4 recovered, 5 information. */
enum { HEALTH_DATA = 1, HEALTH_SERVICE = 2, HEALTH_DEGRADED = 3, HEALTH_RECOVERED = 4, HEALTH_NOTICE = 5 };

/*
 * {"findings": [{"priority", "code", "object", "detail", "line"}], worst first, "lines": [{"line", "state"}]}, a new reference. Codes
 * are XAPI's names of messages where it has one, else ours.
 */
json_t *health_judge(struct records *records, const struct xen_settings *settings, const json_t *facts, time_t now);

/* What the next look wants to know of this one, a new reference: {"at", "master", "boots", "agents", "waiting", "messages"}. */
json_t *health_memory(struct records *records, const json_t *facts, time_t now);

/* For the checks: enters a finding of the line that is being judged; `object` is a name for people, `detail` numbers and texts. */
void health_add(struct health *health, int priority, const char *code, const char *object, const char *detail, ...)
    __attribute__((format(printf, 5, 6)));

/* A fact, NULL when it is not known. */
const json_t *health_fact(const struct health *health, const char *name);

/* The checks, by what they look at. */
void health_check_master(struct health *health);
void health_check_hosts(struct health *health);
void health_check_protection(struct health *health);
void health_check_capacity(struct health *health);
void health_check_protected_vms(struct health *health);
void health_check_memory(struct health *health);
void health_check_clocks(struct health *health);
void health_check_starts(struct health *health);
void health_check_licences(struct health *health);
void health_check_certificates(struct health *health);
void health_check_network(struct health *health);
void health_check_attachments(struct health *health);
void health_check_paths(struct health *health);
void health_check_space(struct health *health);
void health_check_chains(struct health *health);
void health_check_snapshots(struct health *health);
void health_check_tasks(struct health *health);
void health_check_messages(struct health *health);
void health_check_hardware(struct health *health);

/* Hidden disks that wait to be merged into their only child, by uuid, as {uuid: SR ref}; a new reference. */
json_t *health_list_waiting(struct records *records);

#endif
