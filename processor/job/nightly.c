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
#include "job/pools.h"
#include "job/process.h"
#include "job/upkeep.h"
#include "note/digest.h"
#include "poll/interim.h"
#include "poll/series.h"
#include "report/history_report.h"
#include "store/fact.h"
#include "store/job_run.h"

enum {
    MINUTE = 60,
    HOUR = 60 * MINUTE,
    CATCH_UP = 4 * HOUR,  /* a job whose time passed longer ago waits for the next day */
    MISSED = 26 * HOUR,   /* a daily job that has not begun for so long is missed … */
    MORNING = 7,          /* … and told of from this hour on */
    LOCK_SECONDS = 5 * MINUTE,
    EARLY = MINUTE,       /* that a job may run before its interval is over: whoever starts us does not do so on the second */
};

static bool run_deadlines(struct office *office, struct error **error)
{
    struct process_counts counts;
    return process_run(office, false, &counts, error);
}

static bool run_reminders(struct office *office, struct error **error)
{
    return run_deadlines(office, error) && interim_run(office, error) && series_run(office, error);
}

struct nightly_job {
    const char *name;
    bool (*run)(struct office *office, struct error **error);
    bool takes_lock; /* the instance's, for the whole run; a long job does without and keeps its transactions short */
    int seconds;     /* its time limit */
    size_t time;     /* where its time of the day stands in the configuration */
    bool is_reported; /* the morning's report tells of it: who runs it by name gets that as well */
    bool is_repeated; /* its time are the minutes from one run to the next, and it is for those who have pools */
};

/* In the order in which they run when several are due. */
static const struct nightly_job jobs[] = {
    {"deadlines", run_deadlines, true, HOUR, offsetof(struct config, nightly_deadlines), false, false},
    {"reminders", run_reminders, true, HOUR, offsetof(struct config, nightly_reminders), false, false},
    {"digest", digest_run, true, HOUR, offsetof(struct config, nightly_digest), false, false},
    {"backup", pools_back_up, false, 26 * HOUR, offsetof(struct config, nightly_backup), true, false},
    {"updates", pools_look_at_updates, false, 12 * HOUR, offsetof(struct config, nightly_updates), true, false},
    {"health", pools_look_at_health, false, HOUR, offsetof(struct config, nightly_health), true, false},
    {"report", pools_report, false, HOUR, offsetof(struct config, nightly_report), false, false},
    {"watch", pools_watch, false, HOUR, offsetof(struct config, nightly_watch), false, true},
    {"housekeeping", upkeep_run, true, HOUR, offsetof(struct config, nightly_housekeeping), false, false},
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

static long time_of(const struct config *config, const struct nightly_job *job)
{
    return *(const long *)(const void *)((const char *)config + job->time);
}

static bool is_off(const struct config *config, const struct nightly_job *job)
{
    return job->is_repeated ? time_of(config, job) == 0 || !pools_exist(config) : time_of(config, job) == KEYS_OFF;
}

static const struct job_run *find_last(const struct job_run *runs, const char *name)
{
    for (size_t i = 0; i < memory_count(runs); i++)
        if (strcmp(runs[i].name, name) == 0)
            return &runs[i];
    return NULL;
}

/* The last time before `now` at which the clock said that a job is to run; 0: it is off. */
static time_t last_planned(const struct config *config, const struct nightly_job *job, time_t now)
{
    long minutes = time_of(config, job);
    if (is_off(config, job))
        return 0;
    struct civil civil = clock_to_civil(now);
    civil.hour = (int)(minutes / 60);
    civil.minute = (int)(minutes % 60);
    time_t planned = clock_from_civil(civil);
    return planned > now ? clock_from_civil(civil_add_minutes(civil, -24 * 60)) : planned;
}

static bool is_due(const struct config *config, const struct nightly_job *job, const struct job_run *last, time_t now)
{
    if (job->is_repeated)
        return !is_off(config, job) && (!last || now - last->started_at >= time_of(config, job) * MINUTE - EARLY);
    time_t planned = last_planned(config, job, now);
    return planned && now - planned < CATCH_UP &&
           (!last || last->started_at < planned || last->outcome == JOB_RUNNING);
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

/*
 * Jobs that need the instance's lock run one after the other, and so do those that work on pools for hours, beside which one looks
 * at the pools now and then; each kind has a lane of its own.
 */
enum { LOCKED, LONG, REPEATED, LANES };

struct lane {
    const struct nightly_job *job; /* that is at work; NULL: none */
    struct job_child *child;
    struct lock *lock;
    int64_t id;
};

struct round {
    const struct config *config;
    bool is_named; /* the jobs are those that somebody named, due or not */
    bool is_chosen[JOB_COUNT];
    struct lane lanes[LANES];
    json_t *ended;
    struct error *first; /* the first bad end */
};

static struct lane *lane_of(struct round *round, const struct nightly_job *job)
{
    return &round->lanes[job->takes_lock ? LOCKED : job->is_repeated ? REPEATED : LONG];
}

static void note_failure(struct round *round, const struct nightly_job *job, struct error *reason)
{
    error_add(&reason, "the job \"%s\" did not end well", job->name);
    if (!round->first) {
        round->first = reason;
        return;
    }
    char *text = error_text(NULL, reason);
    log_error("%s", text);
    talloc_free(text);
    error_free(&reason);
}

static bool choose_due(struct round *round, struct error **error)
{
    void *context = talloc_new(NULL);
    struct store *store = store_open(context, round->config->database, error);
    struct job_run *runs = store ? store_list_last_jobs(context, store, error) : NULL;
    for (size_t i = 0; runs && i < JOB_COUNT; i++)
        round->is_chosen[i] = lane_of(round, &jobs[i])->job != &jobs[i] &&
                              is_due(round->config, &jobs[i], find_last(runs, jobs[i].name), clock_now());
    talloc_free(context); /* before there is a child */
    return runs != NULL;
}

/* Whoever else looks at the clock may have run it between our look and our lock. */
static bool is_still_due(const struct round *round, const struct nightly_job *job)
{
    struct round look = {.config = round->config};
    return round->is_named || (choose_due(&look, NULL) && look.is_chosen[job - jobs]);
}

static void start(const void *context, struct round *round, struct work *closure, struct lane *lane)
{
    const struct nightly_job *job = closure->job;
    struct error *error = NULL;
    round->is_chosen[job - jobs] = false;
    lane->lock = lock_take_job(context, round->config, job->name, &error);
    bool is_elsewhere = error && error->class == ERROR_TEMPORARY;
    if (lane->lock && is_still_due(round, job) && begin(round->config, job, &lane->id, &error))
        lane->child = job_child_start(context, work, closure, job->seconds, &error);
    if (lane->child) {
        lane->job = job;
        return;
    }
    talloc_free(lane->lock);
    *lane = (struct lane){0};
    if (error && (!is_elsewhere || round->is_named))
        note_failure(round, job, error);
    else
        error_free(&error);
}

/* The first chosen job of every lane that is free, until all are at work or nothing is left. */
static void start_chosen(const void *context, struct round *round, struct work works[JOB_COUNT])
{
    for (size_t i = 0; i < JOB_COUNT; i++) {
        struct lane *lane = lane_of(round, &jobs[i]);
        works[i] = (struct work){round->config, &jobs[i]};
        if (round->is_chosen[i] && !lane->job)
            start(context, round, &works[i], lane);
    }
}

static void end_lane(struct round *round, struct lane *lane)
{
    void *context = talloc_new(NULL);
    struct error *reason = NULL;
    struct job_end end;
    job_child_end(context, lane->child, &end);
    bool done = enter_end(round->config, lane->job, lane->id, &end, &reason);
    json_array_append_new(round->ended, json_pack("{s:s, s:s, s:s}", "name", lane->job->name, "outcome",
                                                  job_outcome_name(end.outcome), "reason", end.reason));
    if (done && end.outcome != JOB_DONE)
        done = error_set(&reason, ERROR_INSTALLATION, "%s", end.reason);
    if (done)
        log_info("%s: done", lane->job->name);
    else
        note_failure(round, lane->job, reason);
    talloc_free(lane->lock);
    *lane = (struct lane){0};
    talloc_free(context);
}

/* Waits a while for one of the jobs at work; false when none is. */
static bool wait_for_one(struct round *round)
{
    struct job_child *children[LANES];
    struct lane *lanes[LANES];
    size_t count = 0;
    for (size_t i = 0; i < LANES; i++) {
        if (!round->lanes[i].job)
            continue;
        lanes[count] = &round->lanes[i];
        children[count++] = round->lanes[i].child;
    }
    size_t ended = count ? job_child_wait(children, count, MINUTE * 1000) : 0;
    if (ended < count)
        end_lane(round, lanes[ended]);
    return count > 0;
}

bool nightly_run(const struct config *config, const char *const names[], json_t *ended, struct error **error)
{
    void *context = talloc_new(NULL);
    struct round round = {.config = config, .is_named = names[0] != NULL, .ended = ended};
    struct work works[JOB_COUNT];
    bool done = round.is_named || choose_due(&round, error);
    for (size_t i = 0; names[i]; i++) {
        const struct nightly_job *job = find_job(names[i]);
        if (job)
            round.is_chosen[job - jobs] = true;
        if (job && job->is_reported && config->nightly_report != KEYS_OFF)
            round.is_chosen[find_job("report") - jobs] = true;
    }
    while (done) {
        start_chosen(context, &round, works);
        if (!wait_for_one(&round))
            break;
        if (!round.is_named)
            choose_due(&round, round.first ? NULL : &round.first);
    }
    talloc_free(context);
    if (!round.first)
        return done;
    if (error)
        *error = round.first;
    else
        error_free(&round.first);
    return false;
}

static json_t *list_missed(const struct office *office, const struct job_run *runs)
{
    json_t *missed = json_array();
    for (size_t i = 0; i < JOB_COUNT; i++) {
        const struct job_run *last = find_last(runs, jobs[i].name);
        if (last && office->now - last->started_at > MISSED && !is_off(office->config, &jobs[i])) {
            struct civil civil = clock_to_civil(last->started_at);
            char *started = memory_format(NULL, "%04d-%02d-%02d %02d:%02d", civil.year, civil.month, civil.day, civil.hour,
                                          civil.minute);
            json_array_append_new(missed, json_pack("{s:s, s:s}", "name", jobs[i].name, "started", started));
            talloc_free(started);
        }
    }
    return memory_check(missed);
}

/* Pools of which nobody was told anything since the last night began. */
static json_t *list_silent(const void *context, const struct office *office, struct error **error)
{
    time_t planned = last_planned(office->config, find_job("backup"), office->now);
    if (!planned || office->now - planned < CATCH_UP)
        return json_array();
    return report_list_silent_pools(context, office, planned, error);
}

static bool tell_missed(const void *context, struct office *office, json_t *missed, json_t *silent, const char *day,
                        struct error **error)
{
    json_int_t jobs_missed = (json_int_t)json_array_size(missed);
    json_int_t pools_silent = (json_int_t)json_array_size(silent);
    json_t *view = json_pack("{s:O, s:O, s:b, s:b, s:I}", "jobs", missed, "pools", silent, "has_jobs", (int)(jobs_missed > 0),
                             "has_pools", (int)(pools_silent > 0), "count", jobs_missed + pools_silent);
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
    char *told = NULL;
    char *day = memory_format(context, "%04d-%02d-%02d", today.year, today.month, today.day);
    bool done = store_get_fact(context, office->store, "job missed day", &told, error);
    bool is_told = told && strcmp(told, day) == 0;
    struct job_run *runs = done && !is_told ? store_list_last_jobs(context, office->store, error) : NULL;
    json_t *missed = runs ? list_missed(office, runs) : NULL;
    json_t *silent = missed ? list_silent(context, office, error) : NULL;
    if (done && !is_told)
        done = silent && ((!json_array_size(missed) && !json_array_size(silent)) ||
                          tell_missed(context, office, missed, silent, day, error));
    json_decref(missed);
    json_decref(silent);
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
