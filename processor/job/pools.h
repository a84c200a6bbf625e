/* The nightly jobs that look after the XenServer pools: each does its work on every pool, and none keeps the next from its own. */
#ifndef KAIRAN_JOB_POOLS_H
#define KAIRAN_JOB_POOLS_H

#include "base/error.h"
#include "mail/office.h"

/* The error is that of the first pool for which it did not work. */
bool pools_back_up(struct office *office, struct error **error);
bool pools_look_at_updates(struct office *office, struct error **error);
bool pools_look_at_health(struct office *office, struct error **error);

/* A look in between: alerts what cannot wait, once, and leaves everything else to the night. */
bool pools_watch(struct office *office, struct error **error);

/* Whether there are any. */
bool pools_exist(const struct config *config);

/* The morning's mails: one summary a pool of what the jobs above have found since the last. */
bool pools_report(struct office *office, struct error **error);

#endif
