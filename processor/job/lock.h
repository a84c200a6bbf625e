/*
 * One Kairan at a time: whoever takes letters in, closes polls or posts holds the instance's lock for the whole run. What
 * works for hours (a backup) writes short transactions without it.
 */
#ifndef KAIRAN_JOB_LOCK_H
#define KAIRAN_JOB_LOCK_H

#include "base/config.h"
#include "base/error.h"

struct lock;

/*
 * Takes the lock of the instance; freed with `context`, and by the kernel when the process dies. NULL with
 * ERROR_TEMPORARY when another run holds it.
 */
struct lock *lock_take(const void *context, const struct config *config, struct error **error);

/* The same, but waits up to `seconds` for the other run to end. */
struct lock *lock_wait(const void *context, const struct config *config, int seconds, struct error **error);

/* The lock of one job of `kairan nightly`: one run at a time. It keeps no other job and no other command out. */
struct lock *lock_take_job(const void *context, const struct config *config, const char *name, struct error **error);

#endif
