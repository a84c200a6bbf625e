/* What goes of old and of failed backups: see prune.h. */
#include "xen/prune.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "xen/retention.h"
#include "xen/snapshot.h"

enum { MOST_BACKUPS = 2000 };

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

/* What others removed keeps no place: of a file the disk knows, of a snapshot what was read tonight. */
static bool is_there(struct night *night, const struct night_vm *vm, const struct vm_backup *backup)
{
    if (backup->file && access(backup->file, F_OK) == 0)
        return true;
    return backup->snapshot_uuid && (backup->id == vm->backup.id || snapshot_is_known(night, backup->snapshot_uuid));
}

void prune_backups(struct night *night, const struct night_vm *vm)
{
    const struct xen_settings *settings = night->settings;
    struct vm_backup *backups =
        store_list_good_backups(night, night->store, settings->name, vm->uuid, MOST_BACKUPS, NULL);
    size_t count = memory_count(backups);
    time_t *times = memory_array(night, time_t, count);
    bool *stays = memory_array(night, bool, count);
    const struct retention retention = {settings->keep_newest, settings->keep_daily, settings->keep_weekly, settings->keep_monthly};
    size_t there = 0;
    for (size_t i = 0; i < count; i++)
        if (is_there(night, vm, &backups[i]))
            backups[there++] = backups[i];
    for (size_t i = 0; i < there; i++)
        times[i] = backups[i].started_at;
    retention_choose(&retention, times, there, stays);
    if (there)
        stays[0] = true; /* entered last: the newest, even if the clock was set back */
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

void prune_failed(struct night *night, struct night_vm *vm)
{
    if (!vm->backup.id || vm->result != NIGHT_FAILED || !vm->backup.snapshot_uuid)
        return;
    remove_snapshot(night, &vm->backup, false);
    night_enter(night, vm, vm->backup.snapshot_uuid ? "snapshot" : "failed", NULL);
}
