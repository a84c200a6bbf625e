/* The mail of the morning after a night's backup: worst first, reasons in words with the raw code, what to do next. */
#ifndef KAIRAN_REPORT_BACKUP_REPORT_H
#define KAIRAN_REPORT_BACKUP_REPORT_H

#include "mail/office.h"
#include "xen/settings.h"

/* What backup_run() tells, as its templates take it; a new reference. */
json_t *report_view_backup(const json_t *night);

/* Queues the report to everybody whom the pool's file names, and enters that it was, in a transaction of its own. */
bool report_send_backup(struct office *office, const struct xen_settings *settings, const json_t *night, struct error **error);

/* The same for runs that ended, but were killed before their report was queued. */
bool report_send_untold_backups(struct office *office, const struct xen_settings *settings, struct error **error);

#endif
