/* How well a pool is: the lines, and how findings become a view. See health.h. */
#include "xen/health.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

const char *const health_tables[] = {"pool", "host", "host_metrics", "SR", "PBD", "VM", "VDI", "PIF", "PIF_metrics", "Bond", "task", NULL};

/* In the order of the report. */
static const struct {
    const char *name;
    void (*check)(struct health *health);
} lines[] = {
    {"master", health_check_master},
    {"hosts", health_check_hosts},
    {"protection", health_check_protection},
    {"capacity", health_check_capacity},
    {"protected_vms", health_check_protected_vms},
    {"attachments", health_check_attachments},
    {"paths", health_check_paths},
    {"space", health_check_space},
    {"chains", health_check_chains},
    {"snapshots", health_check_snapshots},
    {"memory", health_check_memory},
    {"clocks", health_check_clocks},
    {"network", health_check_network},
    {"hardware", health_check_hardware},
    {"certificates", health_check_certificates},
    {"licences", health_check_licences},
    {"starts", health_check_starts},
    {"tasks", health_check_tasks},
    {"messages", health_check_messages},
};

void health_add(struct health *health, int priority, const char *code, const char *object, const char *detail, ...)
{
    va_list arguments;
    va_start(arguments, detail);
    char *text = memory_format_list(NULL, detail, arguments);
    va_end(arguments);
    json_t *finding = json_pack("{s:i, s:s, s:s, s:s, s:s}", "priority", priority, "code", code, "object", object, "detail", text, "line",
                                health->line);
    json_array_append_new(health->findings, memory_check(finding));
    talloc_free(text);
}

const json_t *health_fact(const struct health *health, const char *name)
{
    const json_t *fact = json_object_get(health->facts, name);
    return json_is_null(fact) ? NULL : fact;
}

static const char *worst_state(const json_t *findings, size_t from)
{
    json_int_t worst = HEALTH_NOTICE;
    for (size_t i = from; i < json_array_size(findings); i++) {
        json_int_t priority = record_number(json_array_get(findings, i), "priority");
        worst = priority < worst ? priority : worst;
    }
    return worst <= HEALTH_SERVICE ? "bad" : worst == HEALTH_DEGRADED ? "warning" : "good";
}

/* By priority; within one, in the order in which they were found. */
static json_t *sort_findings(json_t *findings)
{
    json_t *sorted = json_array();
    for (int priority = HEALTH_DATA; priority <= HEALTH_NOTICE; priority++)
        for (size_t i = 0; i < json_array_size(findings); i++)
            if (record_number(json_array_get(findings, i), "priority") == priority)
                json_array_append(sorted, json_array_get(findings, i));
    json_decref(findings);
    return sorted;
}

json_t *health_judge(struct records *records, const struct xen_settings *settings, const json_t *facts, time_t now)
{
    struct health health = {.records = records, .settings = settings, .facts = facts, .now = now, .findings = json_array(),
                            .lines = json_array()};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        size_t before = json_array_size(health.findings);
        health.line = lines[i].name;
        lines[i].check(&health);
        json_array_append_new(health.lines, json_pack("{s:s, s:s}", "line", health.line, "state", worst_state(health.findings, before)));
    }
    return json_pack("{s:o, s:o}", "findings", sort_findings(health.findings), "lines", health.lines);
}

static json_t *collect_instants(struct records *records, const char *key)
{
    json_t *instants = json_object();
    const char *ref;
    json_t *host;
    json_object_foreach(records_table(records, "host", NULL), ref, host)
        json_object_set_new(instants, record_text(host, "uuid"), json_integer(strtoll(record_config(host, "other_config", key), NULL, 10)));
    return instants;
}

json_t *health_memory(struct records *records, const json_t *facts, time_t now)
{
    json_t *messages = json_object();
    const char *ref;
    json_t *message;
    json_object_foreach(json_object_get(facts, "messages"), ref, message)
        json_object_set_new(messages, record_text(message, "uuid"), json_true());
    return json_pack("{s:I, s:s, s:o, s:o, s:o, s:o}", "at", (json_int_t)now, "master", record_text(records_master(records), "uuid"),
                     "boots", collect_instants(records, "boot_time"), "agents", collect_instants(records, "agent_start_time"),
                     "waiting", health_list_waiting(records), "messages", messages);
}
