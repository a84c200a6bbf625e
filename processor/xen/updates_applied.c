/* Which updates hosts have, and in what state those left the pool: see updates_applied.h and updates.h. */
#include "xen/updates_applied.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "xen/updates.h"
#include "xen/instant.h"

const char *const updates_tables[] = {"pool", "host", "pool_patch", "host_patch", "pool_update", NULL};

static const char *lower(const char *uuid, char copy[40])
{
    size_t i = 0;
    for (; i < 39 && uuid[i]; i++)
        copy[i] = (char)tolower((unsigned char)uuid[i]);
    copy[i] = '\0';
    return copy;
}

enum updates_kind updates_kind_of(struct records *records)
{
    const json_t *master = records_master(records);
    const char *platform = record_config(master, "software_version", "platform_version");
    long parts[3] = {0};
    for (int i = 0; i < 3 && *platform; i++) {
        char *end;
        parts[i] = strtol(platform, &end, 10);
        platform = *end == '.' ? end + 1 : "";
    }
    if (strcasecmp(record_config(master, "software_version", "product_brand"), "XCP-ng") == 0)
        return UPDATES_PACKAGES;
    if (parts[0] > 3 || (parts[0] == 3 && parts[1] >= 3))
        return UPDATES_DELIVERY;
    bool has_updates = parts[0] > 2 || (parts[0] == 2 && (parts[1] > 1 || (parts[1] == 1 && parts[2] >= 1)));
    return has_updates ? UPDATES_UPDATES : UPDATES_PATCHES;
}

const char *updates_kind_name(enum updates_kind kind)
{
    static const char *const names[] = {"patches", "updates", "delivery", "packages"};
    return names[kind];
}

/* Rows of host_patch that are of this host and applied, each with its pool_patch. */
static bool is_applied(const json_t *host_patch, const char *host)
{
    return record_flag(host_patch, "applied") && strcmp(record_text(host_patch, "host"), host) == 0;
}

json_t *updates_applied_to(struct records *records, const char *host)
{
    json_t *applied = json_object();
    const json_t *own = records_find(records, "host", host);
    const char *ref;
    json_t *row;
    char uuid[40];
    json_object_foreach(records_table(records, "host_patch", NULL), ref, row) {
        const json_t *patch = records_find(records, "pool_patch", record_text(row, "pool_patch"));
        if (patch && is_applied(row, host))
            json_object_set_new(applied, lower(record_text(patch, "uuid"), uuid), json_string(record_text(patch, "name_label")));
    }
    json_object_foreach(records_table(records, "pool_update", NULL), ref, row)
        if (record_has(row, "hosts", host) || record_has(own, "updates", ref))
            json_object_set_new(applied, lower(record_text(row, "uuid"), uuid), json_string(record_text(row, "name_label")));
    return applied;
}

/* What waits for a restart */

/* "1510282722." as hosts write it; 0 when it is not there. */
static time_t instant_of(const json_t *host, const char *key)
{
    return (time_t)strtoll(record_config(host, "other_config", key), NULL, 10);
}

static bool advises(const json_t *patch, const char *what)
{
    return record_has(patch, "after_apply_guidance", what);
}

static void list_waiting(struct records *records, const char *host, json_t *restart_host, json_t *restart_toolstack)
{
    const json_t *own = records_find(records, "host", host);
    time_t booted = instant_of(own, "boot_time");
    time_t started = instant_of(own, "agent_start_time");
    const char *ref;
    json_t *row;
    json_object_foreach(records_table(records, "host_patch", NULL), ref, row) {
        const json_t *patch = records_find(records, "pool_patch", record_text(row, "pool_patch"));
        time_t applied_at;
        if (!patch || !is_applied(row, host) || !instant_parse(json_object_get(row, "timestamp_applied"), &applied_at))
            continue;
        if (advises(patch, "restartHost") && booted && applied_at > booted)
            json_array_append_new(restart_host, json_string(record_text(patch, "name_label")));
        else if (advises(patch, "restartXAPI") && started && applied_at > started)
            json_array_append_new(restart_toolstack, json_string(record_text(patch, "name_label")));
    }
    size_t i;
    const json_t *update;
    json_array_foreach(json_object_get(own, "updates_requiring_reboot"), i, update)
        json_array_append_new(restart_host,
                              json_string(record_text(records_find(records, "pool_update", json_string_value(update)), "name_label")));
    json_array_foreach(json_object_get(own, "pending_guidances"), i, update) {
        const char *word = json_string_value(update);
        if (word && strcasestr(word, "reboot_host"))
            json_array_append_new(restart_host, json_string(word));
        else if (word && strcasestr(word, "restart_toolstack"))
            json_array_append_new(restart_toolstack, json_string(word));
    }
}

static json_t *view_host(struct records *records, const char *ref, const json_t *host)
{
    json_t *applied = updates_applied_to(records, ref);
    json_t *restart_host = json_array();
    json_t *restart_toolstack = json_array();
    list_waiting(records, ref, restart_host, restart_toolstack);
    json_t *view = json_pack("{s:s, s:s, s:s, s:b, s:s, s:s, s:s, s:i, s:o, s:o, s:[]}", "ref", ref, "uuid", record_text(host, "uuid"),
                             "name", record_text(host, "name_label"), "is_master",
                             (int)(strcmp(ref, record_text(records_pool(records), "master")) == 0), "version",
                             record_config(host, "software_version", "product_version"), "build",
                             record_config(host, "software_version", "build_number"), "brand",
                             record_config(host, "software_version", "product_brand"), "applied", (int)json_object_size(applied),
                             "restart_host", restart_host, "restart_toolstack", restart_toolstack, "missing");
    json_decref(applied);
    return memory_check(view);
}

static int compare_hosts(const void *a, const void *b)
{
    const json_t *one = *(json_t *const *)a;
    const json_t *other = *(json_t *const *)b;
    int masters = (int)record_flag(other, "is_master") - (int)record_flag(one, "is_master");
    return masters ? masters : strcmp(record_text(one, "name"), record_text(other, "name"));
}

json_t *updates_view_hosts(struct records *records)
{
    json_t *hosts = records_table(records, "host", NULL);
    json_t **views = memory_array(NULL, json_t *, json_object_size(hosts));
    json_t *list = json_array();
    size_t count = 0;
    const char *ref;
    json_t *host;
    json_object_foreach(hosts, ref, host)
        views[count++] = view_host(records, ref, host);
    qsort(views, count, sizeof(json_t *), compare_hosts);
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, views[i]);
    talloc_free(views);
    return list;
}

/* Where hosts differ */

static bool differ(const json_t *one, const json_t *other, const char *field)
{
    return strcmp(record_config(one, "software_version", field), record_config(other, "software_version", field)) != 0;
}

/* {id: name} of what any host has, and by host what it has. */
static json_t *collect(struct records *records, json_t *by_host)
{
    json_t *all = json_object();
    const char *ref;
    json_t *host;
    json_object_foreach(records_table(records, "host", NULL), ref, host) {
        json_t *applied = updates_applied_to(records, ref);
        json_object_update_missing(all, applied);
        json_object_set_new(by_host, ref, applied);
    }
    return all;
}

json_t *updates_find_differences(struct records *records)
{
    const json_t *master = records_master(records);
    json_t *by_host = json_object();
    json_t *all = collect(records, by_host);
    json_t *updates = json_array();
    bool versions = false;
    const char *id;
    const char *ref;
    json_t *name;
    json_t *host;
    json_object_foreach(records_table(records, "host", NULL), ref, host)
        versions = versions || differ(host, master, "product_version") || differ(host, master, "build_number");
    json_object_foreach(all, id, name) {
        json_t *without = json_array();
        json_object_foreach(records_table(records, "host", NULL), ref, host)
            if (!json_object_get(json_object_get(by_host, ref), id))
                json_array_append_new(without, json_string(record_text(host, "name_label")));
        if (json_array_size(without))
            json_array_append_new(updates, json_pack("{s:O, s:O}", "name", name, "without", without));
        json_decref(without);
    }
    json_decref(all);
    json_decref(by_host);
    return json_pack("{s:b, s:o}", "versions", (int)versions, "updates", updates);
}

json_t *updates_find_uploads(struct records *records)
{
    json_t *uploads = json_array();
    const char *ref;
    const char *other;
    json_t *patch;
    json_t *row;
    json_object_foreach(records_table(records, "pool_patch", NULL), ref, patch) {
        bool used = false;
        json_object_foreach(records_table(records, "host_patch", NULL), other, row)
            used = used || strcmp(record_text(row, "pool_patch"), ref) == 0;
        if (!used)
            json_array_append_new(uploads, json_string(record_text(patch, "name_label")));
    }
    json_object_foreach(records_table(records, "pool_update", NULL), ref, patch)
        if (json_is_array(json_object_get(patch, "hosts")) && !json_array_size(json_object_get(patch, "hosts")))
            json_array_append_new(uploads, json_string(record_text(patch, "name_label")));
    return uploads;
}

time_t updates_last_applied(struct records *records)
{
    time_t last = 0;
    const char *ref;
    json_t *row;
    json_object_foreach(records_table(records, "host_patch", NULL), ref, row) {
        time_t instant;
        if (record_flag(row, "applied") && instant_parse(json_object_get(row, "timestamp_applied"), &instant) && instant > last)
            last = instant;
    }
    return last;
}
