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

struct job_child;

/*
 * Starts `work(closure, &error)` in a child that has `seconds`; below `context`. NULL when there is no child to be had. No store may be
 * open when this is called: a connection to SQLite does not survive a fork.
 */
struct job_child *job_child_start(const void *context, bool (*work)(void *closure, struct error **error), void *closure, int seconds,
                                  struct error **error);

/*
 * Waits at most `milliseconds` (negative: as long as it takes) until one of the children has ended or its time is up. Its place in the
 * list, or `count`: none has.
 */
size_t job_child_wait(struct job_child *const children[], size_t count, int milliseconds);

/*
 * How it ended; frees it. One whose time is up gets SIGTERM with all that it started, and SIGKILL a little later. The reason is put
 * below `context`.
 */
void job_child_end(const void *context, struct job_child *child, struct job_end *end);

/* All of the above for one. */
bool job_child_run(const void *context, bool (*work)(void *closure, struct error **error), void *closure, int seconds,
                   struct job_end *end, struct error **error);

#endif
