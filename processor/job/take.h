/* What is to be done with one letter: the table of decisions between class, route and handler. */
#ifndef KAIRAN_JOB_TAKE_H
#define KAIRAN_JOB_TAKE_H

#include "mail/incoming.h"
#include "mail/office.h"

/* Handles a letter inside the running transaction and settles its verdict. */
bool take_incoming(struct office *office, struct incoming *incoming, struct error **error);

#endif
