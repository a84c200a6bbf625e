/* Snapshots of ours: see snapshot.h. */
#include "xen/snapshot.h"

#include <string.h>

#include "base/memory.h"

enum {
    BUSY_TRIES = 3,
    BUSY_MILLISECONDS = 1000,
};

const char snapshot_job_tag[] = "kairan:job";
static const char run_tag[] = "kairan:run";
static const char vm_tag[] = "kairan:vm";

bool snapshot_is_ours(const struct night *night, const json_t *vm)
{
    return record_flag(vm, "is_a_snapshot") && strcmp(record_config(vm, "other_config", snapshot_job_tag), night->job) == 0;
}

bool snapshot_is_named_ours(const char *name)
{
    static const char beginning[] = "kairan-";
    return strncmp(name, beginning, sizeof beginning - 1) == 0;
}

char *snapshot_find(struct night *night, const char *name)
{
    const char *ref;
    json_t *vm;
    json_object_foreach(records_table(night->records, "VM", NULL), ref, vm) {
        if (record_flag(vm, "is_a_snapshot") && strcmp(record_text(vm, "name_label"), name) == 0)
            return memory_copy_text(night, record_text(vm, "uuid"));
    }
    return NULL;
}

bool snapshot_is_known(struct night *night, const char *uuid)
{
    const char *ref;
    json_t *vm;
    json_object_foreach(records_table(night->records, "VM", NULL), ref, vm) {
        if (record_flag(vm, "is_a_snapshot") && strcmp(record_text(vm, "uuid"), uuid) == 0)
            return true;
    }
    return false;
}

/* Taking */

static bool wants_rest(const struct night *night, const struct night_vm *vm)
{
    return strcmp(night->settings->quiesce, "auto") == 0 &&
           record_has(records_find(night->records, "VM", vm->ref), "allowed_operations", "snapshot_with_quiesce");
}

/* After a call whose outcome is not known, the name tells: nobody else uses it. */
static char *find_by_name(struct night *night, const char *name)
{
    json_t *refs = client_call(night->client, "VM.get_by_name_label", json_pack("[s]", name), NULL);
    const char *ref = json_string_value(json_array_get(refs, 0));
    char *found = ref ? memory_copy_text(night, ref) : NULL;
    json_decref(refs);
    return found;
}

static bool is_unknown(const struct client *client)
{
    static const char *const codes[] = {"unreachable", "nonsense", "helper", "task_lost"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (client_failed_with(client, codes[i]))
            return true;
    return false;
}

static char *call_snapshot(struct night *night, struct night_vm *vm, const char *method)
{
    const char *name = vm->backup.snapshot_name;
    struct client *client = night->client;
    for (int tries = 1;; tries++) {
        int left = night_seconds_left(night);
        int seconds = left < night->settings->snapshot_seconds ? left : (int)night->settings->snapshot_seconds;
        char *ref = client_run(night, client, method, json_pack("[s, s]", vm->ref, name), seconds, NULL);
        if (ref && *ref)
            return ref;
        if (ref || is_unknown(client)) {
            struct reason kept = client_make_reason(night, ref ? "task_lost" : client_reason(client)->code,
                                                    ref ? "the task gave no snapshot" : client_reason(client)->raw);
            char *found = find_by_name(night, name);
            if (!found)
                night_fail(night, vm, NIGHT_FAILED, &kept);
            return found;
        }
        if (!client_failed_with(client, "OTHER_OPERATION_IN_PROGRESS") || tries == BUSY_TRIES)
            return NULL;
        client_sleep(BUSY_MILLISECONDS * tries);
    }
}

/* A guest that does not come to rest is snapshot as it is, and the report says so. */
static char *take(struct night *night, struct night_vm *vm)
{
    char *ref = NULL;
    if (wants_rest(night, vm)) {
        ref = call_snapshot(night, vm, "VM.snapshot_with_quiesce");
        const struct reason *reason = client_reason(night->client);
        if (ref || vm->result == NIGHT_FAILED || !reason->code ||
            strncmp(reason->code, "VM_SNAPSHOT_WITH_QUIESCE", sizeof "VM_SNAPSHOT_WITH_QUIESCE" - 1) != 0)
            return ref;
        vm->warning = client_make_reason(night, "not_quiesced", reason->raw);
    }
    return call_snapshot(night, vm, "VM.snapshot");
}

/* The tags of the VM came along with its other settings; those of an earlier life must not pass for ours. */
static bool tag(struct night *night, const struct night_vm *vm, const json_t *record, struct error **error)
{
    const struct {
        const char *key;
        const char *value;
    } tags[] = {{run_tag, vm->backup.snapshot_name}, {vm_tag, vm->uuid}, {snapshot_job_tag, night->job}};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        if (*record_config(record, "other_config", tags[i].key) &&
            !client_do(night->client, "VM.remove_from_other_config", json_pack("[s, s]", vm->snapshot, tags[i].key), error))
            return false;
        if (!client_do(night->client, "VM.add_to_other_config",
                       json_pack("[s, s, s]", vm->snapshot, tags[i].key, tags[i].value), error))
            return false;
    }
    return true;
}

bool snapshot_take(struct night *night, struct night_vm *vm)
{
    struct error *error = NULL;
    vm->snapshot = take(night, vm);
    if (!vm->snapshot) {
        bool busy = client_failed_with(night->client, "OTHER_OPERATION_IN_PROGRESS");
        if (vm->result != NIGHT_FAILED)
            night_fail(night, vm, busy ? NIGHT_SKIPPED : NIGHT_FAILED, client_reason(night->client));
        return false;
    }
    json_t *record = client_call(night->client, "VM.get_record", json_pack("[s]", vm->snapshot), &error);
    if (record)
        vm->backup.snapshot_uuid = memory_copy_text(night, record_text(record, "uuid"));
    bool done = record && night_enter(night, vm, "snapshot", &error) && tag(night, vm, record, &error);
    size_t disks = records_count_disks(night->records, vm->ref);
    if (done && json_array_size(json_object_get(record, "VBDs")) < disks) {
        char *raw = memory_format(night, "%zu of %zu", json_array_size(json_object_get(record, "VBDs")), disks);
        night_fail_with(night, vm, NIGHT_FAILED, "disks_missing", raw);
        done = false;
    } else if (!done) {
        char *text = error_text(night, error);
        bool is_api = client_reason(night->client)->code != NULL;
        night_fail_with(night, vm, NIGHT_FAILED, is_api ? client_reason(night->client)->code : "store",
                        is_api ? client_reason(night->client)->raw : text);
    }
    error_free(&error);
    json_decref(record);
    return done;
}

/* Removing */

/* A disk of the snapshot, unless somebody else uses it. */
static bool may_remove_disk(const json_t *vdi, const json_t *snapshot)
{
    if (!record_flag(vdi, "is_a_snapshot"))
        return false;
    size_t i;
    const json_t *vbd;
    json_array_foreach(json_object_get(vdi, "VBDs"), i, vbd) {
        if (!record_has(snapshot, "VBDs", json_string_value(vbd) ? json_string_value(vbd) : ""))
            return false;
    }
    return true;
}

/* Adds {ref: uuid} of what may go, and dooms it in the store. */
static bool doom_disk(struct night *night, const char *ref, const json_t *snapshot, json_t *disks, struct error **error)
{
    if (!ref || strcmp(ref, "OpaqueRef:NULL") == 0)
        return true;
    json_t *vdi = client_call(night->client, "VDI.get_record", json_pack("[s]", ref), error);
    bool done = vdi != NULL;
    if (done && may_remove_disk(vdi, snapshot)) {
        done = store_doom_disk(night->store, night->settings->name, record_text(vdi, "uuid"), error);
        json_object_set_new(disks, ref, json_string(record_text(vdi, "uuid")));
        json_object_set_new(night->scanned, record_text(vdi, "SR"), json_true());
    }
    json_decref(vdi);
    return done;
}

static bool doom_disks(struct night *night, const json_t *snapshot, json_t *disks, struct error **error)
{
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(snapshot, "VBDs"), i, item) {
        json_t *vbd = client_call(night->client, "VBD.get_record", json_pack("[s]", json_string_value(item)), error);
        bool done = vbd && (!record_is_disk(vbd) || doom_disk(night, record_text(vbd, "VDI"), snapshot, disks, error));
        json_decref(vbd);
        if (!done)
            return false;
    }
    return doom_disk(night, json_string_value(json_object_get(snapshot, "suspend_VDI")), snapshot, disks, error);
}

/* The coalesce may hold a disk for a moment; one that it holds longer stays doomed, and the next night removes it. */
static bool destroy_disk(struct night *night, const char *ref, const char *uuid, struct error **error)
{
    for (int tries = 1;; tries++) {
        struct error *problem = NULL;
        if (client_do(night->client, "VDI.destroy", json_pack("[s]", ref), &problem) ||
            client_failed_with(night->client, "HANDLE_INVALID")) {
            error_free(&problem);
            return store_forget_disk(night->store, night->settings->name, uuid, error);
        }
        if (!client_failed_with(night->client, "VDI_IN_USE") || tries == BUSY_TRIES) {
            if (error && !*error)
                *error = problem;
            else
                error_free(&problem);
            return false;
        }
        error_free(&problem);
        client_sleep(BUSY_MILLISECONDS * tries);
    }
}

static bool is_proven(struct night *night, const struct vm_backup *backup, const json_t *snapshot)
{
    bool tagged = strcmp(record_config(snapshot, "other_config", vm_tag), backup->vm_uuid) == 0 && snapshot_is_ours(night, snapshot);
    bool named = strcmp(record_text(snapshot, "name_label"), backup->snapshot_name) == 0;
    const json_t *origin = records_find(night->records, "VM", record_text(snapshot, "snapshot_of"));
    bool of_vm = !origin || strcmp(record_text(origin, "uuid"), backup->vm_uuid) == 0;
    return record_flag(snapshot, "is_a_snapshot") && of_vm && (tagged || named);
}

static bool destroy_all(struct night *night, const char *ref, const json_t *snapshot, struct error **error)
{
    json_t *disks = json_object();
    const char *disk;
    json_t *uuid;
    bool done = store_begin(night->store, error);
    if (done) {
        done = doom_disks(night, snapshot, disks, error) && store_commit(night->store, error);
        if (!done)
            store_rollback(night->store);
    }
    if (done && strcmp(record_text(snapshot, "power_state"), "Suspended") == 0)
        done = client_do(night->client, "VM.hard_shutdown", json_pack("[s]", ref), error);
    done = done && client_do(night->client, "VM.destroy", json_pack("[s]", ref), error);
    json_object_foreach(disks, disk, uuid) {
        done = done && destroy_disk(night, disk, json_string_value(uuid), error);
    }
    json_decref(disks);
    return done;
}

bool snapshot_remove(struct night *night, const struct vm_backup *backup, struct error **error)
{
    struct error *problem = NULL;
    json_t *found = client_call(night->client, "VM.get_by_uuid", json_pack("[s]", backup->snapshot_uuid), &problem);
    if (!found && client_failed_with(night->client, "UUID_INVALID")) {
        error_free(&problem);
        return true;
    }
    const char *ref = json_string_value(found);
    json_t *snapshot = ref ? client_call(night->client, "VM.get_record", json_pack("[s]", ref), &problem) : NULL;
    bool done = snapshot != NULL;
    if (done && !is_proven(night, backup, snapshot))
        done = error_set(&problem, ERROR_REFUSED, "the snapshot %s is no longer what we took: it is left alone",
                         record_text(snapshot, "name_label"));
    else if (done && json_object_size(json_object_get(snapshot, "current_operations")))
        done = error_set(&problem, ERROR_TEMPORARY, "the snapshot %s is in use", record_text(snapshot, "name_label"));
    done = done && destroy_all(night, ref, snapshot, &problem);
    json_decref(snapshot);
    json_decref(found);
    if (!done && error && !*error)
        *error = problem;
    else
        error_free(&problem);
    return done;
}

bool snapshot_remove_doomed(struct night *night, struct error **error)
{
    char **uuids = store_list_doomed_disks(night, night->store, night->settings->name, error);
    bool done = uuids != NULL;
    for (size_t i = 0; done && i < memory_count(uuids); i++) {
        const char *ref;
        json_t *vdi;
        const char *found = NULL;
        json_object_foreach(records_table(night->records, "VDI", NULL), ref, vdi) {
            if (strcmp(record_text(vdi, "uuid"), uuids[i]) == 0 && record_flag(vdi, "is_a_snapshot") &&
                json_array_size(json_object_get(vdi, "VBDs")) == 0)
                found = ref;
        }
        if (found)
            destroy_disk(night, found, uuids[i], NULL); /* what cannot go tonight stays doomed */
        else
            done = store_forget_disk(night->store, night->settings->name, uuids[i], error);
    }
    talloc_free(uuids);
    return done;
}
