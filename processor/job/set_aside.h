/*
 * Telling the administrator about letters that were set aside in spool/failed: by mail, once each time that one is, and in
 * `kairan status` as long as they lie there.
 */
#ifndef KAIRAN_JOB_SET_ASIDE_H
#define KAIRAN_JOB_SET_ASIDE_H

#include "mail/office.h"

/* Notes, in the transaction that drops what a letter did, that it is to be told of, and the reason: a sentence. */
bool set_aside_note(struct store *store, const char *name, const char *reason, struct error **error);

/*
 * Queues one mail that names what came to spool/failed and has not been told of. Looked at in every run: the run that
 * put it there may have been killed before it could tell.
 */
bool set_aside_tell(struct office *office, struct error **error);

/* What lies in spool/failed, the newest first, as {"name", "reason"} (null: it was put there by hand), at most ten. */
json_t *set_aside_view(struct office *office, struct error **error);

/* Forgets the reasons of those that lie there no more; once a day. */
bool set_aside_forget(struct office *office, struct error **error);

#endif
