/* The nightly jobs of the pools: see pools.h. */
#include "job/pools.h"

#include "base/log.h"
#include "base/memory.h"
#include "report/backup_report.h"
#include "report/summary.h"
#include "xen/backup.h"
#include "xen/health_run.h"
#include "xen/updates_run.h"

/* The first error is handed on, the others are logged. */
static void keep_first(struct error **error, struct error *reason)
{
    if (error && !*error) {
        *error = reason;
        return;
    }
    char *text = error_text(NULL, reason);
    log_error("%s", text);
    talloc_free(text);
    error_free(&reason);
}

static bool on_every_pool(struct office *office, bool (*work)(struct office *, struct xen_settings *, struct error **),
                          struct error **error)
{
    char **names = settings_list(office, office->config, error);
    bool done = names != NULL;
    for (size_t i = 0; i < memory_count(names); i++) {
        struct error *reason = NULL;
        struct xen_settings *settings =
            settings_load(office, office->config, settings_path(office, office->config, names[i]), &reason);
        if (settings && work(office, settings, &reason))
            continue;
        error_add(&reason, "the pool %s", names[i]);
        keep_first(error, reason);
        done = false;
    }
    return done;
}

/* A night that went badly is told at once, the others in the morning; one that nobody was told of before the next begins. */
static bool back_up(struct office *office, struct xen_settings *settings, struct error **error)
{
    bool ready = report_send_untold_backups(office, settings, error);
    json_t *night = ready ? backup_run(office->config, office->store, settings, BACKUP_NIGHTLY, error) : NULL;
    bool done = night && summary_alert_backup(office, settings, night, error);
    json_decref(night);
    return done;
}

static bool look_at_updates(struct office *office, struct xen_settings *settings, struct error **error)
{
    json_t *run = updates_run(office->config, office->store, settings, UPDATES_NIGHT, error);
    json_decref(run);
    return run != NULL;
}

static bool look_at_health(struct office *office, struct xen_settings *settings, struct error **error)
{
    json_t *run = health_run(office->config, office->store, settings, HEALTH_NIGHT, error);
    bool done = run && summary_alert_health(office, settings, run, error);
    json_decref(run);
    return done;
}

static bool watch(struct office *office, struct xen_settings *settings, struct error **error)
{
    json_t *run = health_run(office->config, office->store, settings, HEALTH_DRY, error);
    bool done = run && summary_alert_health(office, settings, run, error);
    json_decref(run);
    return done;
}

bool pools_back_up(struct office *office, struct error **error)
{
    return on_every_pool(office, back_up, error);
}

bool pools_look_at_updates(struct office *office, struct error **error)
{
    return on_every_pool(office, look_at_updates, error);
}

bool pools_look_at_health(struct office *office, struct error **error)
{
    return on_every_pool(office, look_at_health, error);
}

bool pools_watch(struct office *office, struct error **error)
{
    return on_every_pool(office, watch, error);
}

bool pools_exist(const struct config *config)
{
    char **names = settings_list(NULL, config, NULL);
    bool any = memory_count(names) > 0;
    talloc_free(names);
    return any;
}

bool pools_report(struct office *office, struct error **error)
{
    return on_every_pool(office, summary_send, error);
}
