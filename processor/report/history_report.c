/* What is remembered of pools: see history_report.h. */
#include "report/history_report.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "report/words.h"
#include "store/xen.h"
#include "xen/settings.h"
#include "xen/usual.h"

enum { MOST_BACKUPS = 20000, DAY = 24 * 3600 };

static bool is_good(const struct vm_backup *backup)
{
    return strcmp(backup->state, "good") == 0;
}

/* The usual size of a VM before the backup at `index`: those that follow in the list are older. */
static int64_t usual_before(const struct vm_backup *backups, size_t count, size_t index)
{
    enum { MOST = 14 };
    int64_t sizes[MOST];
    size_t found = 0;
    for (size_t i = index + 1; i < count && found < MOST; i++)
        if (is_good(&backups[i]) && strcmp(backups[i].vm_uuid, backups[index].vm_uuid) == 0)
            sizes[found++] = backups[i].bytes;
    return usual_size(sizes, found);
}

static json_t *view_backup(const void *context, const struct vm_backup *backups, size_t count, size_t index)
{
    const struct vm_backup *backup = &backups[index];
    int64_t usual = backup->bytes ? usual_before(backups, count, index) : 0;
    bool has_file = backup->file && access(backup->file, F_OK) == 0;
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s?, s:I, s:s?, s:I, s:s?, s:b, s:I, s:s?, s:b, s:s?}", "vm", backup->vm_name, "uuid",
                     backup->vm_uuid, "started", clock_format_utc(context, backup->started_at), "date",
                     report_format_instant(context, backup->started_at), "state", backup->state, "verified",
                     is_good(backup) ? (backup->bytes ? "blocks" : "snapshot") : NULL, "bytes", (json_int_t)backup->bytes, "size",
                     backup->bytes ? report_format_size(context, backup->bytes) : NULL, "usual_bytes", (json_int_t)usual, "usual",
                     usual ? report_format_size(context, usual) : NULL, "is_odd",
                     (int)(is_good(backup) && usual_is_odd(backup->bytes, usual)), "seconds", (json_int_t)(backup->milliseconds / 1000),
                     "file", has_file ? backup->file : NULL, "has_snapshot", (int)(is_good(backup) && backup->snapshot_uuid != NULL),
                     "reason", backup->reason);
}

/* The newest good one of a VM, which the list has not named yet. */
static json_t *view_vm(const void *context, const struct vm_backup *backups, size_t count, size_t index, time_t now)
{
    const struct vm_backup *newest = NULL;
    json_int_t kept = 0;
    for (size_t i = index; i < count; i++) {
        const struct vm_backup *backup = &backups[i];
        if (!is_good(backup) || strcmp(backup->vm_uuid, backups[index].vm_uuid) != 0)
            continue;
        newest = newest ? newest : backup;
        kept += backup->file || backup->snapshot_uuid;
    }
    json_int_t bytes = newest ? newest->bytes : 0;
    return json_pack("{s:s, s:s, s:s?, s:s?, s:I, s:I, s:I, s:s?}", "vm", backups[index].vm_name, "uuid", backups[index].vm_uuid,
                     "last_good", newest ? clock_format_utc(context, newest->started_at) : NULL, "date",
                     newest ? report_format_instant(context, newest->started_at) : NULL, "age_days",
                     newest ? (json_int_t)(now - newest->started_at) / DAY : 0, "kept", kept, "bytes", bytes, "size",
                     bytes ? report_format_size(context, bytes) : NULL);
}

static bool is_first(const struct vm_backup *backups, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(backups[i].vm_uuid, backups[index].vm_uuid) == 0)
            return false;
    return true;
}

json_t *report_view_history(struct office *office, const char *pool, const char *vm, struct error **error)
{
    void *context = talloc_new(NULL);
    struct vm_backup *backups = store_list_backups(context, office->store, pool, vm, MOST_BACKUPS, error);
    size_t count = memory_count(backups);
    json_t *list = json_array();
    json_t *vms = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, memory_check(view_backup(context, backups, count, i)));
        if (is_first(backups, i))
            json_array_append_new(vms, memory_check(view_vm(context, backups, count, i, office->now)));
    }
    json_t *view = memory_check(json_pack("{s:s, s:o, s:o}", "pool", pool, "backups", list, "vms", vms));
    talloc_free(context);
    if (backups)
        return view;
    json_decref(view);
    return NULL;
}

/* Of the VMs of the last run, whose last good backup is oldest. */
static json_t *find_oldest(const void *context, const json_t *night, time_t now)
{
    const json_t *oldest = NULL;
    size_t i;
    const json_t *vm;
    json_array_foreach(json_object_get(night, "vms"), i, vm) {
        json_int_t last = json_integer_value(json_object_get(vm, "last_good"));
        if (!oldest || last < json_integer_value(json_object_get(oldest, "last_good")))
            oldest = vm;
    }
    if (!oldest)
        return json_null();
    time_t last = (time_t)json_integer_value(json_object_get(oldest, "last_good"));
    return json_pack("{s:O, s:s?, s:I}", "vm", json_object_get(oldest, "name"), "date", report_format_instant(context, last),
                     "age_days", last ? (json_int_t)(now - last) / DAY : 0);
}

static json_t *view_pool(const void *context, const char *name, const struct xen_run *run, time_t now)
{
    json_t *night = run && run->view ? json_loads(run->view, 0, NULL) : NULL;
    json_int_t good = 0;
    size_t i;
    const json_t *vm;
    json_array_foreach(json_object_get(night, "vms"), i, vm) {
        const char *result = json_string_value(json_object_get(vm, "result"));
        good += result && (strcmp(result, "good") == 0 || strcmp(result, "warning") == 0);
    }
    json_t *view = json_pack("{s:s, s:s?, s:s?, s:s?, s:b, s:I, s:I, s:o}", "pool", name, "started",
                             run ? clock_format_utc(context, run->started_at) : NULL, "date",
                             run ? report_format_instant(context, run->started_at) : NULL, "status", run ? run->status : NULL, "is_good",
                             (int)(run && strcmp(run->status, "good") == 0), "vms",
                             (json_int_t)json_array_size(json_object_get(night, "vms")), "good", good, "oldest",
                             find_oldest(context, night, now));
    json_decref(night);
    return memory_check(view);
}

json_t *report_view_pools(struct office *office, struct error **error)
{
    void *context = talloc_new(NULL);
    struct xen_run *runs = store_list_last_xen_runs(context, office->store, "backup", error);
    char **names = runs ? settings_list(context, office->config, error) : NULL;
    json_t *list = json_array();
    for (size_t i = 0; i < memory_count(names); i++) {
        const struct xen_run *run = NULL;
        for (size_t j = 0; j < memory_count(runs); j++)
            run = strcmp(runs[j].pool, names[i]) == 0 ? &runs[j] : run;
        json_array_append_new(list, view_pool(context, names[i], run, office->now));
    }
    json_t *view = memory_check(json_pack("{s:o}", "pools", list));
    bool done = names != NULL;
    talloc_free(context);
    if (done)
        return view;
    json_decref(view);
    return NULL;
}

json_t *report_list_silent_pools(const void *context, const struct office *office, time_t planned, struct error **error)
{
    enum { GRACE = 15 * 60 };
    struct xen_run *runs = store_list_last_xen_runs(context, office->store, "backup", error);
    time_t over = planned + GRACE; /* pools have their turn one after the other, each for as long as its file says */
    json_t *silent = runs ? json_array() : NULL;
    for (size_t i = 0; i < memory_count(runs); i++) {
        struct xen_settings *settings =
            settings_load(context, office->config, settings_path(context, office->config, runs[i].pool), NULL);
        if (!settings)
            continue; /* it has no file any more; one that cannot be read is told of by the job */
        over += settings->run_minutes * 60;
        if (office->now > over && (runs[i].started_at < planned || !runs[i].ended_at))
            json_array_append_new(silent, json_pack("{s:s, s:s}", "name", runs[i].pool, "started",
                                                    report_format_instant(context, runs[i].started_at)));
    }
    return silent;
}
