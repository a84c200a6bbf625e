/*
 * The mails about a pool: one summary a day of backups, updates and health, by the rules of the pool's file; and alerts, at once, of
 * what cannot wait. A summary comes also when the pool could not be reached and when a job has not run: that is what it then says.
 */
#ifndef KAIRAN_REPORT_SUMMARY_H
#define KAIRAN_REPORT_SUMMARY_H

#include <jansson.h>

#include "mail/office.h"
#include "xen/settings.h"

/* What the last run of every job on the pool tells, as xen-report.txt and .html take it; a new reference, NULL when it failed. */
json_t *summary_view(struct office *office, const struct xen_settings *settings, struct error **error);

/* Queues the summary to everybody whom it concerns, unless the rules say that there is no need of one. */
bool summary_send(struct office *office, struct xen_settings *settings, struct error **error);

/*
 * Queues the report of a night's backup when it failed or there are no summaries, and what of a look at health has just become bad.
 */
bool summary_alert_backup(struct office *office, const struct xen_settings *settings, const json_t *night, struct error **error);
bool summary_alert_health(struct office *office, const struct xen_settings *settings, const json_t *run, struct error **error);

#endif
