/* Snapshots that others made and have left behind: told, never touched. See health.h. */
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "xen/health.h"
#include "xen/instant.h"
#include "xen/snapshot.h"

enum { DAY = 24 * 60 * 60, MOST_TOLD = 20 };

/* When a snapshot was made that is not ours and has been there for long; 0: it is nothing of the kind. */
static time_t old_since(const struct health *health, const json_t *vm)
{
    time_t made;
    if (!record_flag(vm, "is_a_snapshot") || *record_config(vm, "other_config", snapshot_job_tag) ||
        !instant_parse(json_object_get(vm, "snapshot_time"), &made))
        return 0;
    return health->now - made > (time_t)health->settings->snapshot_days * DAY ? made : 0;
}

/* {VM ref: {"count", "oldest"}} */
static json_t *count_old(struct health *health)
{
    json_t *counts = json_object();
    const char *ref;
    json_t *vm;
    json_object_foreach(records_table(health->records, "VM", NULL), ref, vm) {
        time_t made = old_since(health, vm);
        const char *owner = record_text(vm, "snapshot_of");
        json_t *count = json_object_get(counts, owner);
        if (!made)
            continue;
        if (!count) {
            count = json_pack("{s:I, s:I}", "count", (json_int_t)0, "oldest", (json_int_t)made);
            json_object_set_new(counts, owner, memory_check(count));
        }
        json_object_set_new(count, "count", json_integer(record_number(count, "count") + 1));
        if (made < record_number(count, "oldest"))
            json_object_set_new(count, "oldest", json_integer((json_int_t)made));
    }
    return counts;
}

void health_check_snapshots(struct health *health)
{
    int told = 0;
    const char *ref;
    json_t *count;
    json_t *counts = health->settings->snapshot_days ? count_old(health) : json_object();
    json_object_foreach(counts, ref, count) {
        const char *name = record_text(records_find(health->records, "VM", ref), "name_label");
        struct civil oldest = clock_to_civil((time_t)record_number(count, "oldest"));
        if (told++ < MOST_TOLD)
            health_add(health, HEALTH_NOTICE, "snapshots_old", *name ? name : "-", "%lld, %04d-%02d-%02d",
                       (long long)record_number(count, "count"), oldest.year, oldest.month, oldest.day);
    }
    json_decref(counts);
}
