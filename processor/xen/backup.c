/* One night's backup of a pool: see backup.h. */
#include "xen/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "xen/choose.h"
#include "xen/night.h"
#include "xen/retention.h"
#include "xen/snapshot.h"
#include "xen/space.h"
#include "xen/stream.h"

enum { MOST_BACKUPS = 2000 };

static int release(int *descriptor)
{
    close(*descriptor);
    return 0;
}

/* One run a pool: two would take each other's snapshots for leftovers. */
static bool take_lock(struct night *night, struct error **error)
{
    char *path = memory_format(night, "%s.pool-%s.lock", night->config->database, night->settings->name);
    int *descriptor = memory_new(night, int);
    *descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (*descriptor < 0)
        return error_set_errno(error, "cannot open %s", path);
    talloc_set_destructor(descriptor, release);
    if (flock(*descriptor, LOCK_EX | LOCK_NB) == 0)
        return true;
    return errno == EWOULDBLOCK ? error_set(error, ERROR_TEMPORARY, "another backup of the pool %s is at work", night->settings->name)
                                : error_set_errno(error, "cannot lock %s", path);
}

static bool begin_run(struct night *night, struct error **error)
{
    night->run = (struct xen_run){.pool = night->settings->name, .job = memory_copy_text(night, "backup"), .started_at = night->now};
    if (!store_begin(night->store, error))
        return false;
    if (store_begin_xen_run(night->store, &night->run, error) && store_commit(night->store, error))
        return true;
    store_rollback(night->store);
    return false;
}

/* What killed runs left: half files and snapshots nobody will finish. A file under its own name was whole. */
static bool clean_up(struct night *night, struct error **error)
{
    struct vm_backup *left = store_list_unfinished_backups(night, night->store, night->settings->name, error);
    for (size_t i = 0; i < memory_count(left); i++) {
        struct night_vm vm = {.name = left[i].vm_name, .backup = left[i]};
        struct error *problem = NULL;
        if (!left[i].snapshot_uuid)
            vm.backup.snapshot_uuid = snapshot_find(night, left[i].snapshot_name);
        bool whole = left[i].file && access(left[i].file, F_OK) == 0;
        if (left[i].file && !whole)
            unlink(memory_format(night, "%s.part", left[i].file));
        bool gone = !vm.backup.snapshot_uuid || snapshot_remove(night, &vm.backup, &problem);
        if (gone)
            vm.backup.snapshot_uuid = NULL;
        if (!whole)
            vm.backup.file = NULL;
        vm.backup.reason = whole ? NULL : "interrupted";
        /* what cannot go now stays unfinished, and the next night tries again */
        if (gone && !night_enter(night, &vm, whole ? "good" : "interrupted", error))
            return false;
        json_array_append_new(night->unfinished, json_string(left[i].vm_name));
        error_free(&problem);
    }
    return left && snapshot_remove_doomed(night, error);
}

static bool list_vms(struct night *night)
{
    const char **refs = choose_vms(night, night->settings, night->records);
    char **missing = choose_missing(night, night->settings, night->records);
    size_t found = memory_count(refs);
    night->vms = memory_array(night, struct night_vm, found + memory_count(missing));
    for (size_t i = 0; i < found; i++) {
        const json_t *record = records_find(night->records, "VM", refs[i]);
        night->vms[i] = (struct night_vm){
            .ref = refs[i], .uuid = record_text(record, "uuid"), .name = record_text(record, "name_label")};
    }
    for (size_t i = 0; i < memory_count(missing); i++) {
        night->vms[found + i] = (struct night_vm){.uuid = "", .name = missing[i]};
        night_fail_with(night, &night->vms[found + i], NIGHT_FAILED, "vm_missing", "");
    }
    return true;
}

/* What tonight's snapshots take of a repository, by its ref. */
static int64_t taken(const struct night *night, const char *sr)
{
    return json_integer_value(json_object_get(night->needs, sr));
}

/* Adds up what the disks of a VM need, by repository; false (and why) when one of them cannot be snapshot. */
static bool add_needs(struct night *night, struct night_vm *vm, json_t *needs)
{
    size_t i;
    const json_t *ref;
    json_array_foreach(json_object_get(records_find(night->records, "VM", vm->ref), "VBDs"), i, ref) {
        const json_t *vbd = records_find(night->records, "VBD", json_string_value(ref));
        const char *vdi = record_text(vbd, "VDI");
        if (!vbd || strcmp(record_text(vbd, "type"), "Disk") != 0 || record_flag(vbd, "empty"))
            continue;
        const char *sr = record_text(records_find(night->records, "VDI", vdi), "SR");
        if (!space_is_storage(records_find(night->records, "SR", sr))) {
            night_fail_with(night, vm, NIGHT_FAILED, "not_storage", record_text(records_find(night->records, "VDI", vdi), "name_label"));
            return false;
        }
        json_int_t need = json_integer_value(json_object_get(needs, sr)) + space_need(night->records, vdi);
        json_object_set_new(needs, sr, json_integer(need));
    }
    return true;
}

/* The guard: refused before, with the numbers, rather than by a full repository halfway through the night. */
static bool there_is_room(struct night *night, struct night_vm *vm)
{
    json_t *needs = json_object();
    const char *ref;
    json_t *need;
    bool room = add_needs(night, vm, needs);
    json_object_foreach(needs, ref, need) {
        const json_t *sr = records_find(night->records, "SR", ref);
        int64_t free = space_free(sr) - taken(night, ref);
        int64_t reserve = space_reserve(sr, night->settings->reserve_percent);
        if (!room || free - json_integer_value(need) >= reserve)
            continue;
        char *raw = memory_format(night, "%s: needed %lld MiB, free %lld MiB, reserve %lld MiB", record_text(sr, "name_label"),
                                  (long long)json_integer_value(need) >> 20, (long long)free >> 20, (long long)reserve >> 20);
        night_fail_with(night, vm, NIGHT_SKIPPED, "no_space", raw);
        room = false;
    }
    json_object_foreach(needs, ref, need)
        if (room)
            json_object_set_new(night->needs, ref, json_integer(taken(night, ref) + json_integer_value(need)));
    json_decref(needs);
    return room;
}

/* Names that nobody else uses: run, instant and chance are in them. */
static bool plan(struct night *night, struct night_vm *vm)
{
    unsigned chance = 0;
    char stamp[32];
    struct tm fields;
    time_t now = clock_now();
    if (getrandom(&chance, sizeof chance, 0) < 0)
        chance = (unsigned)night_clock();
    gmtime_r(&now, &fields);
    strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", &fields);
    const char *folder = night->settings->export_folder;
    vm->begun = night_clock();
    vm->backup = (struct vm_backup){.run_id = night->run.id,
                                    .pool = night->settings->name,
                                    .vm_uuid = vm->uuid,
                                    .vm_name = vm->name,
                                    .started_at = now,
                                    .snapshot_name = memory_format(night, "kairan-%s-%08x-%s", stamp, chance, vm->name)};
    if (*folder)
        vm->backup.file = memory_format(night, "%s/%s-%s-%08x.xva", folder, vm->uuid, stamp, chance);
    struct error *error = NULL;
    if (night_enter(night, vm, "planned", &error))
        return true;
    char *text = error_text(night, error);
    vm->backup.id = 0;
    night_fail_with(night, vm, NIGHT_FAILED, "store", text);
    error_free(&error);
    return false;
}

static void finish_good(struct night *night, struct night_vm *vm)
{
    struct error *error = NULL;
    vm->backup.ended_at = clock_now();
    vm->backup.milliseconds = night_clock() - vm->begun;
    vm->result = vm->warning.code ? NIGHT_WARNING : NIGHT_GOOD;
    if (night_enter(night, vm, "good", &error))
        return;
    char *text = error_text(night, error);
    night_fail_with(night, vm, NIGHT_FAILED, "store", text);
    error_free(&error);
}

static void back_up(struct night *night, struct night_vm *vm)
{
    if (vm->result != NIGHT_WAITING)
        return;
    if (night_clock() >= night->deadline) {
        night_fail_with(night, vm, NIGHT_SKIPPED, "time_over", "");
        return;
    }
    if (json_object_size(json_object_get(records_find(night->records, "VM", vm->ref), "current_operations"))) {
        night_fail_with(night, vm, NIGHT_SKIPPED, "OTHER_OPERATION_IN_PROGRESS", "");
        return;
    }
    if (!there_is_room(night, vm) || night->is_dry || !plan(night, vm) || !snapshot_take(night, vm))
        return;
    if (!vm->backup.file || stream_export(night, vm))
        finish_good(night, vm);
}

/* Retention: only behind a good backup of tonight, and the newest good one always stays. */

static void remove_file(struct night *night, struct vm_backup *backup)
{
    if (unlink(backup->file) != 0 && errno != ENOENT) {
        log_warning("cannot remove %s: %s", backup->file, strerror(errno));
        return;
    }
    json_array_append_new(night->removed, json_string(strrchr(backup->file, '/') + 1));
    backup->file = NULL;
}

/* What was only there for an export goes without a word. */
static void remove_snapshot(struct night *night, struct vm_backup *backup, bool is_told)
{
    struct error *error = NULL;
    if (snapshot_remove(night, backup, &error)) {
        if (is_told)
            json_array_append_new(night->removed, json_string(backup->snapshot_name));
        backup->snapshot_uuid = NULL;
        return;
    }
    char *text = error_text(NULL, error);
    log_warning("%s", text);
    talloc_free(text);
    error_free(&error);
}

static void prune(struct night *night, struct night_vm *vm)
{
    const struct xen_settings *settings = night->settings;
    struct vm_backup *backups =
        store_list_good_backups(night, night->store, settings->name, vm->uuid, MOST_BACKUPS, NULL);
    size_t count = memory_count(backups);
    time_t *times = memory_array(night, time_t, count);
    bool *stays = memory_array(night, bool, count);
    const struct retention retention = {settings->keep_newest, settings->keep_daily, settings->keep_weekly, settings->keep_monthly};
    size_t there = 0;
    for (size_t i = 0; i < count; i++) /* what has gone keeps no place */
        if (backups[i].file || backups[i].snapshot_uuid)
            backups[there++] = backups[i];
    for (size_t i = 0; i < there; i++)
        times[i] = backups[i].started_at;
    retention_choose(&retention, times, there, stays);
    for (size_t i = 0; i < there; i++) {
        struct night_vm one = {.name = vm->name, .backup = backups[i]};
        bool snapshot_goes = one.backup.file ? (long)i >= settings->snapshots_kept : !stays[i];
        bool changed = false;
        if (one.backup.snapshot_uuid && (snapshot_goes || !stays[i])) {
            remove_snapshot(night, &one.backup, !one.backup.file);
            changed = !one.backup.snapshot_uuid;
        }
        if (one.backup.file && !stays[i]) {
            remove_file(night, &one.backup);
            changed = changed || !one.backup.file;
        }
        if (changed)
            night_enter(night, &one, "good", NULL);
    }
}

/* Failed tries leave no snapshot behind. */
static void remove_failed(struct night *night, struct night_vm *vm)
{
    if (!vm->backup.id || vm->result != NIGHT_FAILED || !vm->backup.snapshot_uuid)
        return;
    remove_snapshot(night, &vm->backup, false);
    night_enter(night, vm, vm->backup.snapshot_uuid ? "snapshot" : "failed", NULL);
}

/* What the report shows */

static const char *result_name(enum night_result result)
{
    static const char *const names[] = {"waiting", "good", "warning", "skipped", "failed"};
    return names[result];
}

static json_t *view_vm(struct night *night, const struct night_vm *vm)
{
    struct vm_backup *last = store_list_good_backups(night, night->store, night->settings->name, vm->uuid, 1, NULL);
    return json_pack("{s:s, s:s, s:s?, s:s?, s:s?, s:b, s:I, s:I, s:I}", "name", vm->name, "result", result_name(vm->result), "code",
                     vm->reason.code, "raw", vm->reason.raw, "warning", vm->warning.code, "is_archive",
                     (int)(vm->backup.file != NULL), "bytes", (json_int_t)vm->backup.bytes, "milliseconds",
                     (json_int_t)vm->backup.milliseconds, "last_good",
                     (json_int_t)(memory_count(last) ? last[0].started_at : 0));
}

static void view_repositories(struct night *night)
{
    const char *ref;
    json_t *sr;
    json_object_foreach(records_table(night->records, "SR", NULL), ref, sr) {
        if (!space_is_storage(sr))
            continue;
        struct sr_sample sample = {night->now, record_number(sr, "physical_size"), record_number(sr, "physical_utilisation")};
        store_add_sample(night->store, night->settings->name, record_text(sr, "uuid"), &sample, NULL);
        json_array_append_new(night->repositories, json_pack("{s:s, s:I, s:I}", "name", record_text(sr, "name_label"), "size",
                                                             (json_int_t)sample.size, "free", (json_int_t)space_free(sr)));
    }
}

static json_t *view_night(struct night *night, const char *code, const char *raw)
{
    json_t *vms = json_array();
    for (size_t i = 0; i < memory_count(night->vms); i++)
        json_array_append_new(vms, view_vm(night, &night->vms[i]));
    json_t *problem = code ? json_pack("{s:s, s:s}", "code", code, "raw", raw) : json_null();
    return json_pack("{s:s, s:I, s:b, s:o, s:o, s:O, s:O, s:O, s:O}", "pool", night->settings->name, "run",
                     (json_int_t)night->run.id, "is_dry", (int)night->is_dry, "problem", problem, "vms", vms, "removed",
                     night->removed, "unfinished", night->unfinished, "repositories", night->repositories, "metadata",
                     night->metadata);
}

static bool enter_run(struct night *night, const json_t *view, struct error **error)
{
    char *text = json_dumps(view, JSON_COMPACT);
    bool failed = !json_is_null(json_object_get(view, "problem"));
    for (size_t i = 0; i < memory_count(night->vms); i++)
        failed = failed || night->vms[i].result >= NIGHT_SKIPPED;
    night->run.view = text;
    night->run.status = memory_copy_text(night, failed ? "failed" : "good");
    night->run.ended_at = clock_now();
    bool done = store_end_xen_run(night->store, &night->run, error);
    free(text);
    return done;
}

static bool work(struct night *night, struct error **error)
{
    static const char *const tables[] = {"SR", "VM", "VDI", "VBD", NULL};
    if (!client_login(night->client, error))
        return false;
    night->records = records_open(night, night->client, night->settings->uuid, error);
    if (!night->records || !records_read(night->records, tables, error) || (!night->is_dry && !clean_up(night, error)))
        return false;
    list_vms(night);
    for (size_t i = 0; i < memory_count(night->vms); i++) {
        struct night_vm *vm = &night->vms[i];
        back_up(night, vm);
        remove_failed(night, vm);
        if (vm->result == NIGHT_GOOD || vm->result == NIGHT_WARNING)
            prune(night, vm);
    }
    if (!night->is_dry && *night->settings->export_folder && strcmp(night->settings->metadata, "yes") == 0)
        stream_metadata(night);
    const char *ref;
    json_t *value;
    json_object_foreach(night->scanned, ref, value)
        client_do(night->client, "SR.scan", json_pack("[s]", ref), NULL); /* starts the coalesce; it comes by itself, too */
    view_repositories(night);
    return true;
}

static int destroy(struct night *night)
{
    json_t *owned[] = {night->removed, night->unfinished, night->repositories, night->metadata, night->scanned, night->needs};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        json_decref(owned[i]);
    return 0;
}

json_t *backup_run(const struct config *config, struct store *store, const struct xen_settings *settings, bool is_dry,
                   struct error **error)
{
    struct night *night = memory_new(NULL, struct night);
    *night = (struct night){.config = config, .settings = settings, .store = store, .now = clock_now(), .is_dry = is_dry,
                            .removed = json_array(), .unfinished = json_array(), .repositories = json_array(),
                            .metadata = json_null(), .scanned = json_object(), .needs = json_object()};
    talloc_set_destructor(night, destroy);
    night->job = memory_format(night, "%s/%s", config->domain, settings->name);
    night->deadline = night_clock() + settings->run_minutes * 60000;
    night->client = client_new(night, settings);
    json_t *view = NULL;
    struct error *problem = NULL;
    if (take_lock(night, error) && (is_dry || begin_run(night, error))) {
        bool done = work(night, &problem);
        char *text = problem ? error_text(night, problem) : NULL;
        const char *code = client_reason(night->client)->code;
        view = memory_check(done ? view_night(night, NULL, NULL) : view_night(night, code ? code : "other", text));
        if (!is_dry && !enter_run(night, view, error)) {
            json_decref(view);
            view = NULL;
        }
    }
    error_free(&problem);
    talloc_free(night);
    return view;
}
