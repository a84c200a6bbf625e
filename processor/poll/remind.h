/* Reminding by the clock: see schedule.h for when, ballot.h for what is sent. */
#ifndef KAIRAN_POLL_REMIND_H
#define KAIRAN_POLL_REMIND_H

#include "mail/office.h"
#include "store/poll.h"

/*
 * Reminds whom the clock says in every open poll, each poll in a transaction of its own; *reminded counts the mails. Runs
 * outside of a transaction. A poll that fails does not keep the next from it.
 */
bool remind_run(struct office *office, long *reminded, struct error **error);

/* Once a poll is open, and when its deadline has changed: the clock looks at it anew. */
bool remind_plan(struct office *office, const struct poll *poll, struct error **error);

#endif
