/* How well a pool is, for people: see health_report.h. */
#include "report/health_report.h"

#include <stdbool.h>
#include <string.h>

#include "base/memory.h"
#include "report/reason.h"
#include "report/words.h"
#include "text/width.h"

enum { SERVICE = 2, DEGRADED = 3, NAME_COLUMNS = 20, FAR_DAYS = 365 /* beyond it no day is named */ };

/* The codes that xen-finding.txt has words for. */
static const char *const known[] = {
    "POOL_MASTER_TRANSITION", "address_unknown", "HOST_NOT_LIVE", "HOST_DISABLED", "HA_STATEFILE_LOST", "ha_peers_missing", "ha_no_plan",
    "HA_POOL_DROP_IN_PLAN_EXISTS_FOR", "ha_tolerates_none", "HA_POOL_OVERCOMMITTED", "ha_still_off", "ha_off", "no_capacity",
    "vms_unprotected", "pbd_missing", "PBD_PLUG_FAILED_ON_SERVER_START", "MULTIPATH_PERIODIC_ALERT", "multipathing_differs", "sr_low",
    "sr_full_soon", "coalesce_stuck", "chain_long", "snapshots_old", "no_room_for_host", "HOST_CLOCK_SKEW_DETECTED", "nic_unplugged", "nic_down",
    "BOND_STATUS_CHANGED", "raid_degraded", "check_warning", "check_critical", "check_unknown", "check_late", "check_crashed",
    "check_nonsense", "certificate_expired", "certificate_expires", "stranger", "host_silent", "LICENSE_EXPIRED", "LICENSE_EXPIRES_SOON",
    "host_rebooted", "toolstack_restarted", "task_stuck", "HA_HOST_FAILED", "HA_HOST_WAS_FENCED", "HA_PROTECTED_VM_RESTART_FAILED",
    "HA_NETWORK_BONDING_ERROR", "METADATA_LUN_BROKEN", "METADATA_LUN_HEALTHY", "HOST_CLOCK_WENT_BACKWARDS", "HOST_SYNC_DATA_FAILED",
    "ALARM", "LICENSE_NOT_AVAILABLE", "LICENSE_SERVER_UNAVAILABLE", "GRACE_LICENSE", "VM_CRASHED", "SM_GC_NO_SPACE",
    "PERIODIC_UPDATE_SYNC_FAILED"};

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static json_int_t number_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

json_t *report_view_finding(const json_t *finding)
{
    json_int_t priority = number_of(finding, "priority");
    json_t *view = json_pack("{s:O, s:O, s:O, s:I, s:s, s:b, s:b}", "code", json_object_get(finding, "code"), "object",
                             json_object_get(finding, "object"), "detail", json_object_get(finding, "detail"), "priority", priority,
                             "mark", priority <= SERVICE ? "★ " : priority == DEGRADED ? "■ " : "・", "is_bad", (int)(priority <= SERVICE),
                             "is_warning", (int)(priority == DEGRADED));
    report_add_words(memory_check(view), "words", text_of(finding, "code"), known, sizeof known / sizeof *known);
    return view;
}

static json_t *list_findings(const json_t *run)
{
    json_t *list = json_array();
    size_t i;
    const json_t *finding;
    json_array_foreach(json_object_get(run, "findings"), i, finding)
        json_array_append_new(list, report_view_finding(finding));
    return list;
}

static size_t count_set(const json_t *list, const char *name)
{
    size_t count = 0;
    size_t i;
    const json_t *item;
    json_array_foreach(list, i, item)
        count += json_is_true(json_object_get(item, name));
    return count;
}

/* {"words": {line: true}} of every line in a state; templates have a name for each. */
static json_t *list_lines(const json_t *run, const char *state)
{
    static const char *const names[] = {"master", "hosts", "protection", "capacity", "protected_vms", "attachments", "paths", "space",
                                        "chains", "snapshots", "memory", "clocks", "network", "hardware", "certificates", "licences", "starts",
                                        "tasks", "messages"};
    json_t *list = json_array();
    size_t i;
    const json_t *line;
    json_array_foreach(json_object_get(run, "lines"), i, line) {
        if (strcmp(text_of(line, "state"), state) != 0)
            continue;
        json_t *view = json_pack("{s:b}", "is_first", (int)(json_array_size(list) == 0));
        report_add_words(view, "line", text_of(line, "line"), names, sizeof names / sizeof *names);
        json_array_append_new(list, view);
    }
    return list;
}

static json_t *view_repository(const void *context, const json_t *sr)
{
    json_int_t size = number_of(sr, "size");
    json_int_t free = number_of(sr, "free");
    const json_t *before = json_object_get(sr, "before");
    json_int_t change = json_is_integer(before) ? free - json_integer_value(before) : 0;
    const json_t *used = json_object_get(sr, "used");
    json_int_t percent = size > 0 ? free * 100 / size : 0;
    json_t *days = json_object_get(sr, "days");
    bool is_near = json_is_integer(days) && json_integer_value(days) <= FAR_DAYS;
    return json_pack("{s:O, s:s, s:s, s:s, s:I, s:I, s:s, s:s?, s:s?, s:o, s:s?, s:s?}", "name", json_object_get(sr, "name"), "padded",
                     text_pad(context, text_of(sr, "name"), NAME_COLUMNS), "free", report_format_size(context, free), "size",
                     report_format_size(context, size), "percent", percent, "used_percent", 100 - percent, "bar",
                     report_draw_bar(context, size - free, size), "before",
                     json_is_integer(before) ? report_format_size(context, json_integer_value(before)) : NULL, "change",
                     change ? memory_format(context, "%s%s", change < 0 ? "-" : "+", report_format_size(context, change < 0 ? -change : change))
                            : NULL,
                     "days", is_near ? json_incref(days) : json_null(),
                     "trend", json_array_size(used) > 1 ? report_draw_trend(context, used) : NULL, "growth",
                     number_of(sr, "growth") > 0 ? report_format_size(context, number_of(sr, "growth")) : NULL);
}

static json_t *list_repositories(const void *context, const json_t *run)
{
    json_t *list = json_array();
    size_t i;
    const json_t *sr;
    json_array_foreach(json_object_get(run, "repositories"), i, sr)
        json_array_append_new(list, memory_check(view_repository(context, sr)));
    return list;
}

/* Those that say they are fine; the others are findings. */
static json_t *list_checks(const json_t *run)
{
    json_t *list = json_array();
    size_t i;
    const json_t *check;
    json_array_foreach(json_object_get(run, "checks"), i, check)
        if (!json_is_string(json_object_get(check, "problem")) && number_of(check, "status") == 0)
            json_array_append_new(list, json_pack("{s:O, s:O}", "name", json_object_get(check, "name"), "text", json_object_get(check, "text")));
    return list;
}

static json_t *view_problem(const json_t *problem)
{
    if (!json_is_object(problem))
        return json_null();
    json_t *view = json_pack("{s:O}", "raw", json_object_get(problem, "raw"));
    report_add_reason(memory_check(view), "words", text_of(problem, "code"));
    return view;
}

static json_t *copy_or_null(const json_t *run, const char *name)
{
    json_t *value = json_object_get(run, name);
    return value ? json_incref(value) : json_null();
}

json_t *report_view_health(const json_t *run, time_t now)
{
    void *context = talloc_new(NULL);
    json_t *findings = list_findings(run);
    json_t *problem = view_problem(json_object_get(run, "problem"));
    size_t bad = count_set(findings, "is_bad") + (json_is_object(problem) ? 1 : 0);
    size_t warnings = count_set(findings, "is_warning");
    json_t *view = json_pack("{s:O, s:s, s:b, s:o, s:o, s:I, s:I, s:b, s:b, s:o, s:o, s:o, s:o, s:o, s:o}", "pool",
                             json_object_get(run, "pool"), "date", report_format_instant(context, now), "is_dry",
                             (int)json_is_true(json_object_get(run, "is_dry")), "problem", problem, "findings", findings, "bad",
                             (json_int_t)bad, "warnings", (json_int_t)warnings, "is_bad", (int)(bad > 0), "is_careful",
                             (int)(!bad && warnings), "fine", list_lines(run, "good"), "unknown", list_lines(run, "unknown"),
                             "repositories", list_repositories(context, run), "checks", list_checks(run), "hosts",
                             copy_or_null(run, "hosts"), "vms", copy_or_null(run, "vms"));
    talloc_free(context);
    return memory_check(view);
}
