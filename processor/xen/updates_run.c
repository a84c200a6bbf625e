/* One look at the updates of a pool: see updates_run.h. */
#include "xen/updates_run.h"

#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "store/host_update.h"
#include "xen/ask.h"
#include "xen/instant.h"
#include "xen/supply.h"
#include "xen/survey.h"
#include "xen/updates.h"

enum {
    CATALOGUE_SECONDS = 90,
    DELIVERY_SECONDS = 90,
    BUSY_TRIES = 10,
    BUSY_MILLISECONDS = 2000,
    MOST_REFS = 16 * 1024,
};

/* Every way tells where its knowledge comes from: {"newest", "fetched_at", "problem"}. */
static json_t *describe_source(const char *newest, json_int_t fetched_at, const char *problem)
{
    return json_pack("{s:s, s:I, s:s?}", "newest", newest, "fetched_at", fetched_at, "problem", problem);
}

/* Up to 8.2: the catalogue */

static json_t *ask_catalogue(struct survey *survey, json_t *hosts)
{
    struct reason reason;
    const struct xen_settings *settings = survey->settings;
    char *copy = memory_format(survey, "%s.catalogue-%s.xml", survey->config->database, settings->name);
    json_t *request = json_pack("{s:s, s:s, s:s}", "do", "catalogue", "source", settings->catalogue, "copy", copy);
    json_t *catalogue = ask_helper(survey, NULL, request, CATALOGUE_SECONDS, &reason);
    if (!catalogue)
        return describe_source("", 0, reason.raw);
    updates_find_missing(survey->records, catalogue, hosts);
    json_t *source = describe_source(record_text(catalogue, "newest"), record_number(catalogue, "fetched_at"),
                                     json_string_value(json_object_get(catalogue, "problem")));
    json_decref(catalogue);
    return source;
}

/* 8: the pool has synchronised with the delivery network, and tells per host */

static const json_t *find_by_id(const json_t *updates, const char *id)
{
    size_t i;
    const json_t *update;
    json_array_foreach(updates, i, update)
        if (strcmp(record_text(update, "id"), id) == 0)
            return update;
    return NULL;
}

/* "RebootHost RestartVM" of ["RebootHost", "RestartVM"] or of one string. */
static char *join_words(const void *context, const json_t *words)
{
    char *joined = memory_copy_text(context, json_is_string(words) ? json_string_value(words) : "");
    size_t i;
    const json_t *word;
    json_array_foreach(words, i, word)
        joined = memory_format(context, "%s %s", joined, json_is_string(word) ? json_string_value(word) : "");
    return joined;
}

static json_t *make_delivered(const void *context, const json_t *updates, const char *id)
{
    const json_t *known = find_by_id(updates, id);
    const char *title = record_text(known, "title");
    const char *summary = record_text(known, "summary");
    const char *severity = record_text(known, "severity");
    json_t *update = updates_make(id, *title ? title : id, *summary ? summary : record_text(known, "description"));
    json_object_set_new(update, "page", json_string(record_text(known, "URL")));
    json_object_set_new(update, "timestamp", json_string(record_text(known, "issued")));
    json_object_set_new(update, "priority", json_integer(strcasecmp(severity, "critical") == 0 || strcasecmp(severity, "high") == 0 ? 1 : 2));
    updates_set_guidance(update, join_words(context, json_object_get(known, "guidance")));
    return update;
}

static void take_delivery(struct survey *survey, const json_t *document, json_t *hosts)
{
    size_t i;
    size_t j;
    json_t *host;
    const json_t *told;
    const json_t *id;
    json_array_foreach(hosts, i, host)
        json_array_foreach(json_object_get(document, "hosts"), j, told) {
            if (strcmp(record_text(told, "ref"), record_text(host, "ref")) != 0)
                continue;
            size_t k;
            json_array_foreach(json_object_get(told, "updates"), k, id)
                if (json_is_string(id))
                    json_array_append_new(json_object_get(host, "missing"),
                                          make_delivered(survey, json_object_get(document, "updates"), json_string_value(id)));
        }
}

static json_t *ask_delivery(struct survey *survey, json_t *hosts)
{
    struct reason reason;
    struct buffer *path = buffer_new(survey, MOST_REFS);
    size_t i;
    const json_t *host;
    buffer_add_text(path, "/updates?host_refs=");
    json_array_foreach(hosts, i, host)
        buffer_format(path, "%s%s", i ? ";" : "", record_text(host, "ref"));
    json_t *request = json_pack("{s:s, s:s}", "do", "get", "path", path->bytes);
    json_t *document = ask_helper(survey, survey->client, request, DELIVERY_SECONDS, &reason);
    if (!document)
        return describe_source("", 0, reason.raw);
    take_delivery(survey, document, hosts);
    json_decref(document);
    time_t synced = 0;
    instant_parse(json_object_get(records_pool(survey->records), "last_update_sync"), &synced);
    return describe_source("", (json_int_t)synced, synced ? NULL : "the pool has not yet asked for updates");
}

/* XCP-ng: every host asks its package manager */

static json_t *ask_packages(struct survey *survey, const char *host)
{
    for (int tries = 1;; tries++) {
        json_t *answer = client_call(survey->client, "host.call_plugin", json_pack("[s, s, s, {}]", host, "updater.py", "check_update"), NULL);
        const char *text = json_string_value(answer);
        json_t *list = text ? json_loads(text, 0, NULL) : NULL;
        json_decref(answer);
        if (json_is_object(list)) { /* older plugins wrap it */
            json_t *inner = json_incref(json_object_get(list, "result"));
            json_decref(list);
            list = inner;
        }
        const char *raw = client_reason(survey->client)->raw;
        if (list || !raw || !strcasestr(raw, "busy") || tries == BUSY_TRIES)
            return list;
        client_sleep(BUSY_MILLISECONDS);
    }
}

static json_t *make_package(const void *context, const json_t *package)
{
    const char *name = record_text(package, "name");
    const char *whole = record_text(package, "fullName");
    const json_t *log = json_object_get(package, "changelog");
    char *label = *whole ? memory_copy_text(context, whole)
                         : memory_format(context, "%s-%s-%s", name, record_text(package, "version"), record_text(package, "release"));
    const char *text = json_is_object(log) ? record_text(log, "description") : record_text(package, "description");
    json_t *update = updates_make(label, label, text);
    json_object_set_new(update, "page", json_string(record_text(package, "url")));
    json_object_set_new(update, "bytes", json_integer(record_number(package, "size")));
    /* XCP-ng's rule of thumb: these are only in use after a restart of the host */
    updates_set_guidance(update, strncmp(name, "xen-", 4) == 0 || strncmp(name, "kernel", 6) == 0 ? "restartHost" : "restartXAPI");
    return update;
}

static json_t *ask_every_host(struct survey *survey, json_t *hosts)
{
    char *problem = NULL;
    size_t i;
    size_t j;
    json_t *host;
    const json_t *package;
    json_array_foreach(hosts, i, host) {
        json_t *packages = ask_packages(survey, record_text(host, "ref"));
        if (!json_is_array(packages))
            problem = memory_format(survey, "%s: %s", record_text(host, "name"),
                                    client_reason(survey->client)->raw ? client_reason(survey->client)->raw : "no list of packages");
        json_array_foreach(packages, j, package)
            json_array_append_new(json_object_get(host, "missing"), make_package(survey, package));
        json_decref(packages);
    }
    return describe_source("", (json_int_t)survey->now, problem);
}

/* Entering what was seen */

static bool enter_host(struct survey *survey, const json_t *host, struct error **error)
{
    size_t i;
    json_t *missing;
    bool done = true;
    json_array_foreach(json_object_get(host, "missing"), i, missing) {
        struct host_update update = {.pool = survey->settings->name, .host_uuid = record_text(host, "uuid"),
                                     .host_name = record_text(host, "name"), .id = record_text(missing, "id"),
                                     .name = record_text(missing, "name")};
        bool is_new = false;
        done = done && store_see_update(survey->store, &update, survey->now, &is_new, error);
        json_object_set_new(missing, "is_new", json_boolean(is_new));
    }
    return done && store_end_updates(survey->store, survey->settings->name, record_text(host, "uuid"), survey->now, error);
}

/* A source that failed knows nothing: then nothing is gone, either. */
static bool enter(struct survey *survey, const json_t *hosts, bool is_known, struct error **error)
{
    size_t i;
    const json_t *host;
    bool done = survey->is_dry || store_begin(survey->store, error);
    json_array_foreach(hosts, i, host)
        done = done && (survey->is_dry || !is_known || enter_host(survey, host, error));
    if (survey->is_dry)
        return done;
    if (done && store_commit(survey->store, error))
        return true;
    store_rollback(survey->store);
    return false;
}

static bool look(struct survey *survey, bool is_night, json_t *view, struct error **error)
{
    enum updates_kind kind = updates_kind_of(survey->records);
    json_t *hosts = updates_view_hosts(survey->records);
    json_t *source = kind == UPDATES_DELIVERY ? ask_delivery(survey, hosts)
                     : kind == UPDATES_PACKAGES ? ask_every_host(survey, hosts)
                                                : ask_catalogue(survey, hosts);
    time_t last_on;
    bool by_catalogue = kind == UPDATES_PATCHES || kind == UPDATES_UPDATES;
    bool is_known = json_is_null(json_object_get(source, "problem")) || (by_catalogue && record_number(source, "fetched_at"));
    bool done = enter(survey, hosts, is_known, error) && survey_last_protected(survey, &last_on, error);
    json_object_set_new(view, "kind", json_string(updates_kind_name(kind)));
    json_object_set_new(view, "hosts", hosts);
    json_object_set_new(view, "source", source);
    bool is_sure = json_is_null(json_object_get(source, "problem"));
    json_object_set_new(view, "downloads", is_night ? supply_run(survey, survey->settings, hosts, is_sure, survey->now) : json_null());
    json_object_set_new(view, "differences", updates_find_differences(survey->records));
    json_object_set_new(view, "uploads", updates_find_uploads(survey->records));
    if (done)
        json_object_set_new(view, "protection",
                            json_pack("{s:b, s:I, s:I}", "is_on", (int)record_flag(records_pool(survey->records), "ha_enabled"),
                                      "last_on", (json_int_t)last_on, "last_applied",
                                      (json_int_t)updates_last_applied(survey->records)));
    return done;
}

json_t *updates_run(const struct config *config, struct store *store, const struct xen_settings *settings, enum updates_trace trace,
                    struct error **error)
{
    struct survey *survey = survey_begin(NULL, config, store, settings, "updates", trace == UPDATES_DRY, error);
    if (!survey)
        return NULL;
    bool read = survey_read(survey, updates_tables);
    json_t *view = survey_view(survey);
    if ((read && !look(survey, trace == UPDATES_NIGHT, view, error)) || !survey_end(survey, view, error)) {
        json_decref(view);
        view = NULL;
    }
    talloc_free(survey);
    return view;
}
