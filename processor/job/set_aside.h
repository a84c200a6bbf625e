/* Telling the administrator about letters that were set aside in spool/failed. */
#ifndef KAIRAN_JOB_SET_ASIDE_H
#define KAIRAN_JOB_SET_ASIDE_H

#include "mail/office.h"

/*
 * Queues one mail that names what lies in spool/failed when something came there since the last such mail. Looked at in
 * every run: the run that put it there may have been killed before it could tell.
 */
bool set_aside_tell(struct office *office, struct error **error);

#endif
