/* Exports and dumps of a night: see stream.h. */
#include "xen/stream.h"

#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "store/fact.h"
#include "xen/ask.h"

enum { DUMPS_KEPT = 14, GRACE_SECONDS = 5, KILOBYTE = 1000 };

/* What must stay free on the volume; false when it is below that already. */
static bool look_at_volume(const struct night *night, int64_t *reserve, struct reason *reason)
{
    struct statvfs volume;
    struct error *error = NULL;
    *reserve = 0;
    bool there = file_make_folder(night->settings->export_folder, &error) && statvfs(night->settings->export_folder, &volume) == 0;
    if (there)
        *reserve = (int64_t)volume.f_blocks / 100 * (int64_t)volume.f_frsize * night->settings->export_reserve_percent;
    bool room = there && (int64_t)volume.f_bavail * (int64_t)volume.f_frsize >= *reserve;
    if (!room)
        *reason = client_make_reason(night, there ? "volume_full" : "volume", error ? error->sentence : night->settings->export_folder);
    error_free(&error);
    return room;
}

/* What a stream is asked of a helper with; NULL with *reason below the night. */
static json_t *make_order(struct night *night, const char *file, struct reason *reason)
{
    const struct xen_settings *settings = night->settings;
    int64_t reserve;
    int seconds = night_seconds_left(night);
    if (!look_at_volume(night, &reserve, reason))
        return NULL;
    if (!seconds) {
        *reason = client_make_reason(night, "time_over", "");
        return NULL;
    }
    return memory_check(json_pack("{s:s, s:s, s:I, s:i, s:I}", "do", "export", "file", file, "rate",
                                  (json_int_t)settings->rate_limit * KILOBYTE / settings->parallel_exports, "seconds", seconds,
                                  "reserve", (json_int_t)reserve));
}

/* Hands the order to a helper of its own; takes the reference. NULL with *reason below the night. */
static struct child *start(struct night *night, json_t *order, struct reason *reason)
{
    return ask_begin(night, night->client, order, night_seconds_left(night) + GRACE_SECONDS, reason);
}

/* What the helper told in the end; frees it. NULL with *reason below the night. */
static json_t *hear(struct night *night, struct child *child, struct reason *reason)
{
    json_t *value = ask_end(night, child, reason);
    if (!value && !night_seconds_left(night))
        *reason = client_make_reason(night, "timeout", reason->raw);
    return value;
}

/* The pool's own word on the export: an archive may look whole to us and still not be what was asked for. */
static bool task_is_well(struct night *night, const char *task, struct reason *reason)
{
    enum { TRIES = 20, MILLISECONDS = 100 };
    for (int tries = 0; tries < TRIES; tries++) {
        char *status = client_task_status(night, night->client, task, NULL);
        if (status && strcmp(status, "success") == 0)
            return true;
        const struct reason *told = client_reason(night->client);
        *reason = client_make_reason(night, told->code ? told->code : "task_lost", told->raw ? told->raw : "");
        if (!status || strcmp(status, "pending") != 0)
            return false;
        client_sleep(MILLISECONDS);
    }
    return false;
}

static bool put_in_place(const struct night *night, const char *part, const char *file, struct error **error)
{
    if (rename(part, file) != 0)
        return error_set_errno(error, "cannot rename %s", part);
    return file_sync_folder(night->settings->export_folder, error);
}

static char *part_of(const struct night_vm *vm, const void *context)
{
    return memory_format(context, "%s.part", vm->backup.file);
}

static void give_up(struct night *night, struct night_vm *vm, struct reason reason, const struct error *error)
{
    if (vm->task) {
        if (reason.code && strcmp(reason.code, "timeout") == 0)
            client_do(night->client, "task.cancel", json_pack("[s]", vm->task), NULL);
        client_destroy_task(night->client, vm->task);
    }
    unlink(part_of(vm, night));
    vm->backup.file = NULL;
    if (!reason.code)
        reason = client_make_reason(night, "other", error ? error->sentence : "");
    night_fail(night, vm, NIGHT_FAILED, &reason);
}

bool stream_begin(struct night *night, struct night_vm *vm)
{
    struct reason reason = {NULL, NULL};
    struct error *error = NULL;
    json_t *order = make_order(night, part_of(vm, night), &reason);
    if (order && night_enter(night, vm, "export", &error))
        vm->task = client_create_task(night, night->client, memory_format(night, "kairan export %s", vm->name), &error);
    if (vm->task) {
        /* so that an import gives a VM; a free edition may refuse, and then it gives a template */
        client_do(night->client, "VM.set_is_a_template", json_pack("[s, b]", vm->snapshot, 0), NULL);
        json_object_set_new(order, "uuid", json_string(vm->backup.snapshot_uuid));
        json_object_set_new(order, "task", json_string(vm->task));
        json_object_set_new(order, "disks", json_integer((json_int_t)records_count_disks(night->records, vm->ref)));
        vm->exporter = start(night, order, &reason);
    } else {
        json_decref(order);
        if (!reason.code && client_reason(night->client)->code)
            reason = client_make_reason(night, client_reason(night->client)->code, client_reason(night->client)->raw);
    }
    if (!vm->exporter)
        give_up(night, vm, reason, error);
    error_free(&error);
    return vm->exporter != NULL;
}

static void end(struct night *night, struct night_vm *vm)
{
    struct reason reason = {NULL, NULL};
    struct error *error = NULL;
    json_t *told = hear(night, vm->exporter, &reason);
    vm->exporter = NULL;
    if (told && task_is_well(night, vm->task, &reason) && put_in_place(night, part_of(vm, night), vm->backup.file, &error)) {
        vm->backup.bytes = json_integer_value(json_object_get(told, "bytes"));
        client_destroy_task(night->client, vm->task);
    } else {
        give_up(night, vm, reason, error);
    }
    json_decref(told);
    error_free(&error);
}

struct night_vm *stream_wait(struct night *night)
{
    size_t count = memory_count(night->vms);
    size_t *places = memory_array(NULL, size_t, count);
    struct child **children = memory_array(places, struct child *, count);
    size_t at_work = 0;
    for (size_t i = 0; i < count; i++) {
        if (!night->vms[i].exporter)
            continue;
        places[at_work] = i;
        children[at_work++] = night->vms[i].exporter;
    }
    struct night_vm *vm = &night->vms[places[child_wait_any(children, at_work)]];
    talloc_free(places);
    end(night, vm);
    return vm;
}

static void forget_old_dumps(const struct night *night, const char *prefix)
{
    enum { MOST = 100000 };
    char **names = file_list_folder(night, night->settings->export_folder, MOST, NULL);
    size_t count = 0;
    for (size_t i = 0; i < memory_count(names); i++)
        if (strncmp(names[i], prefix, strlen(prefix)) == 0 && strstr(names[i], ".xml") && !strstr(names[i], ".part"))
            names[count++] = names[i];
    for (size_t i = 0; i + DUMPS_KEPT < count; i++)
        unlink(file_join(night, night->settings->export_folder, names[i]));
}

/*
 * The generation of the dump before, when that was later: a database that counts backwards was set back to an older state, and what
 * has been made since is not in it. Else 0. The generation of this one is remembered.
 */
static int64_t compare_generations(struct night *night, int64_t generation)
{
    char *name = memory_format(night, "xen generation %s", night->settings->name);
    char *text = memory_format(night, "%lld", (long long)generation);
    char *before = NULL;
    if (!generation || !store_begin(night->store, NULL))
        return 0;
    bool kept = store_get_fact(night, night->store, name, &before, NULL) && store_set_fact(night->store, name, text, NULL) &&
                store_commit(night->store, NULL);
    if (!kept) /* the dump is good all the same */
        store_rollback(night->store);
    int64_t last = before ? strtoll(before, NULL, 10) : 0;
    return last > generation ? last : 0;
}

void stream_metadata(struct night *night)
{
    struct reason reason = {NULL, NULL};
    struct error *error = NULL;
    char stamp[32];
    struct tm fields;
    gmtime_r(&night->now, &fields);
    strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", &fields);
    char *prefix = memory_format(night, "pool-%s-", night->settings->name);
    char *file = memory_format(night, "%s/%s%s.xml", night->settings->export_folder, prefix, stamp);
    char *part = memory_format(night, "%s.part", file);
    json_t *order = make_order(night, part, &reason);
    struct child *child = order ? start(night, order, &reason) : NULL;
    json_t *told = child ? hear(night, child, &reason) : NULL;
    bool done = told && put_in_place(night, part, file, &error);
    if (done)
        forget_old_dumps(night, prefix);
    else
        unlink(part);
    if (!done && !reason.code)
        reason = client_make_reason(night, "other", error ? error->sentence : "");
    int64_t generation = done ? json_integer_value(json_object_get(told, "generation")) : 0;
    json_decref(night->metadata);
    night->metadata = json_pack("{s:s, s:s?, s:s?, s:b, s:I, s:I}", "file", file, "code", reason.code, "raw", reason.raw, "is_good", (int)done,
                                "generation", (json_int_t)generation, "set_back_from", (json_int_t)compare_generations(night, generation));
    json_decref(told);
    error_free(&error);
}
