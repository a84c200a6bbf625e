/* A draft like another poll, with the same people: what 「複製」 and the next month of a series begin with. */
#ifndef KAIRAN_POLL_CLONE_H
#define KAIRAN_POLL_CLONE_H

#include "mail/office.h"
#include "store/poll.h"

/* The copy below `context`, not yet kept: a draft without choices, its deadline that of the original. */
struct poll *clone_begin(const void *context, const struct office *office, const struct poll *poll);

/* Gives it a code and keeps it, with the people of the original. */
bool clone_add(struct office *office, struct poll *copy, const struct poll *original, struct error **error);

#endif
