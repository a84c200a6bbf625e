/* The daily word to organisers: how their open polls stand, when something has come in since the last one. */
#ifndef KAIRAN_POLL_INTERIM_H
#define KAIRAN_POLL_INTERIM_H

#include "mail/office.h"

/*
 * Queues it for every open poll that has changed, each in a transaction of its own, outside of one. A poll that fails
 * does not keep the next from it.
 */
bool interim_run(struct office *office, struct error **error);

#endif
