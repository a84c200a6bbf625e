/* Health of the hosts: alive, in time, with room for each other, with certificates, licences and links. See health.h. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "xen/health.h"
#include "xen/instant.h"

enum { DAY = 24 * 60 * 60, CLOCK_WARNING = 60, CLOCK_BAD = 300 };

void health_check_hosts(struct health *health)
{
    const char *ref;
    json_t *host;
    json_object_foreach(records_table(health->records, "host", NULL), ref, host) {
        const json_t *metrics = records_find(health->records, "host_metrics", record_text(host, "metrics"));
        const char *name = record_text(host, "name_label");
        if (!record_flag(metrics, "live"))
            health_add(health, HEALTH_SERVICE, "HOST_NOT_LIVE", name, "%s", record_text(host, "address"));
        else if (!record_flag(host, "enabled"))
            health_add(health, HEALTH_DEGRADED, "HOST_DISABLED", name, "%s", record_text(host, "address"));
    }
}

/* Room for the VMs of one host on the others */

static int64_t needed_by(struct records *records, const char *host)
{
    int64_t bytes = 0;
    const char *ref;
    json_t *vm;
    json_object_foreach(records_table(records, "VM", NULL), ref, vm)
        if (record_is_real_vm(vm) && strcmp(record_text(vm, "resident_on"), host) == 0)
            bytes += record_number(vm, "memory_dynamic_min") + record_number(vm, "memory_overhead");
    return bytes;
}

/* -1: not known of one of them. */
static int64_t free_on_others(const struct health *health, const char *host)
{
    int64_t bytes = 0;
    const char *ref;
    json_t *other;
    json_object_foreach(records_table(health->records, "host", NULL), ref, other) {
        const json_t *free = json_object_get(health_fact(health, "free_memory"), ref);
        if (strcmp(ref, host) == 0)
            continue;
        if (!json_is_integer(free))
            return -1;
        bytes += json_integer_value(free);
    }
    return bytes;
}

void health_check_memory(struct health *health)
{
    json_t *hosts = records_table(health->records, "host", NULL);
    const char *ref;
    json_t *host;
    if (json_object_size(hosts) < 2)
        return;
    json_object_foreach(hosts, ref, host) {
        int64_t needed = needed_by(health->records, ref);
        int64_t free = free_on_others(health, ref);
        if (free >= 0 && needed > free)
            health_add(health, HEALTH_DEGRADED, "no_room_for_host", record_text(host, "name_label"), "%lld MiB > %lld MiB",
                       (long long)needed >> 20, (long long)free >> 20);
    }
}

void health_check_clocks(struct health *health)
{
    const char *ref;
    json_t *host;
    json_object_foreach(records_table(health->records, "host", NULL), ref, host) {
        const json_t *ahead = json_object_get(health_fact(health, "clocks"), ref);
        long long seconds = json_integer_value(ahead);
        if (!json_is_integer(ahead) || llabs(seconds) <= CLOCK_WARNING)
            continue;
        health_add(health, llabs(seconds) > CLOCK_BAD ? HEALTH_SERVICE : HEALTH_DEGRADED, "HOST_CLOCK_SKEW_DETECTED",
                   record_text(host, "name_label"), "%+lld s", seconds);
    }
}

/* Starts since the last look */

static json_int_t remembered(const struct health *health, const char *what, const char *uuid)
{
    return json_integer_value(json_object_get(json_object_get(health_fact(health, "memory"), what), uuid));
}

static void tell_start(struct health *health, const json_t *host, const char *code, time_t instant)
{
    char *text = clock_format_utc(NULL, instant);
    health_add(health, HEALTH_RECOVERED, code, record_text(host, "name_label"), "%s", text);
    talloc_free(text);
}

void health_check_starts(struct health *health)
{
    const char *ref;
    json_t *host;
    json_object_foreach(records_table(health->records, "host", NULL), ref, host) {
        const char *uuid = record_text(host, "uuid");
        time_t booted = (time_t)strtoll(record_config(host, "other_config", "boot_time"), NULL, 10);
        time_t started = (time_t)strtoll(record_config(host, "other_config", "agent_start_time"), NULL, 10);
        json_int_t booted_before = remembered(health, "boots", uuid);
        json_int_t started_before = remembered(health, "agents", uuid);
        if (booted_before && booted > booted_before)
            tell_start(health, host, "host_rebooted", booted);
        else if (started_before && started > started_before)
            tell_start(health, host, "toolstack_restarted", started);
    }
}

/* What runs out */

static int priority_of_days(long long days, long long warning)
{
    enum { WEEK = 7 };
    return days <= WEEK ? HEALTH_SERVICE : days <= warning ? HEALTH_DEGRADED : HEALTH_NOTICE;
}

void health_check_licences(struct health *health)
{
    enum { WARNING_DAYS = 60, FAR_DAYS = 3650 };
    const char *ref;
    json_t *host;
    json_object_foreach(records_table(health->records, "host", NULL), ref, host) {
        time_t expires;
        const char *expiry = record_config(host, "license_params", "expiry");
        json_t *text = json_string(expiry);
        bool known = instant_parse(text, &expires);
        long long days = known ? (expires - health->now) / DAY : FAR_DAYS;
        json_decref(text);
        if (days <= WARNING_DAYS)
            health_add(health, priority_of_days(days, WARNING_DAYS), days < 0 ? "LICENSE_EXPIRED" : "LICENSE_EXPIRES_SOON",
                       record_text(host, "name_label"), "%lld", days);
    }
}

void health_check_certificates(struct health *health)
{
    enum { WARNING_DAYS = 90 };
    size_t i;
    const json_t *certificate;
    json_array_foreach(health_fact(health, "certificates"), i, certificate) {
        const char *address = record_text(certificate, "address");
        const char *problem = record_text(certificate, "problem");
        long long days = (record_number(certificate, "expires") - health->now) / DAY;
        if (*problem)
            health_add(health, HEALTH_DEGRADED, strcmp(record_text(certificate, "kind"), "stranger") == 0 ? "stranger" : "host_silent",
                       address, "%s", problem);
        else if (days <= WARNING_DAYS)
            health_add(health, priority_of_days(days, WARNING_DAYS), days < 0 ? "certificate_expired" : "certificate_expires",
                       address, "%lld", days);
    }
}

/* Links */

static const char *host_name(const struct health *health, const json_t *row)
{
    return record_text(records_find(health->records, "host", record_text(row, "host")), "name_label");
}

static bool is_in_use(const json_t *pif)
{
    const char *bond = record_text(pif, "bond_slave_of");
    return record_flag(pif, "currently_attached") || (*bond && strcmp(bond, "OpaqueRef:NULL") != 0);
}

void health_check_network(struct health *health)
{
    const char *ref;
    json_t *row;
    json_object_foreach(records_table(health->records, "PIF", NULL), ref, row) {
        const json_t *metrics = records_find(health->records, "PIF_metrics", record_text(row, "metrics"));
        bool is_bond = json_array_size(json_object_get(row, "bond_master_of")) > 0;
        if (record_flag(row, "management") && !record_flag(row, "currently_attached"))
            health_add(health, HEALTH_SERVICE, "nic_unplugged", host_name(health, row), "%s", record_text(row, "device"));
        else if (metrics && record_number(row, "VLAN") <= 0 && !is_bond && is_in_use(row) && !record_flag(metrics, "carrier"))
            health_add(health, HEALTH_DEGRADED, "nic_down", host_name(health, row), "%s", record_text(row, "device"));
    }
    json_object_foreach(records_table(health->records, "Bond", NULL), ref, row) {
        size_t slaves = json_array_size(json_object_get(row, "slaves"));
        int64_t up = record_number(row, "links_up");
        const json_t *master = records_find(health->records, "PIF", record_text(row, "master"));
        if (json_object_get(row, "links_up") && up < (int64_t)slaves)
            health_add(health, up ? HEALTH_DEGRADED : HEALTH_SERVICE, "BOND_STATUS_CHANGED", host_name(health, master), "%s %lld / %zu",
                       record_text(master, "device"), (long long)up, slaves);
    }
}

/* Hardware: XCP-ng tells of its software RAID; everything else is known to plugins in checks.d */

static void check_raids(struct health *health)
{
    const char *ref;
    json_t *host;
    json_object_foreach(records_table(health->records, "host", NULL), ref, host) {
        const json_t *raid = json_object_get(json_object_get(json_object_get(health_fact(health, "raids"), ref), "raid"), "State");
        const char *state = json_string_value(raid);
        if (state && !strstr(state, "clean") && !strstr(state, "active"))
            health_add(health, HEALTH_SERVICE, "raid_degraded", record_text(host, "name_label"), "%s", state);
        else if (state && (strstr(state, "degraded") || strstr(state, "recovering") || strstr(state, "resyncing")))
            health_add(health, HEALTH_DEGRADED, "raid_degraded", record_text(host, "name_label"), "%s", state);
    }
}

void health_check_hardware(struct health *health)
{
    static const char *const codes[] = {"check_ok", "check_warning", "check_critical", "check_unknown"};
    size_t i;
    const json_t *check;
    check_raids(health);
    json_array_foreach(health_fact(health, "checks"), i, check) {
        int64_t status = record_number(check, "status");
        const char *problem = record_text(check, "problem");
        if (*problem)
            health_add(health, HEALTH_DEGRADED, problem, record_text(check, "name"), "%s", record_text(check, "text"));
        else if (status >= 1 && status <= 3)
            health_add(health, status == 2 ? HEALTH_SERVICE : HEALTH_DEGRADED, codes[status], record_text(check, "name"), "%s",
                       record_text(check, "text"));
    }
}
