/* How the updates of a pool look to people: hosts by updates, new ones marked, what must be done around them. */
#ifndef KAIRAN_REPORT_UPDATES_REPORT_H
#define KAIRAN_REPORT_UPDATES_REPORT_H

#include <jansson.h>
#include <time.h>

/* What updates_run() tells, as xen-updates*.txt and .html take it; a new reference. */
json_t *report_view_updates(const json_t *run, time_t now);

#endif
