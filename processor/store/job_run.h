/* Runs of the jobs of `kairan nightly`: when each began, how it ended, and why when it did not end well. */
#ifndef KAIRAN_STORE_JOB_RUN_H
#define KAIRAN_STORE_JOB_RUN_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "store/store.h"

enum job_outcome {
    JOB_RUNNING, /* or whoever watched it died */
    JOB_DONE,
    JOB_FAILED,  /* it said why */
    JOB_LATE,    /* it was ended because its time was up */
    JOB_CRASHED, /* a signal ended it */
};

struct job_run {
    int64_t id;
    char *name;
    time_t started_at;
    time_t ended_at; /* 0: not yet */
    enum job_outcome outcome;
    char *reason; /* "" unless it ended badly */
};

/* "running" "done" "failed" "late" "crashed". */
const char *job_outcome_name(enum job_outcome outcome);

/* Enters the beginning of a run and gives it its id. */
bool store_begin_job(struct store *store, const char *name, time_t now, int64_t *id, struct error **error);

/* Enters the end of a run. */
bool store_end_job(struct store *store, int64_t id, time_t now, enum job_outcome outcome, const char *reason,
                   struct error **error);

/* The last run of every job that has ever run, by name, as a talloc array below `context`. */
struct job_run *store_list_last_jobs(const void *context, struct store *store, struct error **error);

/* Forgets runs that began before an instant, but for the last one of each job. */
bool store_forget_jobs(struct store *store, time_t before, struct error **error);

#endif
