/* Exports and dumps of a night: see stream.h. */
#include "xen/stream.h"

#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"

enum { ANSWER_BYTES = 64 * 1024, DUMPS_KEPT = 14, LEAST_SECONDS = 60, KILOBYTE = 1000 };

/* What must stay free on the volume; false when it is below that already. */
static bool look_at_volume(const struct night *night, int64_t *reserve)
{
    struct statvfs volume;
    if (statvfs(night->settings->export_folder, &volume) != 0)
        return false;
    *reserve = (int64_t)volume.f_blocks / 100 * (int64_t)volume.f_frsize * night->settings->export_reserve_percent;
    return (int64_t)volume.f_bavail * (int64_t)volume.f_frsize >= *reserve;
}

/* One stream through a helper of its own; NULL with *reason below the night. */
static json_t *run_stream(struct night *night, const char *uuid, const char *task, const char *file, struct reason *reason)
{
    struct error *error = NULL;
    int64_t reserve = 0;
    size_t length;
    if (!file_make_folder(night->settings->export_folder, &error) || !look_at_volume(night, &reserve)) {
        *reason = client_make_reason(night, "volume_full", error ? error->sentence : night->settings->export_folder);
        error_free(&error);
        return NULL;
    }
    int64_t left = (night->deadline - night_clock()) / 1000;
    int seconds = left > LEAST_SECONDS ? (int)left : LEAST_SECONDS;
    json_t *request = json_pack("{s:s, s:s, s:s?, s:s?, s:I, s:i, s:I}", "do", "export", "file", file, "uuid", uuid, "task", task,
                                "rate", (json_int_t)night->settings->rate_limit * KILOBYTE, "seconds", seconds, "reserve",
                                (json_int_t)reserve);
    char *text = json_dumps(client_complete_request(night->client, memory_check(request)), JSON_COMPACT);
    struct child *child = client_start_helper(night, &error);
    if (child)
        child_begin(child, seconds + LEAST_SECONDS);
    char *bytes = child && child_send(child, text, strlen(text), &error)
                      ? child_receive(child, night, ANSWER_BYTES, &length, &error)
                      : NULL;
    json_t *answer = bytes ? json_loadb(bytes, length, 0, NULL) : NULL;
    json_t *value = client_take_answer(night, answer, reason);
    if (!answer)
        *reason = client_make_reason(night, "helper", error ? error->sentence : "kairan-xen gave no answer");
    json_decref(answer);
    json_decref(request);
    talloc_free(child);
    free(text);
    error_free(&error);
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

bool stream_export(struct night *night, struct night_vm *vm)
{
    struct reason reason = {NULL, NULL};
    struct error *error = NULL;
    char *part = memory_format(night, "%s.part", vm->backup.file);
    bool done = night_enter(night, vm, "export", &error);
    char *label = memory_format(night, "kairan export %s", vm->name);
    char *task = done ? client_create_task(night, night->client, label, &error) : NULL;
    /* so that an import gives a VM; a free edition may refuse, and then it gives a template */
    if (task)
        client_do(night->client, "VM.set_is_a_template", json_pack("[s, b]", vm->snapshot, 0), NULL);
    json_t *told = task ? run_stream(night, vm->backup.snapshot_uuid, task, part, &reason) : NULL;
    done = told && task_is_well(night, task, &reason) && put_in_place(night, part, vm->backup.file, &error);
    if (task)
        client_destroy_task(night->client, task);
    if (done) {
        vm->backup.bytes = json_integer_value(json_object_get(told, "bytes"));
    } else {
        unlink(part);
        vm->backup.file = NULL;
        if (!reason.code)
            reason = client_make_reason(night, "other", error ? error->sentence : "");
        night_fail(night, vm, NIGHT_FAILED, &reason);
    }
    json_decref(told);
    error_free(&error);
    return done;
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
    json_t *told = run_stream(night, NULL, NULL, part, &reason);
    bool done = told && put_in_place(night, part, file, &error);
    if (done)
        forget_old_dumps(night, prefix);
    else
        unlink(part);
    if (!done && !reason.code)
        reason = client_make_reason(night, "other", error ? error->sentence : "");
    json_decref(night->metadata);
    night->metadata = json_pack("{s:s, s:s?, s:s?, s:b}", "file", file, "code", reason.code, "raw", reason.raw, "is_good", (int)done);
    json_decref(told);
    error_free(&error);
}
