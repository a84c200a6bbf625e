/*
 * What runs by the clock: a table of jobs, each with a time of the day, a child of its own and a time limit. One that hangs
 * or crashes spoils no other; how each ended is kept, and the administrator hears of a bad end. Jobs that take the lock of the
 * instance run one after the other, and so do those that work on pools for hours; but no digest waits for a backup.
 */
#ifndef KAIRAN_JOB_NIGHTLY_H
#define KAIRAN_JOB_NIGHTLY_H

#include <jansson.h>

#include "base/config.h"
#include "base/error.h"
#include "mail/office.h"

/* Whether there is such a job. */
bool nightly_knows(const char *name);

/*
 * Runs the named jobs (a list that ends with NULL), or, when the list is empty, those that are due: whose time of the day
 * has come since their last run, and not so long ago that the night is over; while one of them is at work, also those that become
 * due meanwhile. Appends {"name", "outcome", "reason"} of each to `ended`. A job that another `kairan nightly` runs is left to it
 * (ERROR_TEMPORARY when it was named). False when one of them did not end well; *error says so of the first, or why
 * none could run.
 */
bool nightly_run(const struct config *config, const char *const names[], json_t *ended, struct error **error);

/*
 * The dead man's check, made by every `kairan process`: tells the administrator, once a morning, which jobs have not begun
 * for more than a day though they have a time, and of which pools no report has come since the last night began. A job that
 * has never run is not missed, nor a pool that was never backed up.
 */
bool nightly_tell_missed(struct office *office, struct error **error);

/* [{"name", "outcome", "started", "reason"}] of the last run of every job, for `kairan status`; NULL when it failed. */
json_t *nightly_view(struct office *office, struct error **error);

#endif
