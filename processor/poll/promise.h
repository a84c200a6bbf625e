/* The day on which somebody says they will answer: 「1/8に回答します」. Pure. */
#ifndef KAIRAN_POLL_PROMISE_H
#define KAIRAN_POLL_PROMISE_H

#include <time.h>

#include "store/poll.h"

/*
 * The one day from today on that the words of a deferral name, beside the dates that the poll asks for, as "2026-01-08"
 * below `context`; NULL: none, or not which.
 */
char *promise_read(const void *context, const struct poll *poll, const char *words, time_t now);

#endif
