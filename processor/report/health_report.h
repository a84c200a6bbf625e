/* How well a pool is, for people: findings in words, worst first, then what is fine; storage with its trend. */
#ifndef KAIRAN_REPORT_HEALTH_REPORT_H
#define KAIRAN_REPORT_HEALTH_REPORT_H

#include <jansson.h>
#include <time.h>

/* What health_run() tells, as xen-health*.txt and .html take it; a new reference. */
json_t *report_view_health(const json_t *run, time_t now);

/* One finding as xen-finding.txt takes it; a new reference. */
json_t *report_view_finding(const json_t *finding);

#endif
