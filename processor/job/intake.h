/*
 * Taking letters out of the spool: oldest first, many to one commit, each with a savepoint of its own. A letter that
 * cannot be handled goes whole to spool/failed and never keeps the next one waiting.
 */
#ifndef KAIRAN_JOB_INTAKE_H
#define KAIRAN_JOB_INTAKE_H

#include "mail/office.h"

struct intake_counts {
    long taken;     /* letters whose effects were committed */
    long repeated;  /* letters that were known already */
    long failed;    /* letters set aside */
};

/* Takes in all that lies in the spool. False when the surroundings fail (database, disk); what is committed stays. */
bool intake_run(struct office *office, struct intake_counts *counts, struct error **error);

#endif
