/* Health of the pool as a whole: its master, high availability, what it does and what it says. See health.h. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "xen/choose.h"
#include "xen/health.h"
#include "xen/instant.h"

enum { DAY = 24 * 60 * 60, HOUR = 60 * 60, NAMES_SHOWN = 5 };

static const json_t *find_by_uuid(struct records *records, const char *table, const char *uuid)
{
    const char *ref;
    json_t *row;
    json_object_foreach(records_table(records, table, NULL), ref, row)
        if (strcmp(record_text(row, "uuid"), uuid) == 0)
            return row;
    return NULL;
}

static bool is_configured(const struct health *health, const char *address)
{
    char **addresses = settings_split(NULL, health->settings->addresses);
    bool found = false;
    for (size_t i = 0; i < memory_count(addresses); i++)
        found = found || strcmp(addresses[i], address) == 0;
    talloc_free(addresses);
    return found;
}

void health_check_master(struct health *health)
{
    const json_t *master = records_master(health->records);
    const char *before = record_text(health_fact(health, "memory"), "master");
    const char *ref;
    json_t *host;
    if (*before && master && strcmp(before, record_text(master, "uuid")) != 0)
        health_add(health, HEALTH_DEGRADED, "POOL_MASTER_TRANSITION", record_text(master, "name_label"), "%s",
                   record_text(find_by_uuid(health->records, "host", before), "name_label"));
    json_object_foreach(records_table(health->records, "host", NULL), ref, host)
        if (*record_text(host, "address") && !is_configured(health, record_text(host, "address")))
            health_add(health, HEALTH_DEGRADED, "address_unknown", record_text(host, "name_label"), "%s", record_text(host, "address"));
}

/* High availability */

static void check_host_in_protection(struct health *health, const json_t *pool, const json_t *host, size_t hosts)
{
    size_t files = json_array_size(json_object_get(pool, "ha_statefiles"));
    size_t own = json_array_size(json_object_get(host, "ha_statefiles"));
    size_t peers = json_array_size(json_object_get(host, "ha_network_peers"));
    if (own < files)
        health_add(health, HEALTH_SERVICE, "HA_STATEFILE_LOST", record_text(host, "name_label"), "%zu / %zu", own, files);
    if (peers + 1 < hosts)
        health_add(health, HEALTH_SERVICE, "ha_peers_missing", record_text(host, "name_label"), "%zu / %zu", peers, hosts - 1);
}

static void check_plan(struct health *health, const json_t *pool)
{
    int64_t tolerated = record_number(pool, "ha_host_failures_to_tolerate");
    int64_t planned = record_number(pool, "ha_plan_exists_for");
    const char *name = record_text(pool, "name_label");
    if (planned == 0)
        health_add(health, HEALTH_SERVICE, "ha_no_plan", name, "0");
    else if (planned < tolerated)
        health_add(health, HEALTH_DEGRADED, "HA_POOL_DROP_IN_PLAN_EXISTS_FOR", name, "%lld / %lld", (long long)planned, (long long)tolerated);
    if (tolerated == 0)
        health_add(health, HEALTH_DEGRADED, "ha_tolerates_none", name, "0");
    if (record_flag(pool, "ha_overcommitted"))
        health_add(health, HEALTH_DEGRADED, "HA_POOL_OVERCOMMITTED", name, "%lld / %lld", (long long)planned, (long long)tolerated);
}

void health_check_protection(struct health *health)
{
    const json_t *pool = records_pool(health->records);
    const json_t *hosts = records_table(health->records, "host", NULL);
    time_t last_on = (time_t)json_integer_value(health_fact(health, "last_on"));
    const char *ref;
    json_t *host;
    if (json_object_size(hosts) < 2)
        return;
    if (!record_flag(pool, "ha_enabled")) {
        bool forgotten = last_on && health->now - last_on >= DAY;
        health_add(health, forgotten ? HEALTH_DEGRADED : HEALTH_NOTICE, forgotten ? "ha_still_off" : "ha_off",
                   record_text(pool, "name_label"), "%lld", forgotten ? (long long)(health->now - last_on) / DAY : 0);
        return;
    }
    check_plan(health, pool);
    json_object_foreach(records_table(health->records, "host", NULL), ref, host)
        check_host_in_protection(health, pool, host, json_object_size(hosts));
}

void health_check_capacity(struct health *health)
{
    const json_t *tolerates = health_fact(health, "tolerates");
    if (tolerates && json_integer_value(tolerates) == 0)
        health_add(health, HEALTH_DEGRADED, "no_capacity", record_text(records_pool(health->records), "name_label"), "0");
}

void health_check_protected_vms(struct health *health)
{
    char *names = NULL;
    size_t count = 0;
    const char *ref;
    json_t *vm;
    if (!record_flag(records_pool(health->records), "ha_enabled"))
        return;
    json_object_foreach(records_table(health->records, "VM", NULL), ref, vm) {
        if (!choose_takes(health->settings, vm) || *record_text(vm, "ha_restart_priority") ||
            strcmp(record_text(vm, "power_state"), "Running") != 0)
            continue;
        if (count++ < NAMES_SHOWN)
            names = memory_format(NULL, "%s%s%s", names ? names : "", names ? ", " : "", record_text(vm, "name_label"));
    }
    if (count)
        health_add(health, HEALTH_DEGRADED, "vms_unprotected", names, "%zu", count);
    talloc_free(names);
}

/* What it does and says */

void health_check_tasks(struct health *health)
{
    const char *ref;
    json_t *task;
    json_object_foreach(records_table(health->records, "task", NULL), ref, task) {
        time_t created;
        if (strcmp(record_text(task, "status"), "pending") != 0 || !instant_parse(json_object_get(task, "created"), &created) ||
            health->now - created < DAY)
            continue;
        health_add(health, HEALTH_DEGRADED, "task_stuck", record_text(task, "name_label"), "%lld",
                   (long long)(health->now - created) / HOUR);
    }
}

static const char *object_of(struct health *health, const json_t *message)
{
    static const char *const tables[][2] = {{"Host", "host"}, {"VM", "VM"}, {"SR", "SR"}, {"Pool", "pool"}, {"VDI", "VDI"}};
    const char *class = record_text(message, "cls");
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (strcasecmp(tables[i][0], class) == 0) {
            const char *name = record_text(find_by_uuid(health->records, tables[i][1], record_text(message, "obj_uuid")), "name_label");
            return *name ? name : record_text(message, "obj_uuid");
        }
    return record_text(message, "obj_uuid");
}

/* The pool calls these mere information; they come before hosts are fenced. */
static int priority_of(const json_t *message)
{
    int priority = (int)record_number(message, "priority");
    const char *name = record_text(message, "name");
    if (strncmp(name, "HA_", 3) == 0 && strstr(name, "_APPROACHING_TIMEOUT"))
        return HEALTH_DEGRADED;
    return priority < HEALTH_DATA ? HEALTH_DATA : priority > HEALTH_NOTICE ? HEALTH_NOTICE : priority;
}

/* One line of what a message says: its bodies are whole texts. */
static char *first_line(const void *context, const char *body)
{
    enum { LONGEST = 120 };
    size_t length = strcspn(body, "\r\n");
    while (length > LONGEST || (length && length == LONGEST && ((unsigned char)body[length] & 0xC0) == 0x80))
        length = length > LONGEST ? LONGEST : length - 1;
    while (length && ((unsigned char)body[length] & 0xC0) == 0x80)
        length--;
    return memory_copy_bytes(context, body, length);
}

/* Grouped by name and object: a path that flaps says the same a hundred times a night. */
void health_check_messages(struct health *health)
{
    const json_t *seen = json_object_get(health_fact(health, "memory"), "messages");
    json_t *groups = json_object();
    void *context = talloc_new(NULL);
    const char *key;
    json_t *message;
    json_object_foreach(json_object_get(health->facts, "messages"), key, message) {
        int priority = priority_of(message);
        if (priority > HEALTH_RECOVERED || json_object_get(seen, record_text(message, "uuid")))
            continue;
        char *name = memory_format(context, "%s/%s", record_text(message, "name"), record_text(message, "obj_uuid"));
        json_t *group = json_object_get(groups, name);
        if (!group) {
            group = json_pack("{s:i, s:s, s:s, s:s, s:i}", "priority", priority, "name", record_text(message, "name"), "object",
                              object_of(health, message), "body", first_line(context, record_text(message, "body")), "count", 0);
            json_object_set_new(groups, name, memory_check(group));
        }
        json_object_set_new(group, "count", json_integer(record_number(group, "count") + 1));
    }
    json_t *group;
    json_object_foreach(groups, key, group)
        health_add(health, (int)record_number(group, "priority"), record_text(group, "name"), record_text(group, "object"), "%s%s×%lld",
                   record_text(group, "body"), *record_text(group, "body") ? " " : "", (long long)record_number(group, "count"));
    json_decref(groups);
    talloc_free(context);
}
