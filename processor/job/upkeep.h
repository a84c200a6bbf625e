/* What is done once a day: forgetting what is no longer needed. */
#ifndef KAIRAN_JOB_UPKEEP_H
#define KAIRAN_JOB_UPKEEP_H

#include "mail/office.h"

/*
 * Forgets mails sent more than days_kept ago and the counts of answers of days gone by, and empties the write-ahead log.
 * A fact remembers the day, so that all further calls of the day only look.
 */
bool upkeep_run(struct office *office, struct error **error);

#endif
