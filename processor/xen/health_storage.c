/* Health of the storage: attached everywhere, by all paths, with room, and chains that become short again. See health.h. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "xen/health.h"
#include "xen/space.h"

enum {
    WARNING_PERCENT = 20,
    BAD_PERCENT = 10,
    WARNING_DAYS = 30,
    LONG_CHAIN = 10,
    LONGEST_CHAIN = 28, /* of the 30 that the storage manager takes */
};

static bool is_iso(const json_t *sr)
{
    return strcmp(record_text(sr, "content_type"), "iso") == 0;
}

static const json_t *find_attachment(struct records *records, const char *sr, const char *host)
{
    const char *ref;
    json_t *pbd;
    json_object_foreach(records_table(records, "PBD", NULL), ref, pbd)
        if (strcmp(record_text(pbd, "SR"), sr) == 0 && strcmp(record_text(pbd, "host"), host) == 0)
            return pbd;
    return NULL;
}

static void check_attachment(struct health *health, const json_t *sr, const json_t *host, const json_t *pbd, bool must_be)
{
    int priority = is_iso(sr) ? HEALTH_DEGRADED : HEALTH_SERVICE;
    if (!pbd && must_be)
        health_add(health, priority, "pbd_missing", record_text(sr, "name_label"), "%s", record_text(host, "name_label"));
    else if (pbd && !record_flag(pbd, "currently_attached"))
        health_add(health, priority, "PBD_PLUG_FAILED_ON_SERVER_START", record_text(sr, "name_label"), "%s",
                   record_text(host, "name_label"));
}

void health_check_attachments(struct health *health)
{
    const char *sr_ref;
    const char *host_ref;
    json_t *sr;
    json_t *host;
    json_object_foreach(records_table(health->records, "SR", NULL), sr_ref, sr)
        json_object_foreach(records_table(health->records, "host", NULL), host_ref, host)
            check_attachment(health, sr, host, find_attachment(health->records, sr_ref, host_ref), record_flag(sr, "shared"));
}

/* Paths: "[active, all]" in the configuration of attachments and, for disks that hosts boot from, of hosts */

static bool read_paths(const char *text, long *active, long *all)
{
    char *end;
    text += strcspn(text, "[(");
    if (!*text)
        return false;
    *active = strtol(text + 1, &end, 10);
    end += *end == 'L';
    end += strspn(end, ", ");
    *all = strtol(end, &end, 10);
    end += *end == 'L';
    return *all > 0 && (*end == ']' || *end == ')');
}

static void check_paths_of(struct health *health, const json_t *config, const char *object, const char *host)
{
    long active;
    long all;
    const char *key;
    json_t *text;
    json_object_foreach(json_object_get(config, "other_config"), key, text) {
        const char *value = json_string_value(text);
        if (strncmp(key, "mpath-", 6) != 0 || !value || !read_paths(value, &active, &all) || active >= all)
            continue;
        health_add(health, active ? HEALTH_DEGRADED : HEALTH_SERVICE, "MULTIPATH_PERIODIC_ALERT", object, "%s %ld / %ld", host, active, all);
    }
}

void health_check_paths(struct health *health)
{
    const char *ref;
    json_t *row;
    const char *first = NULL;
    bool differ = false;
    json_object_foreach(records_table(health->records, "PBD", NULL), ref, row)
        if (record_flag(row, "currently_attached"))
            check_paths_of(health, row, record_text(records_find(health->records, "SR", record_text(row, "SR")), "name_label"),
                           record_text(records_find(health->records, "host", record_text(row, "host")), "name_label"));
    json_object_foreach(records_table(health->records, "host", NULL), ref, row) {
        const char *multipathing = record_config(row, "other_config", "multipathing");
        check_paths_of(health, row, record_text(row, "name_label"), "boot");
        differ = differ || (first && strcmp(first, multipathing) != 0);
        first = multipathing;
    }
    if (differ)
        health_add(health, HEALTH_DEGRADED, "multipathing_differs", record_text(records_pool(health->records), "name_label"), "%s", "");
}

/* Room */

void health_check_space(struct health *health)
{
    const json_t *all_days = health_fact(health, "days_to_full");
    const char *ref;
    json_t *sr;
    json_object_foreach(records_table(health->records, "SR", NULL), ref, sr) {
        const json_t *days = json_object_get(all_days, record_text(sr, "uuid"));
        const char *name = record_text(sr, "name_label");
        if (!space_is_storage(sr))
            continue;
        int64_t percent = space_free(sr) * 100 / record_number(sr, "physical_size");
        if (percent < WARNING_PERCENT)
            health_add(health, percent < BAD_PERCENT ? HEALTH_SERVICE : HEALTH_DEGRADED, "sr_low", name, "%lld %%", (long long)percent);
        if (json_is_integer(days) && json_integer_value(days) <= WARNING_DAYS)
            health_add(health, HEALTH_DEGRADED, "sr_full_soon", name, "%lld", (long long)json_integer_value(days));
    }
}

/* Chains */

/* {uuid: [refs of its children]} and {uuid: ref} of all disks. */
static json_t *list_children(struct records *records, json_t *refs)
{
    json_t *children = json_object();
    const char *ref;
    json_t *vdi;
    json_object_foreach(records_table(records, "VDI", NULL), ref, vdi) {
        const char *parent = record_config(vdi, "sm_config", "vhd-parent");
        json_object_set_new(refs, record_text(vdi, "uuid"), json_string(ref));
        if (!*parent)
            continue;
        if (!json_object_get(children, parent))
            json_object_set_new(children, parent, json_array());
        json_array_append_new(json_object_get(children, parent), json_string(ref));
    }
    return children;
}

json_t *health_list_waiting(struct records *records)
{
    json_t *refs = json_object();
    json_t *children = list_children(records, refs);
    json_t *waiting = json_object();
    const char *ref;
    json_t *vdi;
    json_object_foreach(records_table(records, "VDI", NULL), ref, vdi) {
        const char *uuid = record_text(vdi, "uuid");
        if (json_is_false(json_object_get(vdi, "managed")) && json_array_size(json_object_get(children, uuid)) == 1)
            json_object_set_new(waiting, uuid, json_string(record_text(vdi, "SR")));
    }
    json_decref(children);
    json_decref(refs);
    return waiting;
}

static int depth_of(struct records *records, const json_t *refs, const json_t *vdi)
{
    int depth = 0;
    while (vdi && depth <= 2 * LONGEST_CHAIN) { /* whatever a broken pool says, it ends */
        const char *parent = record_config(vdi, "sm_config", "vhd-parent");
        depth++;
        vdi = records_find(records, "VDI", json_string_value(json_object_get(refs, parent)));
    }
    return depth;
}

/* Those that waited at the last look as well: the storage manager does not get on with its work. */
static void check_waiting(struct health *health)
{
    const json_t *before = json_object_get(health_fact(health, "memory"), "waiting");
    json_t *waiting = health_list_waiting(health->records);
    json_t *counts = json_object();
    const char *uuid;
    json_t *sr;
    json_object_foreach(waiting, uuid, sr)
        if (json_object_get(before, uuid)) {
            const char *ref = json_string_value(sr);
            json_object_set_new(counts, ref, json_integer(json_integer_value(json_object_get(counts, ref)) + 1));
        }
    json_object_foreach(counts, uuid, sr)
        health_add(health, HEALTH_DEGRADED, "coalesce_stuck", record_text(records_find(health->records, "SR", uuid), "name_label"), "%lld",
                   (long long)json_integer_value(sr));
    json_decref(counts);
    json_decref(waiting);
}

void health_check_chains(struct health *health)
{
    json_t *refs = json_object();
    json_t *children = list_children(health->records, refs);
    const char *ref;
    json_t *vdi;
    json_object_foreach(records_table(health->records, "VDI", NULL), ref, vdi) {
        int depth = json_object_get(children, record_text(vdi, "uuid")) ? 0 : depth_of(health->records, refs, vdi);
        if (depth >= LONG_CHAIN)
            health_add(health, depth >= LONGEST_CHAIN ? HEALTH_SERVICE : HEALTH_DEGRADED, "chain_long", record_text(vdi, "name_label"),
                       "%d / 30", depth);
    }
    json_decref(children);
    json_decref(refs);
    check_waiting(health);
}
