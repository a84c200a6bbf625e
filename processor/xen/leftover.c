/* What killed runs left: see leftover.h. */
#include "xen/leftover.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "xen/snapshot.h"

/* A file under its own name was whole: it gets that name when pool and helper have said that all is well. */
static bool find_archive(struct vm_backup *backup)
{
    struct stat status;
    if (!backup->file || stat(backup->file, &status) != 0)
        return false;
    backup->bytes = status.st_size;
    return true;
}

/* Ends one backup that no run has ended. */
static bool clear_one(struct night *night, const struct vm_backup *left, struct error **error)
{
    struct night_vm vm = {.name = left->vm_name, .backup = *left};
    struct error *problem = NULL;
    bool whole = find_archive(&vm.backup);
    if (left->file && !whole)
        unlink(memory_format(night, "%s.part", left->file));
    if (!vm.backup.snapshot_uuid)
        vm.backup.snapshot_uuid = snapshot_find(night, left->snapshot_name);
    bool gone = !vm.backup.snapshot_uuid || snapshot_remove(night, &vm.backup, &problem);
    if (gone)
        vm.backup.snapshot_uuid = NULL;
    if (!whole)
        vm.backup.file = NULL;
    vm.backup.reason = whole ? NULL : "interrupted";
    error_free(&problem);
    json_array_append_new(night->unfinished, json_string(left->vm_name));
    return !gone || night_enter(night, &vm, whole ? "good" : "interrupted", error);
}

/* A snapshot may appear when its row was ended already: the pool went on with it after the run was killed. */
static bool clear_late(struct night *night, struct error **error)
{
    const char *ref;
    json_t *vm;
    json_object_foreach(records_table(night->records, "VM", NULL), ref, vm) {
        struct vm_backup *row = record_flag(vm, "is_a_snapshot") && snapshot_is_named_ours(record_text(vm, "name_label"))
                                    ? store_find_backup(night, night->store, night->settings->name, record_text(vm, "name_label"), error)
                                    : NULL;
        if (!memory_count(row) || (strcmp(row->state, "interrupted") != 0 && strcmp(row->state, "failed") != 0))
            continue;
        row->snapshot_uuid = record_text(vm, "uuid");
        if (snapshot_remove(night, row, NULL)) /* else the next night */
            json_array_append_new(night->unfinished, json_string(row->vm_name));
    }
    return true;
}

bool leftover_clear(struct night *night, struct error **error)
{
    struct vm_backup *left = store_list_unfinished_backups(night, night->store, night->settings->name, error);
    for (size_t i = 0; i < memory_count(left); i++)
        if (!clear_one(night, &left[i], error))
            return false;
    return left && clear_late(night, error) && snapshot_remove_doomed(night, error);
}
