/* One night's backup of a pool: see backup.h. */
#include "xen/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/keys.h"
#include "base/memory.h"
#include "xen/choose.h"
#include "xen/leftover.h"
#include "xen/night.h"
#include "xen/prune.h"
#include "xen/room.h"
#include "xen/snapshot.h"
#include "xen/space.h"
#include "xen/stream.h"
#include "xen/usual.h"

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

/* What is remembered of a VM, before tonight. */
static void recall(struct night *night, struct night_vm *vm)
{
    enum { MOST = 14 };
    int64_t sizes[MOST] = {0};
    struct vm_backup *last = store_list_good_backups(night, night->store, night->settings->name, vm->uuid, MOST, NULL);
    if (!memory_count(last))
        return;
    for (size_t i = 0; i < memory_count(last); i++)
        sizes[i] = last[i].bytes;
    vm->last_good = last->started_at;
    vm->last_bytes = last->bytes;
    vm->usual_bytes = usual_size(sizes, memory_count(last));
}

/* Whose last good backup is oldest has its turn first: when the time is short, nobody is left out night after night. */
static int compare_turns(const void *a, const void *b)
{
    const struct night_vm *first = a;
    const struct night_vm *second = b;
    if (first->last_good != second->last_good)
        return first->last_good < second->last_good ? -1 : 1;
    int order = strcmp(first->name, second->name);
    return order ? order : strcmp(first->uuid, second->uuid);
}

static void list_vms(struct night *night)
{
    const char **refs = choose_vms(night, night->settings, night->records);
    char **missing = choose_missing(night, night->settings, night->records);
    size_t found = memory_count(refs);
    size_t count = found + memory_count(missing);
    night->vms = memory_array(night, struct night_vm, count);
    for (size_t i = 0; i < found; i++) {
        const json_t *record = records_find(night->records, "VM", refs[i]);
        night->vms[i] = (struct night_vm){
            .ref = refs[i], .uuid = record_text(record, "uuid"), .name = record_text(record, "name_label")};
        recall(night, &night->vms[i]);
    }
    for (size_t i = 0; i < memory_count(missing); i++) {
        night->vms[found + i] = (struct night_vm){.uuid = "", .name = missing[i]};
        night_fail_with(night, &night->vms[found + i], NIGHT_FAILED, "vm_missing", "");
    }
    if (count)
        qsort(night->vms, count, sizeof *night->vms, compare_turns);
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
    if (vm->backup.bytes && usual_is_odd(vm->backup.bytes, vm->usual_bytes))
        vm->warning = client_make_reason(night, "size_odd",
                                         memory_format(night, "%lld MiB, usually %lld MiB", (long long)vm->backup.bytes >> 20,
                                                       (long long)vm->usual_bytes >> 20));
    vm->result = vm->warning.code ? NIGHT_WARNING : NIGHT_GOOD;
    if (night_enter(night, vm, "good", &error))
        return;
    char *text = error_text(night, error);
    night_fail_with(night, vm, NIGHT_FAILED, "store", text);
    error_free(&error);
}

/* Up to the point where nothing is left but to wait for an export. False: the VM is done with, one way or the other. */
static bool begin_vm(struct night *night, struct night_vm *vm)
{
    const json_t *record = records_find(night->records, "VM", vm->ref);
    if (vm->result != NIGHT_WAITING)
        return false;
    if (!night_seconds_left(night)) {
        night_fail_with(night, vm, NIGHT_SKIPPED, "time_over", "");
        return false;
    }
    if (json_object_size(json_object_get(record, "current_operations"))) {
        night_fail_with(night, vm, NIGHT_SKIPPED, "OTHER_OPERATION_IN_PROGRESS", "");
        return false;
    }
    if (!room_for_export(night, vm) || !room_for_snapshot(night, vm) || night->is_dry || !plan(night, vm) ||
        !snapshot_take(night, vm))
        return false;
    if (vm->backup.file)
        return stream_begin(night, vm);
    finish_good(night, vm);
    return false;
}

static void end_vm(struct night *night, struct night_vm *vm)
{
    prune_failed(night, vm);
    if (vm->result == NIGHT_GOOD || vm->result == NIGHT_WARNING)
        prune_backups(night, vm);
}

/* Snapshots one after the other, exports side by side. */
static void back_up_all(struct night *night)
{
    long at_work = 0;
    for (size_t next = 0;;) {
        while (next < memory_count(night->vms) && at_work < night->settings->parallel_exports) {
            struct night_vm *vm = &night->vms[next++];
            if (begin_vm(night, vm))
                at_work++;
            else
                end_vm(night, vm);
        }
        if (!at_work)
            return;
        struct night_vm *vm = stream_wait(night);
        at_work--;
        if (vm->result == NIGHT_WAITING)
            finish_good(night, vm);
        end_vm(night, vm);
    }
}

/* What the report shows */

static const char *result_name(enum night_result result)
{
    static const char *const names[] = {"waiting", "good", "warning", "skipped", "failed"};
    return names[result];
}

/* How far a backup has been proven: every block of an archive, or that the pool made a snapshot. */
static const char *level_of(const struct night_vm *vm)
{
    if (vm->result != NIGHT_GOOD && vm->result != NIGHT_WARNING)
        return NULL;
    return vm->backup.file ? "blocks" : "snapshot";
}

static json_t *view_vm(const struct night_vm *vm)
{
    bool is_good = vm->result == NIGHT_GOOD || vm->result == NIGHT_WARNING;
    const struct reason *reason = vm->reason.code ? &vm->reason : &vm->warning;
    return json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:s?, s:b, s:I, s:I, s:I, s:I, s:I, s:s?}", "name", vm->name, "uuid", vm->uuid,
                     "result", result_name(vm->result), "code", vm->reason.code, "raw", reason->raw, "warning", vm->warning.code,
                     "is_archive", (int)(vm->backup.file != NULL), "started", (json_int_t)vm->backup.started_at, "bytes",
                     (json_int_t)vm->backup.bytes, "usual_bytes", (json_int_t)vm->usual_bytes, "milliseconds",
                     (json_int_t)vm->backup.milliseconds, "last_good",
                     (json_int_t)(is_good ? vm->backup.started_at : vm->last_good), "verified", level_of(vm));
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
        json_array_append_new(vms, view_vm(&night->vms[i]));
    json_t *problem = code ? json_pack("{s:s, s:s}", "code", code, "raw", raw) : json_null();
    return json_pack("{s:s, s:I, s:I, s:b, s:o, s:o, s:O, s:O, s:O, s:O}", "pool", night->settings->name, "run",
                     (json_int_t)night->run.id, "at", (json_int_t)night->now, "is_dry", (int)night->is_dry, "problem", problem, "vms", vms, "removed",
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
    if (!night->records || !records_read(night->records, tables, error) || (!night->is_dry && !leftover_clear(night, error)))
        return false;
    /* ten seconds of work, and the most valuable backup of all: first, so that a night that is too short has it */
    if (!night->is_dry && *night->settings->export_folder && strcmp(night->settings->metadata, "yes") == 0)
        stream_metadata(night);
    list_vms(night);
    back_up_all(night);
    const char *ref;
    json_t *value;
    json_object_foreach(night->scanned, ref, value) {
        client_do(night->client, "SR.scan", json_pack("[s]", ref), NULL); /* starts the coalesce; it comes by itself, too */
    view_repositories(night);
    }
    return true;
}

static int destroy(struct night *night)
{
    json_decref(night->removed);
    json_decref(night->unfinished);
    json_decref(night->repositories);
    json_decref(night->metadata);
    json_decref(night->scanned);
    json_decref(night->needs);
    return 0;
}

/* Seconds until the pool's window closes; LONG_MAX when it has no end, 0 when it is closed now. */
static long window_left(const struct xen_settings *settings, time_t now)
{
    enum { DAY = 24 * 60 };
    struct civil civil = clock_to_civil(now);
    long minute = civil.hour * 60 + civil.minute;
    long begin = settings->window_begin;
    long end = settings->window_end;
    if (end == KEYS_OFF)
        return begin == KEYS_OFF || minute >= begin ? LONG_MAX : 0;
    bool is_open = begin == KEYS_OFF || (minute - begin + DAY) % DAY < (end - begin + DAY) % DAY;
    long minutes = (end - minute + DAY) % DAY;
    return is_open ? (minutes ? minutes : DAY) * 60 - now % 60 : 0;
}

static void set_deadline(struct night *night, enum backup_manner manner)
{
    long left = night->settings->run_minutes * 60;
    long window = manner == BACKUP_NIGHTLY ? window_left(night->settings, night->now) : LONG_MAX;
    night->deadline = night_clock() + (window < left ? window : left) * 1000;
}

/* What the run came to when it could not go on: XAPI's code or one of ours, and the sentence. */
static json_t *view_failure(struct night *night, const struct error *problem)
{
    const char *code = client_reason(night->client)->code;
    char *text = problem ? error_text(night, problem) : memory_copy_text(night, "");
    if (!code)
        code = night->records ? "store" : "wrong_pool";
    return view_night(night, code, text);
}

json_t *backup_run(const struct config *config, struct store *store, const struct xen_settings *settings,
                   enum backup_manner manner, struct error **error)
{
    struct night *night = memory_new(NULL, struct night);
    bool is_dry = manner == BACKUP_DRY;
    *night = (struct night){.config = config, .settings = settings, .store = store, .now = clock_now(), .is_dry = is_dry,
                            .removed = json_array(), .unfinished = json_array(), .repositories = json_array(),
                            .metadata = json_null(), .scanned = json_object(), .needs = json_object()};
    talloc_set_destructor(night, destroy);
    night->job = memory_format(night, "%s/%s", config->domain, settings->name);
    night->client = client_new(night, settings);
    set_deadline(night, manner);
    json_t *view = NULL;
    struct error *problem = NULL;
    if (take_lock(night, error) && (is_dry || begin_run(night, error))) {
        if (!night_seconds_left(night))
            view = view_night(night, "window_closed", "");
        else
            view = work(night, &problem) ? view_night(night, NULL, NULL) : view_failure(night, problem);
        if (!is_dry && !enter_run(night, memory_check(view), error)) {
            json_decref(view);
            view = NULL;
        }
    }
    error_free(&problem);
    talloc_free(night);
    return view;
}
