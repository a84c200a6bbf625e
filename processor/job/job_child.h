/*
 * A job in a child of its own: one that hangs is ended, one that crashes takes nothing with it. The child is a fork, for
 * a job is our own code and needs the configuration; what is dangerous in it starts helpers of its own.
 */
#ifndef KAIRAN_JOB_JOB_CHILD_H
#define KAIRAN_JOB_JOB_CHILD_H

#include <stdbool.h>

#include "base/error.h"
#include "store/job_run.h"

struct job_end {
    enum job_outcome outcome; /* never JOB_RUNNING */
    char *reason;             /* a sentence, "" when it was done; below the context of the call */
};

/*
 * Runs `work(closure, &error)` in a child and waits at most `seconds` for it; then the child and all that it started get
 * SIGTERM, and SIGKILL a little later. False when there is no child to be had. No store may be open when this is called:
 * a connection to SQLite does not survive a fork.
 */
bool job_child_run(const void *context, bool (*work)(void *closure, struct error **error), void *closure, int seconds,
                   struct job_end *end, struct error **error);

#endif
