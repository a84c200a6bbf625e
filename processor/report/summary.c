/* The mails about a pool: see summary.h. */
#include "report/summary.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/keys.h"
#include "base/memory.h"
#include "report/backup_report.h"
#include "report/health_report.h"
#include "report/updates_report.h"
#include "report/words.h"
#include "store/fact.h"
#include "store/host_update.h"
#include "store/xen.h"

enum { HOUR = 60 * 60, DAY = 24 * HOUR, FRESH = 26 * HOUR, LONGEST_SILENCE = 7 * DAY };

/* Collecting */

/* The view of the last run of a job, if it is of this night; *is_running: it has not ended. */
static bool load_run(const void *context, struct office *office, const char *pool, const char *job, json_t **view, bool *is_running,
                     struct error **error)
{
    struct xen_run run = {0};
    *view = NULL;
    *is_running = false;
    if (!store_load_last_xen_run(context, office->store, pool, job, &run, error))
        return false;
    bool is_fresh = run.id && office->now - run.started_at < FRESH;
    *is_running = is_fresh && strcmp(run.status, "running") == 0;
    *view = is_fresh && run.view ? json_loads(run.view, 0, NULL) : NULL;
    return true;
}

static bool is_set(const json_t *view, const char *name)
{
    return json_is_true(json_object_get(view, name));
}

static json_int_t number_of(const json_t *view, const char *name)
{
    return json_integer_value(json_object_get(view, name));
}

/* A section: its view, or why there is none. Takes the reference of `view`. */
static void add_section(json_t *summary, const char *name, json_t *view, bool is_running, long time)
{
    char missing[32];
    char running[32];
    snprintf(missing, sizeof missing, "%s_missing", name);
    snprintf(running, sizeof running, "%s_running", name);
    json_object_set_new(summary, missing, json_boolean(!view && !is_running && time != KEYS_OFF));
    json_object_set_new(summary, running, json_boolean(!view && is_running));
    json_object_set_new(summary, name, view ? view : json_null());
}

/* The worst of the sections; a job that did not run is as bad as one that failed. */
static void judge(json_t *summary)
{
    static const char *const names[] = {"backup", "updates", "health"};
    bool bad = is_set(summary, "backup_missing") || is_set(summary, "health_missing");
    bool careful = is_set(summary, "backup_running") || is_set(summary, "updates_missing");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const json_t *section = json_object_get(summary, names[i]);
        bad = bad || is_set(section, "is_bad");
        careful = careful || is_set(section, "is_careful");
    }
    json_object_set_new(summary, "is_bad", json_boolean(bad));
    json_object_set_new(summary, "is_careful", json_boolean(careful && !bad));
    json_object_set_new(summary, "is_good", json_boolean(!careful && !bad));
}

json_t *summary_view(struct office *office, const struct xen_settings *settings, struct error **error)
{
    void *context = talloc_new(NULL);
    const struct config *config = office->config;
    json_t *runs[3];
    bool running[3];
    bool done = load_run(context, office, settings->name, "backup", &runs[0], &running[0], error);
    if (done) {
        done = load_run(context, office, settings->name, "updates", &runs[1], &running[1], error);
        if (done && !load_run(context, office, settings->name, "health", &runs[2], &running[2], error)) {
            json_decref(runs[1]);
            done = false;
        }
        if (!done)
            json_decref(runs[0]);
    }
    json_t *summary = NULL;
    if (done) {
        char *date = report_format_instant(context, office->now);
        summary = json_pack("{s:s, s:s, s:s#}", "pool", settings->name, "date", date, "day", date, (int)strlen("2026-01-15"));
        json_t *repositories = json_object_get(runs[2], "repositories");
        json_int_t backup_run = number_of(runs[0], "run");
        add_section(summary, "backup", runs[0] ? report_view_backup(runs[0]) : NULL, running[0], config->nightly_backup);
        add_section(summary, "updates", runs[1] ? report_view_updates(runs[1], office->now) : NULL, running[1], config->nightly_updates);
        add_section(summary, "health", runs[2] ? report_view_health(runs[2], office->now) : NULL, running[2], config->nightly_health);
        bool has_storage = json_array_size(repositories) > 0;
        json_object_set_new(summary, "has_storage", json_boolean(has_storage));
        if (runs[0]) /* the state of this morning, with its trend, says all that the night's does */
            json_object_set_new(json_object_get(summary, "backup"), "shows_storage", json_boolean(!has_storage));
        json_object_set_new(summary, "backup_run", json_integer(backup_run));
        char *night = memory_format(context, "%s/%lld/%lld/%lld", json_string_value(json_object_get(summary, "day")), (long long)backup_run,
                                    (long long)number_of(runs[1], "run"), (long long)number_of(runs[2], "run"));
        json_object_set_new(summary, "night", json_string(night));
        judge(summary);
        for (size_t i = 0; i < 3; i++)
            json_decref(runs[i]);
    }
    talloc_free(context);
    return summary;
}

/* Sending */

static bool queue(struct office *office, const struct xen_settings *settings, const char *template, const char *addresses,
                  const char *key, json_t *view, struct error **error)
{
    void *context = talloc_new(NULL);
    char **list = settings_split(context, addresses);
    bool done = true;
    for (size_t i = 0; done && i < memory_count(list); i++) {
        struct outgoing outgoing = {.template = template,
                                    .language = settings->language,
                                    .address = list[i],
                                    .dedupe = memory_format(context, "%s/%s/%s/%s", template, settings->name, key, list[i]),
                                    .view = view};
        done = office_queue(office, &outgoing, error);
    }
    talloc_free(context);
    return done;
}

/* What makes one summary another: everything in it but its times and sizes. */
static char *describe(const void *context, const json_t *summary)
{
    static const char *const results[] = {"failed", "skipped", "warning"};
    char *text = memory_copy_text(context, "");
    const json_t *backup = json_object_get(summary, "backup");
    size_t i;
    const json_t *item;
    for (size_t j = 0; j < sizeof results / sizeof *results; j++)
        json_array_foreach(json_object_get(backup, results[j]), i, item)
            text = memory_format(context, "%s%s %s\n", text, results[j], json_string_value(json_object_get(item, "name")));
    json_array_foreach(json_object_get(json_object_get(summary, "updates"), "rows"), i, item)
        text = memory_format(context, "%s%s %s\n", text, json_string_value(json_object_get(item, "name")),
                             json_string_value(json_object_get(item, "marks")));
    json_array_foreach(json_object_get(json_object_get(summary, "health"), "findings"), i, item)
        text = memory_format(context, "%s%s %s\n", text, json_string_value(json_object_get(item, "code")),
                             json_string_value(json_object_get(item, "object")));
    return memory_format(context, "%s%d%d%d", text, is_set(summary, "is_bad"), is_set(summary, "backup_missing"),
                         is_set(summary, "health_missing"));
}

/* The quiet rules; after a week of silence one comes whatever they say, for silence must not look like peace. */
static bool is_wanted(const void *context, struct office *office, const struct xen_settings *settings, const json_t *summary,
                      bool *wanted, struct error **error)
{
    char *last = NULL;
    char *name = memory_format(context, "xen summary %s", settings->name);
    if (!store_get_fact(context, office->store, name, &last, error))
        return false;
    time_t at = 0;
    const char *text = last ? strchr(last, '\n') : NULL;
    if (text)
        clock_parse(memory_copy_bytes(context, last, (size_t)(text - last)), &at);
    bool is_same = text && strcmp(text + 1, describe(context, summary)) == 0;
    bool is_quiet = strcmp(settings->summary, "changes") == 0    ? is_same
                    : strcmp(settings->summary, "problems") == 0 ? is_set(summary, "is_good")
                                                                 : false;
    *wanted = !is_quiet || office->now - at >= LONGEST_SILENCE;
    return true;
}

/*
 * Keyed by the night that is told of: a job that was killed when its mails were queued already, and runs again, queues none.
 */
static bool queue_all(const void *context, struct office *office, const struct xen_settings *settings, json_t *summary,
                      struct error **error)
{
    char *instant = clock_format_utc(context, office->now);
    char *fact = memory_format(context, "%s\n%s", instant, describe(context, summary));
    const char *night = json_string_value(json_object_get(summary, "night"));
    bool is_problem = !is_set(summary, "is_good");
    return queue(office, settings, "xen-report", settings->to, night, summary, error) &&
           (!is_problem || queue(office, settings, "xen-report", settings->problem_to, night, summary, error)) &&
           store_tell_updates(office->store, settings->name, office->now, error) &&
           store_set_fact(office->store, memory_format(context, "xen summary %s", settings->name), fact, error);
}

bool summary_send(struct office *office, struct xen_settings *settings, struct error **error)
{
    void *context = talloc_new(NULL);
    bool wanted = false;
    json_t *summary = summary_view(office, settings, error);
    bool done = summary && is_wanted(context, office, settings, summary, &wanted, error);
    if (done) {
        done = store_begin(office->store, error);
        if (done) {
            /* a night that the rules let pass in silence is as good as told */
            done = (!wanted || queue_all(context, office, settings, summary, error)) &&
                   store_tell_xen_run(office->store, number_of(summary, "backup_run"), error) && store_commit(office->store, error);
            if (!done)
                store_rollback(office->store);
        }
    }
    json_decref(summary);
    talloc_free(context);
    return done;
}

/* Alerts */

static const char *alert_addresses(const struct xen_settings *settings)
{
    return *settings->alert_to ? settings->alert_to : settings->to;
}

bool summary_alert_backup(struct office *office, const struct xen_settings *settings, const json_t *night, struct error **error)
{
    json_t *view = report_view_backup(night);
    bool is_urgent = is_set(view, "is_bad") && settings->alert_priority >= 2;
    bool has_summary = office->config->nightly_report != KEYS_OFF;
    json_decref(view);
    return (has_summary && !is_urgent) || report_send_backup(office, settings, night, error);
}

/* {"code object": true} of what is bad enough; of these, those that were not so at the last look become the alert. */
static json_t *collect_alerts(const struct xen_settings *settings, const json_t *run, const json_t *before, json_t *fresh)
{
    json_t *all = json_object();
    size_t i;
    const json_t *finding;
    json_array_foreach(json_object_get(run, "findings"), i, finding) {
        if (number_of(finding, "priority") > settings->alert_priority)
            continue;
        char *key = memory_format(NULL, "%s %s", json_string_value(json_object_get(finding, "code")),
                                  json_string_value(json_object_get(finding, "object")));
        json_object_set_new(all, key, json_true());
        if (!json_object_get(before, key))
            json_array_append_new(fresh, report_view_finding(finding));
        talloc_free(key);
    }
    return all;
}

/* Inside a transaction, so that of two looks at the same time only one tells. */
static bool alert_health(const void *context, struct office *office, const struct xen_settings *settings, const json_t *run,
                         struct error **error)
{
    static const char problem_key[] = "problem";
    char *name = memory_format(context, "xen alerts %s", settings->name);
    char *text = NULL;
    if (!store_get_fact(context, office->store, name, &text, error))
        return false;
    json_t *before = text ? json_loads(text, 0, NULL) : json_object();
    json_t *fresh = json_array();
    json_t *all = collect_alerts(settings, run, before, fresh);
    json_t *health = report_view_health(run, office->now);
    bool is_away = !json_is_null(json_object_get(health, "problem")) && settings->alert_priority >= 2;
    bool is_news = json_array_size(fresh) || (is_away && !json_object_get(before, problem_key));
    if (is_away)
        json_object_set_new(all, problem_key, json_true());
    json_t *view = json_pack("{s:s, s:s, s:O, s:O, s:i}", "pool", settings->name, "date", report_format_instant(context, office->now),
                             "problem", json_object_get(health, "problem"), "findings", fresh, "count",
                             (int)json_array_size(fresh) + is_away);
    char *told = json_dumps(all, JSON_COMPACT);
    bool done = (!is_news || queue(office, settings, "xen-alert", alert_addresses(settings), clock_format_utc(context, office->now), view, error)) &&
                store_set_fact(office->store, name, told, error);
    free(told);
    json_decref(view);
    json_decref(health);
    json_decref(all);
    json_decref(fresh);
    json_decref(before);
    return done;
}

bool summary_alert_health(struct office *office, const struct xen_settings *settings, const json_t *run, struct error **error)
{
    void *context = talloc_new(NULL);
    bool done = store_begin(office->store, error);
    if (done) {
        done = alert_health(context, office, settings, run, error) && store_commit(office->store, error);
        if (!done)
            store_rollback(office->store);
    }
    talloc_free(context);
    return done;
}
