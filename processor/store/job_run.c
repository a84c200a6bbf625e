/* Runs of jobs: see job_run.h. */
#include "store/job_run.h"

#include <string.h>

#include "base/memory.h"
#include "store/sql.h"

static const char *const outcome_names[] = {"running", "done", "failed", "late", "crashed"};

enum { OUTCOME_COUNT = sizeof outcome_names / sizeof *outcome_names };

const char *job_outcome_name(enum job_outcome outcome)
{
    return outcome_names[outcome];
}

bool store_begin_job(struct store *store, const char *name, time_t now, int64_t *id, struct error **error)
{
    if (!store_next_id(store, "job_run", id, error))
        return false;
    void *context = talloc_new(NULL);
    bool done = sql_run(store, "INSERT INTO job_run (id, name, started_at, outcome, reason) VALUES (?, ?, ?, ?, '')",
                        SQL_VALUES(sql_integer(*id), sql_text(name), sql_instant(context, now),
                                   sql_text(job_outcome_name(JOB_RUNNING))),
                        error);
    talloc_free(context);
    return done;
}

bool store_end_job(struct store *store, int64_t id, time_t now, enum job_outcome outcome, const char *reason,
                   struct error **error)
{
    void *context = talloc_new(NULL);
    bool done = sql_run(store, "UPDATE job_run SET ended_at = ?, outcome = ?, reason = ? WHERE id = ?",
                        SQL_VALUES(sql_instant(context, now), sql_text(job_outcome_name(outcome)), sql_text(reason),
                                   sql_integer(id)),
                        error);
    talloc_free(context);
    return done;
}

static enum job_outcome read_outcome(const char *name)
{
    for (int i = 0; i < OUTCOME_COUNT; i++)
        if (strcmp(outcome_names[i], name) == 0)
            return (enum job_outcome)i;
    return JOB_CRASHED;
}

struct job_run *store_list_last_jobs(const void *context, struct store *store, struct error **error)
{
    struct job_run *runs = memory_array(context, struct job_run, 0);
    size_t count = 0;
    struct rows *rows = sql_query(store,
                                  "SELECT id, name, started_at, ended_at, outcome, reason FROM job_run WHERE id IN"
                                  " (SELECT max(id) FROM job_run GROUP BY name) ORDER BY name",
                                  SQL_NO_VALUES, error);
    while (rows && rows_next(rows)) {
        runs = memory_resize(context, runs, struct job_run, count + 1);
        char *outcome = rows_text(runs, rows, 4);
        runs[count++] = (struct job_run){rows_integer(rows, 0), rows_text(runs, rows, 1),  rows_instant(rows, 2),
                                         rows_instant(rows, 3), read_outcome(outcome), rows_text(runs, rows, 5)};
        talloc_free(outcome);
    }
    return rows && rows_end(rows, error) ? runs : NULL;
}

bool store_forget_jobs(struct store *store, time_t before, struct error **error)
{
    void *context = talloc_new(NULL);
    bool done = sql_run(store,
                        "DELETE FROM job_run WHERE started_at < ? AND id NOT IN (SELECT max(id) FROM job_run GROUP BY name)",
                        SQL_VALUES(sql_instant(context, before)), error);
    talloc_free(context);
    return done;
}
