/* What is remembered of looks at a pool, for people: updates that were missing, storage day by day, and how well it was. */
#ifndef KAIRAN_REPORT_LOOKS_REPORT_H
#define KAIRAN_REPORT_LOOKS_REPORT_H

#include "mail/office.h"

/*
 * Puts into `view`: "updates": [{"host", "name", "first_seen", "since": date, "gone", "until": date or null}] of the last 90 days, oldest first;
 * "storage": [{"uuid", "name", "days": [{"date", "size", "used", "percent"}], "trend", "full_in": days or null}] and "health": [{"at",
 * "date", "bad", "warnings", "problem", "codes": text}] of the last 30, newest first. Instants are UTC texts.
 */
bool report_add_looks(struct office *office, const char *pool, json_t *view, struct error **error);

#endif
