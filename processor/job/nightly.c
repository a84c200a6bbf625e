/* What runs by the clock: see nightly.h. */
#include "job/nightly.h"

#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/keys.h"
#include "base/log.h"
#include "base/memory.h"
#include "job/job_child.h"
#include "job/lock.h"
#include "job/process.h"
#include "job/upkeep.h"
#include "note/digest.h"
#include "report/backup_report.h"
#include "store/fact.h"
#include "store/job_run.h"
#include "xen/backup.h"

enum {
    MINUTE = 60,
    HOUR = 60 * MINUTE,
    CATCH_UP = 4 * HOUR,  /* a job whose time passed longer ago waits for the next day */
    MISSED = 26 * HOUR,   /* a daily job that has not begun for so long is missed … */
    MORNING = 7,          /* … and told of from this hour on */
    LOCK_SECONDS = 5 * MINUTE,
};

static bool run_deadlines(struct office *office, struct error **error)
{
    struct process_counts counts;
    return process_run(office, false, &counts, error);
}

/* Of every pool; one that cannot be backed up does not keep the next from it. */
static bool run_backup(struct office *office, struct error **error)
{
    char **names = settings_list(office, office->config, error);
    bool done = names != NULL;
    for (size_t i = 0; i < memory_count(names); i++) {
        struct error *reason = NULL;
        struct xen_settings *settings =
            settings_load(office, office->config, settings_path(office, office->config, names[i]), &reason);
        json_t *night = settings ? backup_run(office->config, office->store, settings, BACKUP_NIGHTLY, &reason) : NULL;
        bool told = night && report_send_backup(office, settings, night, &reason);
        json_decref(night);
        if (told)
            continue;
        done = false;
        if (error && !*error)
            *error = reason;
        else
            error_free(&reason);
    }
    return done;
}

struct nightly_job {
    const char *name;
    bool (*run)(struct office *office, struct error **error);
    bool takes_lock; /* the instance's, for the whole run; a long job does without and keeps its transactions short */
    int seconds;     /* its time limit */
    size_t time;     /* where its time of the day stands in the configuration */
};

/* In the order in which they run when several are due. */
static const struct nightly_job jobs[] = {
    {"deadlines", run_deadlines, true, HOUR, offsetof(struct config, nightly_deadlines)},
    {"digest", digest_run, true, HOUR, offsetof(struct config, nightly_digest)},
    {"backup", run_backup, false, 26 * HOUR, offsetof(struct config, nightly_backup)},
    {"housekeeping", upkeep_run, true, HOUR, offsetof(struct config, nightly_housekeeping)},
};

enum { JOB_COUNT = sizeof jobs / sizeof *jobs };

static const struct nightly_job *find_job(const char *name)
{
    for (size_t i = 0; i < JOB_COUNT; i++)
        if (strcmp(jobs[i].name, name) == 0)
            return &jobs[i];
    return NULL;
}

bool nightly_knows(const char *name)
{
    return find_job(name) != NULL;
}

static long time_of_day(const struct config *config, const struct nightly_job *job)
{
    return *(const long *)(const void *)((const char *)config + job->time);
}

static const struct job_run *find_last(const struct job_run *runs, const char *name)
{
    for (size_t i = 0; i < memory_count(runs); i++)
        if (strcmp(runs[i].name, name) == 0)
            return &runs[i];
    return NULL;
}

static bool is_due(const struct config *config, const struct nightly_job *job, const struct job_run *last, time_t now)
{
    long minutes = time_of_day(config, job);
    if (minutes == KEYS_OFF)
        return false;
    struct civil civil = clock_to_civil(now);
    civil.hour = (int)(minutes / 60);
    civil.minute = (int)(minutes % 60);
    time_t planned = clock_from_civil(civil);
    if (planned > now)
        planned = clock_from_civil(civil_add_minutes(civil, -24 * 60));
    return now - planned < CATCH_UP && (!last || last->started_at < planned || last->outcome == JOB_RUNNING);
}

/* What the child of a job has to know. */
struct work {
    const struct config *config;
    const struct nightly_job *job;
};

static bool work(void *closure, struct error **error)
{
    const struct work *work = closure;
    void *context = talloc_new(NULL);
    bool ready = !work->job->takes_lock || lock_wait(context, work->config, LOCK_SECONDS, error);
    struct office *office = ready ? office_open(context, work->config, error) : NULL;
    bool done = office && work->job->run(office, error);
    talloc_free(context);
    return done;
}

static bool begin(const struct config *config, const struct nightly_job *job, int64_t *id, struct error **error)
{
    void *context = talloc_new(NULL);
    struct store *store = store_open(context, config->database, error);
    bool done = store && store_begin(store, error);
    if (done) {
        done = store_begin_job(store, job->name, clock_now(), id, error) && store_commit(store, error);
        if (!done)
            store_rollback(store);
    }
    talloc_free(context);
    return done;
}

static bool queue_report(const void *context, struct office *office, const struct nightly_job *job, int64_t id,
                         const struct job_end *end, struct error **error)
{
    json_t *view = json_pack("{s:s, s:s, s:b, s:b, s:b}", "name", job->name, "reason", end->reason, "late",
                             end->outcome == JOB_LATE, "crashed", end->outcome == JOB_CRASHED, "failed",
                             end->outcome == JOB_FAILED);
    struct outgoing outgoing = {.template = "job-failed",
                                .address = office->config->administrator,
                                .dedupe = memory_format(context, "job/%lld", (long long)id),
                                .view = memory_check(view)};
    bool done = office_queue(office, &outgoing, error);
    json_decref(view);
    return done;
}

static bool enter_end(const struct config *config, const struct nightly_job *job, int64_t id, const struct job_end *end,
                      struct error **error)
{
    void *context = talloc_new(NULL);
    struct office *office = office_open(context, config, error);
    bool done = office && store_begin(office->store, error);
    if (done) {
        done = store_end_job(office->store, id, clock_now(), end->outcome, end->reason, error) &&
               (end->outcome == JOB_DONE || queue_report(context, office, job, id, end, error)) &&
               store_commit(office->store, error);
        if (!done)
            store_rollback(office->store);
    }
    talloc_free(context);
    return done;
}

/* False when it did not end well; *error then says what became of it. */
static bool run_job(const struct config *config, const struct nightly_job *job, json_t *ended, struct error **error)
{
    void *context = talloc_new(NULL);
    int64_t id;
    struct job_end end;
    struct work closure = {config, job};
    bool done = begin(config, job, &id, error) && job_child_run(context, work, &closure, job->seconds, &end, error) &&
                enter_end(config, job, id, &end, error);
    if (done) {
        json_array_append_new(ended, json_pack("{s:s, s:s, s:s}", "name", job->name, "outcome",
                                               job_outcome_name(end.outcome), "reason", end.reason));
        done = end.outcome == JOB_DONE || error_set(error, ERROR_INSTALLATION, "%s", end.reason);
    }
    if (done)
        log_info("%s: done", job->name);
    else
        error_add(error, "the job \"%s\" did not end well", job->name);
    talloc_free(context);
    return done;
}

static bool list_due(const void *context, const struct config *config, bool is_chosen[JOB_COUNT], struct error **error)
{
    struct store *store = store_open(context, config->database, error);
    struct job_run *runs = store ? store_list_last_jobs(context, store, error) : NULL;
    for (size_t i = 0; runs && i < JOB_COUNT; i++)
        is_chosen[i] = is_due(config, &jobs[i], find_last(runs, jobs[i].name), clock_now());
    talloc_free(store); /* before there is a child */
    return runs != NULL;
}

bool nightly_run(const struct config *config, const char *const names[], json_t *ended, struct error **error)
{
    void *context = talloc_new(NULL);
    bool is_chosen[JOB_COUNT] = {false};
    struct error *first = NULL;
    bool done = lock_take_night(context, config, error) && (names[0] || list_due(context, config, is_chosen, error));
    for (size_t i = 0; names[i]; i++)
        if (nightly_knows(names[i]))
            is_chosen[find_job(names[i]) - jobs] = true;
    for (size_t i = 0; done && i < JOB_COUNT; i++) {
        struct error *reason = NULL;
        if (!is_chosen[i] || run_job(config, &jobs[i], ended, &reason))
            continue;
        if (first) {
            char *text = error_text(context, reason);
            log_error("%s", text);
            error_free(&reason);
        } else {
            first = reason;
        }
    }
    talloc_free(context);
    if (!first)
        return done;
    if (error)
        *error = first;
    else
        error_free(&first);
    return false;
}

static json_t *list_missed(const struct office *office, const struct job_run *runs)
{
    json_t *missed = json_array();
    for (size_t i = 0; i < JOB_COUNT; i++) {
        const struct job_run *last = find_last(runs, jobs[i].name);
        if (last && office->now - last->started_at > MISSED && time_of_day(office->config, &jobs[i]) != KEYS_OFF) {
            struct civil civil = clock_to_civil(last->started_at);
            char *started = memory_format(NULL, "%04d-%02d-%02d %02d:%02d", civil.year, civil.month, civil.day, civil.hour,
                                          civil.minute);
            json_array_append_new(missed, json_pack("{s:s, s:s}", "name", jobs[i].name, "started", started));
            talloc_free(started);
        }
    }
    return memory_check(missed);
}

static bool tell_missed(const void *context, struct office *office, json_t *missed, const char *day,
                        struct error **error)
{
    json_t *view = json_pack("{s:O, s:I}", "jobs", missed, "count", (json_int_t)json_array_size(missed));
    struct outgoing outgoing = {.template = "job-missed",
                                .address = office->config->administrator,
                                .dedupe = memory_format(context, "job-missed/%s", day),
                                .view = memory_check(view)};
    bool done = store_begin(office->store, error);
    if (done) {
        done = office_queue(office, &outgoing, error) && store_set_fact(office->store, "job missed day", day, error) &&
               store_commit(office->store, error);
        if (!done)
            store_rollback(office->store);
    }
    json_decref(view);
    return done;
}

bool nightly_tell_missed(struct office *office, struct error **error)
{
    struct civil today = clock_to_civil(office->now);
    if (today.hour < MORNING)
        return true;
    void *context = talloc_new(NULL);
    struct job_run *runs = store_list_last_jobs(context, office->store, error);
    json_t *missed = runs ? list_missed(office, runs) : NULL;
    bool done = missed != NULL;
    if (json_array_size(missed)) {
        char *told = NULL;
        char *day = memory_format(context, "%04d-%02d-%02d", today.year, today.month, today.day);
        done = store_get_fact(context, office->store, "job missed day", &told, error) &&
               ((told && strcmp(told, day) == 0) || tell_missed(context, office, missed, day, error));
    }
    json_decref(missed);
    talloc_free(context);
    return done;
}

json_t *nightly_view(struct office *office, struct error **error)
{
    void *context = talloc_new(NULL);
    struct job_run *runs = store_list_last_jobs(context, office->store, error);
    json_t *list = runs ? json_array() : NULL;
    for (size_t i = 0; i < memory_count(runs); i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "name", runs[i].name, "outcome",
                                              job_outcome_name(runs[i].outcome), "started",
                                              clock_format_utc(context, runs[i].started_at), "reason", runs[i].reason));
    talloc_free(context);
    return list;
}
