/* What is remembered of looks at a pool: see looks_report.h. */
#include "report/looks_report.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "report/words.h"
#include "store/host_update.h"
#include "store/sr_sample.h"
#include "store/xen.h"
#include "xen/trend.h"

enum { DAY = 24 * 60 * 60, UPDATE_DAYS = 90, LOOK_DAYS = 30, MOST_RUNS = 200, SERVICE = 2, DEGRADED = 3 };

static json_t *list_updates(const void *context, struct office *office, const char *pool, struct error **error)
{
    struct host_update *updates =
        store_list_updates(context, office->store, pool, office->now - (time_t)UPDATE_DAYS * DAY, error);
    json_t *list = updates ? json_array() : NULL;
    for (size_t i = 0; i < memory_count(updates); i++) {
        const struct host_update *update = &updates[i];
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s?, s:s?}", "host", update->host_name, "name", update->name,
                                              "first_seen", clock_format_utc(context, update->first_seen_at), "since",
                                              report_format_instant(context, update->first_seen_at), "gone",
                                              update->gone_at ? clock_format_utc(context, update->gone_at) : NULL, "until",
                                              report_format_instant(context, update->gone_at)));
    }
    return list;
}

static json_int_t count_findings(const json_t *findings, json_int_t from, json_int_t to)
{
    json_int_t count = 0;
    size_t i;
    const json_t *finding;
    json_array_foreach(findings, i, finding) {
        json_int_t priority = json_integer_value(json_object_get(finding, "priority"));
        count += priority >= from && priority <= to;
    }
    return count;
}

/* "HOST_NOT_LIVE xen2, sr_low iSCSI A" of what was not mere information. */
static char *join_codes(const void *context, const json_t *findings)
{
    char *codes = memory_copy_text(context, "");
    size_t i;
    const json_t *finding;
    json_array_foreach(findings, i, finding)
        if (json_integer_value(json_object_get(finding, "priority")) <= DEGRADED)
            codes = memory_format(context, "%s%s%s %s", codes, *codes ? ", " : "", json_string_value(json_object_get(finding, "code")),
                                  json_string_value(json_object_get(finding, "object")));
    return codes;
}

static json_t *view_look(const void *context, const struct xen_run *run, const json_t *look)
{
    const json_t *findings = json_object_get(look, "findings");
    const json_t *problem = json_object_get(json_object_get(look, "problem"), "code");
    return json_pack("{s:s, s:s, s:I, s:I, s:s?, s:s}", "at", clock_format_utc(context, run->started_at), "date",
                     report_format_instant(context, run->started_at), "bad", count_findings(findings, 1, SERVICE), "warnings",
                     count_findings(findings, DEGRADED, DEGRADED), "problem", json_string_value(problem), "codes",
                     join_codes(context, findings));
}

static json_t *view_day(const void *context, const struct sr_sample *sample)
{
    char *date = report_format_instant(context, sample->taken_at);
    date[strlen("2026-01-15")] = '\0';
    return json_pack("{s:s, s:I, s:I, s:I}", "date", date, "size", (json_int_t)sample->size, "used", (json_int_t)sample->used, "percent",
                     (json_int_t)(sample->size > 0 ? sample->used * 100 / sample->size : 0));
}

/* The last sample of each day of the center's clock. */
static json_t *list_days(const void *context, const struct sr_sample *samples, size_t count)
{
    json_t *days = json_array();
    for (size_t i = 0; i < count; i++)
        if (i + 1 == count || !civil_same_day(clock_to_civil(samples[i].taken_at), clock_to_civil(samples[i + 1].taken_at)))
            json_array_append_new(days, view_day(context, &samples[i]));
    return days;
}

/* Names are those of the last look that knew any. */
static json_t *list_storage(const void *context, struct office *office, const char *pool, const json_t *repositories, struct error **error)
{
    json_t *list = json_array();
    size_t i;
    const json_t *sr;
    json_array_foreach(repositories, i, sr) {
        const char *uuid = json_string_value(json_object_get(sr, "uuid"));
        struct sr_sample *samples =
            store_list_samples(context, office->store, pool, uuid, office->now - (time_t)LOOK_DAYS * DAY, error);
        if (!samples) {
            json_decref(list);
            return NULL;
        }
        size_t count = memory_count(samples);
        int64_t used[LOOK_DAYS];
        size_t shown = trend_daily(samples, count, LOOK_DAYS, used);
        json_t *daily = json_array();
        for (size_t day = 0; day < shown; day++)
            json_array_append_new(daily, json_integer(used[day]));
        long full = trend_days(samples, count);
        json_array_append_new(list, json_pack("{s:s, s:O, s:o, s:s, s:o}", "uuid", uuid, "name", json_object_get(sr, "name"), "days",
                                              list_days(context, samples, count), "trend", report_draw_trend(context, daily), "full_in",
                                              full == TREND_NEVER ? json_null() : json_integer(full)));
        json_decref(daily);
    }
    return list;
}

bool report_add_looks(struct office *office, const char *pool, json_t *view, struct error **error)
{
    void *context = talloc_new(NULL);
    struct xen_run *runs = store_list_xen_runs(context, office->store, pool, "health", office->now - (time_t)LOOK_DAYS * DAY, MOST_RUNS, error);
    json_t *looks = json_array();
    json_t *repositories = NULL;
    for (size_t i = 0; i < memory_count(runs); i++) {
        json_t *look = runs[i].view ? json_loads(runs[i].view, 0, NULL) : NULL;
        if (!look)
            continue;
        if (!repositories)
            repositories = json_incref(json_object_get(look, "repositories"));
        json_array_append_new(looks, memory_check(view_look(context, &runs[i], look)));
        json_decref(look);
    }
    json_t *updates = runs ? list_updates(context, office, pool, error) : NULL;
    json_t *storage = updates ? list_storage(context, office, pool, repositories, error) : NULL;
    json_object_set_new(view, "health", looks);
    json_object_set_new(view, "updates", updates ? updates : json_null());
    json_object_set_new(view, "storage", storage ? storage : json_null());
    json_decref(repositories);
    talloc_free(context);
    return storage != NULL;
}
