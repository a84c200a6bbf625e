/* One Kairan at a time: whoever writes to an instance holds its lock for the whole run. */
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

#endif
