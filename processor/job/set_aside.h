/* Telling the administrator about letters that were set aside in spool/failed, once each time that one is. */
#ifndef KAIRAN_JOB_SET_ASIDE_H
#define KAIRAN_JOB_SET_ASIDE_H

#include "mail/office.h"

/* Notes, in the transaction that drops what a letter did, that it is to be told of. */
bool set_aside_note(struct store *store, const char *name, struct error **error);

/*
 * Queues one mail that names what came to spool/failed and has not been told of. Looked at in every run: the run that
 * put it there may have been killed before it could tell.
 */
bool set_aside_tell(struct office *office, struct error **error);

#endif
