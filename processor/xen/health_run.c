/* One look at how well a pool is: see health_run.h. */
#include "xen/health_run.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/fact.h"
#include "store/sr_sample.h"
#include "xen/checks.h"
#include "xen/choose.h"
#include "xen/health.h"
#include "xen/instant.h"
#include "xen/space.h"
#include "xen/survey.h"
#include "xen/trend.h"
#include "xen/updates.h"

enum {
    DAY = 24 * 60 * 60,
    OVERLAP = 10 * 60,  /* messages this much older than the last look are read again: clocks differ */
    TREND_DAYS = 30,
    SHOWN_DAYS = 14,
    BEFORE = 20 * 60 * 60, /* a sample of the day before is at least this old */
};

/* What calls tell */

static json_t *read_messages(struct survey *survey, const json_t *memory)
{
    time_t last = (time_t)record_number(memory, "at");
    time_t since = last ? last - OVERLAP : survey->now - DAY;
    return client_call(survey->client, "message.get_since", json_pack("[o]", instant_make(since)), NULL);
}

static bool is_live(const struct survey *survey, const json_t *host)
{
    return record_flag(records_find(survey->records, "host_metrics", record_text(host, "metrics")), "live");
}

/* Seconds by which a host's clock is ahead of ours, half of the way there and back taken off. */
static json_t *ask_clock(struct survey *survey, const char *ref)
{
    struct timespec before;
    struct timespec after;
    time_t now = clock_now();
    clock_gettime(CLOCK_MONOTONIC, &before);
    json_t *answer = client_call(survey->client, "host.get_servertime", json_pack("[s]", ref), NULL);
    clock_gettime(CLOCK_MONOTONIC, &after);
    time_t told = 0;
    bool known = instant_parse(answer, &told);
    json_decref(answer);
    return known ? json_integer(told - now - (after.tv_sec - before.tv_sec) / 2) : json_null();
}

static json_t *ask_memory(struct survey *survey, const char *ref)
{
    json_t *answer = client_call(survey->client, "host.compute_free_memory", json_pack("[s]", ref), NULL);
    const char *text = json_string_value(answer);
    json_t *bytes = text ? json_integer(strtoll(text, NULL, 10)) : json_null();
    json_decref(answer);
    return bytes;
}

/* XCP-ng's plugin; a host that has none of its disks in a RAID knows nothing. */
static json_t *ask_raid(struct survey *survey, const char *ref)
{
    json_t *answer = client_call(survey->client, "host.call_plugin", json_pack("[s, s, s, {}]", ref, "raid.py", "check_raid_pool"), NULL);
    json_t *document = answer ? json_loads(json_is_string(answer) ? json_string_value(answer) : "", 0, NULL) : NULL;
    json_decref(answer);
    return document ? document : json_null();
}

static void ask_hosts(struct survey *survey, json_t *facts)
{
    bool has_raids = updates_kind_of(survey->records) == UPDATES_PACKAGES;
    json_t *clocks = json_object();
    json_t *memory = json_object();
    json_t *raids = json_object();
    const char *ref;
    json_t *host;
    json_object_foreach(records_table(survey->records, "host", NULL), ref, host) {
        if (!is_live(survey, host))
            continue;
        json_object_set_new(clocks, ref, ask_clock(survey, ref));
        json_object_set_new(memory, ref, ask_memory(survey, ref));
        if (has_raids)
            json_object_set_new(raids, ref, ask_raid(survey, ref));
    }
    json_object_set_new(facts, "clocks", clocks);
    json_object_set_new(facts, "free_memory", memory);
    json_object_set_new(facts, "raids", raids);
}

/* How many hosts may fail if every server is to be started again; an empty list would be answered with a meaningless number. */
static json_t *ask_capacity(struct survey *survey)
{
    json_t *servers = json_object();
    const char *ref;
    json_t *vm;
    json_object_foreach(records_table(survey->records, "VM", NULL), ref, vm)
        if (choose_takes(survey->settings, vm) && strcmp(record_text(vm, "power_state"), "Running") == 0)
            json_object_set_new(servers, ref, json_string("restart"));
    if (!json_object_size(servers) || json_object_size(records_table(survey->records, "host", NULL)) < 2) {
        json_decref(servers);
        return json_null();
    }
    json_t *answer = client_call(survey->client, "pool.ha_compute_hypothetical_max_host_failures_to_tolerate", json_pack("[o]", servers), NULL);
    const char *text = json_string_value(answer);
    json_t *count = text ? json_integer(strtoll(text, NULL, 10)) : json_null();
    json_decref(answer);
    return count;
}

/* Of every configured address: also whether its host answers at all, and with a key that is pinned. */
static json_t *ask_certificates(struct survey *survey)
{
    json_t *list = json_array();
    char **addresses = settings_split(survey, survey->settings->addresses);
    for (size_t i = 0; i < memory_count(addresses); i++) {
        struct error *error = NULL;
        json_t *certificate = client_certificate(survey->client, addresses[i], false, &error);
        const char *kind = client_reason(survey->client)->code;
        json_array_append_new(list, json_pack("{s:s, s:I, s:s?, s:s?}", "address", addresses[i], "expires",
                                              (json_int_t)record_number(certificate, "expires"), "problem",
                                              certificate ? NULL : error ? error->sentence : "", "kind", certificate ? NULL : kind));
        json_decref(certificate);
        error_free(&error);
    }
    return list;
}

/* Storage */

static json_t *view_repository(struct survey *survey, const json_t *sr, json_t *days_to_full)
{
    const char *uuid = record_text(sr, "uuid");
    struct sr_sample now = {survey->now, record_number(sr, "physical_size"), record_number(sr, "physical_utilisation")};
    if (!survey->is_dry)
        store_add_sample(survey->store, survey->settings->name, uuid, &now, NULL);
    struct sr_sample *samples =
        store_list_samples(survey, survey->store, survey->settings->name, uuid, survey->now - TREND_DAYS * DAY, NULL);
    size_t count = memory_count(samples);
    int64_t used[SHOWN_DAYS];
    size_t days_shown = trend_daily(samples, count, SHOWN_DAYS, used);
    long days = trend_days(samples, count);
    json_t *daily = json_array();
    json_t *before = json_null();
    for (size_t i = 0; i < days_shown; i++)
        json_array_append_new(daily, json_integer(used[i]));
    for (size_t i = 0; i < count && survey->now - samples[i].taken_at >= BEFORE; i++) {
        json_decref(before);
        before = json_integer(samples[i].size - samples[i].used);
    }
    if (days != TREND_NEVER)
        json_object_set_new(days_to_full, uuid, json_integer(days));
    return json_pack("{s:s, s:s, s:I, s:I, s:o, s:I, s:o, s:o}", "uuid", uuid, "name", record_text(sr, "name_label"), "size",
                     (json_int_t)now.size, "free", (json_int_t)space_free(sr), "before", before, "growth",
                     (json_int_t)trend_growth(samples, count), "days", days == TREND_NEVER ? json_null() : json_integer(days), "used",
                     daily);
}

static json_t *view_repositories(struct survey *survey, json_t *days_to_full)
{
    json_t *list = json_array();
    const char *ref;
    json_t *sr;
    json_object_foreach(records_table(survey->records, "SR", NULL), ref, sr)
        if (space_is_storage(sr))
            json_array_append_new(list, memory_check(view_repository(survey, sr, days_to_full)));
    return list;
}

/* The memory of the last look, one document a pool */

static char *memory_name(const struct survey *survey)
{
    return memory_format(survey, "xen health %s", survey->settings->name);
}

static json_t *load_memory(struct survey *survey, struct error **error)
{
    char *text = NULL;
    if (!store_get_fact(survey, survey->store, memory_name(survey), &text, error))
        return NULL;
    json_t *memory = text ? json_loads(text, 0, NULL) : NULL;
    return memory ? memory : json_object();
}

static bool keep_memory(struct survey *survey, const json_t *facts, struct error **error)
{
    json_t *memory = memory_check(health_memory(survey->records, facts, survey->now));
    char *text = json_dumps(memory, JSON_COMPACT);
    bool done = store_set_fact(survey->store, memory_name(survey), text, error);
    free(text);
    json_decref(memory);
    return done;
}

static json_t *count_hosts(struct survey *survey)
{
    int live = 0;
    const char *ref;
    json_t *host;
    json_t *hosts = records_table(survey->records, "host", NULL);
    json_object_foreach(hosts, ref, host)
        live += is_live(survey, host);
    return json_pack("{s:i, s:i}", "all", (int)json_object_size(hosts), "live", live);
}

static json_t *count_vms(struct survey *survey)
{
    int all = 0;
    int running = 0;
    const char *ref;
    json_t *vm;
    json_object_foreach(records_table(survey->records, "VM", NULL), ref, vm) {
        bool is_real = record_is_real_vm(vm);
        all += is_real;
        running += is_real && strcmp(record_text(vm, "power_state"), "Running") == 0;
    }
    return json_pack("{s:i, s:i}", "all", all, "running", running);
}

/* Of a pool that could not be asked nothing is known but what does not come from it. */
static void forget_lines(json_t *judged)
{
    size_t i;
    json_t *line;
    json_array_foreach(json_object_get(judged, "lines"), i, line)
        if (strcmp(record_text(line, "line"), "certificates") != 0 && strcmp(record_text(line, "line"), "hardware") != 0)
            json_object_set_new(line, "state", json_string("unknown"));
}

static bool look(struct survey *survey, bool is_night, json_t *view, struct error **error)
{
    bool is_known = survey->records != NULL;
    json_t *memory = load_memory(survey, error);
    if (!memory)
        return false;
    json_t *facts = json_pack("{s:o, s:o, s:o}", "memory", memory, "certificates", ask_certificates(survey), "checks",
                              checks_run(survey->settings->checks, (int)survey->settings->check_seconds));
    time_t last_on = 0;
    bool done = true;
    if (is_known) {
        json_t *days = json_object();
        json_t *messages = read_messages(survey, memory);
        json_object_set_new(facts, "messages", messages ? messages : json_null());
        json_object_set_new(facts, "tolerates", ask_capacity(survey));
        ask_hosts(survey, facts);
        json_object_set_new(view, "repositories", view_repositories(survey, days));
        json_object_set_new(facts, "days_to_full", days);
        done = survey_last_protected(survey, &last_on, error);
        json_object_set_new(facts, "last_on", json_integer((json_int_t)last_on));
        json_object_set_new(view, "hosts", count_hosts(survey));
        json_object_set_new(view, "vms", count_vms(survey));
    } else {
        survey->records = records_from(survey, json_object());
    }
    json_t *judged = health_judge(survey->records, survey->settings, facts, survey->now);
    if (!is_known)
        forget_lines(judged);
    json_object_update(view, judged);
    json_object_set(view, "checks", json_object_get(facts, "checks"));
    done = done && (!is_known || !is_night || keep_memory(survey, facts, error));
    json_decref(judged);
    json_decref(facts);
    return done;
}

json_t *health_run(const struct config *config, struct store *store, const struct xen_settings *settings, enum health_trace trace,
                   struct error **error)
{
    struct survey *survey = survey_begin(NULL, config, store, settings, "health", trace == HEALTH_DRY, error);
    if (!survey)
        return NULL;
    survey_read(survey, health_tables);
    json_t *view = survey_view(survey);
    if (!look(survey, trace == HEALTH_NIGHT, view, error) || !survey_end(survey, view, error)) {
        json_decref(view);
        view = NULL;
    }
    talloc_free(survey);
    return view;
}
