/* The guards of a night: see room.h. */
#include "xen/room.h"

#include <string.h>
#include <sys/statvfs.h>

#include "base/memory.h"
#include "xen/space.h"

enum { LONGEST_CHAIN = 28 }; /* drivers refuse at 30, and the merging of what is above must still be possible */

/* What snapshots took of a repository since it was read. */
static int64_t taken(const struct night *night, const char *sr)
{
    return json_integer_value(json_object_get(night->needs, sr));
}

/* False (and why) when a disk cannot be snapshot at all. */
static bool can_be_snapshot(struct night *night, struct night_vm *vm, const char *vdi_ref)
{
    const json_t *vdi = records_find(night->records, "VDI", vdi_ref);
    const char *name = record_text(vdi, "name_label");
    int chain = space_chain(night->records, vdi_ref);
    if (!space_is_storage(records_find(night->records, "SR", record_text(vdi, "SR")))) {
        night_fail_with(night, vm, NIGHT_FAILED, "not_storage", name);
        return false;
    }
    if (chain < LONGEST_CHAIN)
        return true;
    night_fail_with(night, vm, NIGHT_SKIPPED, "chain_long", memory_format(night, "%s: %d", name, chain));
    return false;
}

/* Adds up what the disks of a VM need, by repository. */
static bool add_needs(struct night *night, struct night_vm *vm, json_t *needs)
{
    size_t i;
    const json_t *ref;
    json_array_foreach(json_object_get(records_find(night->records, "VM", vm->ref), "VBDs"), i, ref) {
        const json_t *vbd = records_find(night->records, "VBD", json_string_value(ref));
        const char *vdi = record_text(vbd, "VDI");
        if (!record_is_disk(vbd))
            continue;
        if (!can_be_snapshot(night, vm, vdi))
            return false;
        const char *sr = record_text(records_find(night->records, "VDI", vdi), "SR");
        json_int_t need = json_integer_value(json_object_get(needs, sr)) + space_need(night->records, vdi);
        json_object_set_new(needs, sr, json_integer(need));
    }
    return true;
}

/* Whether one repository has room for what a VM needs of it, by numbers that are read anew. */
static bool fits(struct night *night, struct night_vm *vm, const char *ref, int64_t need)
{
    if (!night->is_dry && records_refresh(night->records, "SR", ref, NULL))
        json_object_del(night->needs, ref);
    const json_t *sr = records_find(night->records, "SR", ref);
    int64_t free = space_free(sr) - taken(night, ref);
    int64_t reserve = space_reserve(night->records, ref, night->settings->reserve_percent);
    if (free - need >= reserve)
        return true;
    char *raw = memory_format(night, "%s: needed %lld MiB, free %lld MiB, reserve %lld MiB", record_text(sr, "name_label"),
                              (long long)need >> 20, (long long)free >> 20, (long long)reserve >> 20);
    night_fail_with(night, vm, NIGHT_SKIPPED, "no_space", raw);
    return false;
}

bool room_for_snapshot(struct night *night, struct night_vm *vm)
{
    json_t *needs = json_object();
    const char *ref;
    json_t *need;
    bool room = add_needs(night, vm, needs);
    json_object_foreach(needs, ref, need) {
        room = room && fits(night, vm, ref, json_integer_value(need));
    }
    json_object_foreach(needs, ref, need) {
        if (room)
            json_object_set_new(night->needs, ref, json_integer(taken(night, ref) + json_integer_value(need)));
    }
    json_decref(needs);
    return room;
}

bool room_for_export(struct night *night, struct night_vm *vm)
{
    const struct xen_settings *settings = night->settings;
    struct statvfs volume;
    int64_t need = vm->last_bytes + vm->last_bytes / 10;
    if (!*settings->export_folder || statvfs(settings->export_folder, &volume) != 0)
        return true; /* where there is no folder yet, making it says what is wrong */
    int64_t free = (int64_t)volume.f_bavail * (int64_t)volume.f_frsize;
    int64_t reserve = (int64_t)volume.f_blocks / 100 * (int64_t)volume.f_frsize * settings->export_reserve_percent;
    for (size_t i = 0; i < memory_count(night->vms); i++)
        need += night->vms[i].exporter ? night->vms[i].last_bytes : 0;
    if (free - need >= reserve)
        return true;
    char *raw = memory_format(night, "%s: needed %lld MiB, free %lld MiB, reserve %lld MiB", settings->export_folder,
                              (long long)need >> 20, (long long)free >> 20, (long long)reserve >> 20);
    night_fail_with(night, vm, NIGHT_SKIPPED, "volume_full", raw);
    return false;
}
