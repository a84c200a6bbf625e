/* How the updates of a pool look to people: see updates_report.h. */
#include "report/updates_report.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "report/reason.h"
#include "report/words.h"
#include "text/width.h"

enum { DAY = 24 * 60 * 60, MOST_ROWS = 60, NAME_COLUMNS = 24, LEAST_COLUMNS = 6, STALE_DAYS = 7 };

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static bool is_set(const json_t *object, const char *name)
{
    return json_is_true(json_object_get(object, name));
}

static json_int_t number_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

/* "a, b, c" of a list of texts; NULL when it is empty. */
static char *join(const void *context, const json_t *list)
{
    char *joined = NULL;
    size_t i;
    const json_t *item;
    json_array_foreach(list, i, item)
        joined = memory_format(context, "%s%s%s", joined ? joined : "", joined ? ", " : "", json_string_value(item));
    return joined;
}

static const json_t *find_missing(const json_t *host, const char *id)
{
    size_t i;
    const json_t *update;
    json_array_foreach(json_object_get(host, "missing"), i, update)
        if (strcmp(text_of(update, "id"), id) == 0)
            return update;
    return NULL;
}

/* One column a host: its name is the heading, so it is as wide as that. */
static size_t columns_of(const json_t *host)
{
    size_t width = text_width(text_of(host, "name"));
    return (width < LEAST_COLUMNS ? LEAST_COLUMNS : width) + 2;
}

static json_t *make_row(const void *context, const json_t *hosts, const json_t *update)
{
    const char *name = text_of(update, "name");
    json_int_t bytes = number_of(update, "bytes");
    char *marks = memory_copy_text(context, "");
    json_t *cells = json_array();
    bool is_new = false;
    size_t i;
    const json_t *host;
    json_array_foreach(hosts, i, host) {
        const json_t *missing = find_missing(host, text_of(update, "id"));
        is_new = is_new || is_set(missing, "is_new");
        marks = memory_format(context, "%s%s", marks, text_pad(context, missing ? "●" : "-", columns_of(host)));
        json_array_append_new(cells, json_pack("{s:s, s:b}", "host", text_of(host, "name"), "is_missing", (int)(missing != NULL)));
    }
    return json_pack("{s:s, s:s, s:b, s:O, s:s?, s:b, s:O, s:s?, s:s?, s:O, s:O, s:O, s:o, s:s}", "name", name, "padded",
                     text_width(name) > NAME_COLUMNS ? name : text_pad(context, name, NAME_COLUMNS), "is_new", (int)is_new,
                     "description", json_object_get(update, "description"), "size",
                     bytes ? report_format_size(context, bytes) : NULL, "is_urgent", (int)(number_of(update, "priority") == 1),
                     "guidance", json_object_get(update, "guidance"), "page", *text_of(update, "page") ? text_of(update, "page") : NULL,
                     "requires", join(context, json_object_get(update, "requires")), "is_blocked", json_object_get(update, "is_blocked"),
                     "is_licensed_only", json_object_get(update, "is_licensed_only"), "is_dismissed",
                     json_object_get(update, "is_dismissed"), "cells", cells, "marks", marks);
}

static void add_rows(const void *context, const json_t *hosts, const json_t *host, json_t *seen, json_t *rows)
{
    size_t i;
    const json_t *update;
    json_array_foreach(json_object_get(host, "missing"), i, update) {
        const char *id = text_of(update, "id");
        if (json_object_get(seen, id))
            continue;
        json_object_set_new(seen, id, json_true());
        json_array_append_new(rows, memory_check(make_row(context, hosts, update)));
    }
}

/* Every update that any host lacks, once; the longest list has the order for all. */
static json_t *list_rows(const void *context, const json_t *hosts)
{
    json_t *rows = json_array();
    json_t *seen = json_object();
    const json_t *longest = NULL;
    size_t i;
    const json_t *host;
    json_array_foreach(hosts, i, host)
        if (!longest || json_array_size(json_object_get(host, "missing")) > json_array_size(json_object_get(longest, "missing")))
            longest = host;
    add_rows(context, hosts, longest, seen, rows);
    json_array_foreach(hosts, i, host)
        add_rows(context, hosts, host, seen, rows);
    json_decref(seen);
    return rows;
}

static size_t count_set(const json_t *list, const char *name)
{
    size_t count = 0;
    size_t i;
    const json_t *item;
    json_array_foreach(list, i, item)
        count += is_set(item, name);
    return count;
}

/* "2018-06-30" of a timestamp when that day has passed; NULL: still looked after, or not known. */
static char *past_day(const void *context, const char *timestamp, time_t now)
{
    time_t instant;
    if (!*timestamp || !clock_parse(timestamp, &instant) || instant > now)
        return NULL;
    return memory_copy_bytes(context, timestamp, strlen("2018-06-30"));
}

static json_t *view_host(const void *context, const json_t *host, time_t now)
{
    const char *eligibility = text_of(host, "eligibility");
    bool by_catalogue = json_object_get(host, "is_known") != NULL;
    return json_pack("{s:O, s:O, s:O, s:O, s:O, s:I, s:s?, s:s?, s:s?, s:b, s:b, s:b}", "name", json_object_get(host, "name"), "brand",
                     json_object_get(host, "brand"), "version", json_object_get(host, "version"), "build",
                     json_object_get(host, "build"), "is_master", json_object_get(host, "is_master"), "missing",
                     (json_int_t)json_array_size(json_object_get(host, "missing")), "restart_host",
                     join(context, json_object_get(host, "restart_host")), "restart_toolstack",
                     join(context, json_object_get(host, "restart_toolstack")), "ended", past_day(context, text_of(host, "eol"), now),
                     "is_unknown", (int)(by_catalogue && !is_set(host, "is_known")), "is_licensed_only",
                     (int)(strcmp(eligibility, "premium") == 0), "has_no_selection",
                     (int)(by_catalogue && is_set(host, "is_known") && !is_set(host, "has_selection")));
}

static json_t *list_hosts(const void *context, const json_t *hosts, time_t now)
{
    json_t *list = json_array();
    size_t i;
    const json_t *host;
    json_array_foreach(hosts, i, host)
        json_array_append_new(list, memory_check(view_host(context, host, now)));
    return list;
}

static bool any_restart(const json_t *hosts)
{
    size_t i;
    const json_t *host;
    json_array_foreach(hosts, i, host)
        if (json_array_size(json_object_get(host, "restart_host")) || json_array_size(json_object_get(host, "restart_toolstack")))
            return true;
    return false;
}

static json_t *list_differences(const void *context, const json_t *differences)
{
    json_t *list = json_array();
    size_t i;
    const json_t *update;
    json_array_foreach(json_object_get(differences, "updates"), i, update)
        json_array_append_new(list, json_pack("{s:O, s:s}", "name", json_object_get(update, "name"), "without",
                                              join(context, json_object_get(update, "without"))));
    return list;
}

static json_t *view_source(const void *context, const json_t *source, time_t now)
{
    if (!json_is_object(source))
        return json_null();
    time_t fetched = (time_t)number_of(source, "fetched_at");
    time_t newest;
    bool dated = clock_parse(text_of(source, "newest"), &newest);
    json_int_t days = fetched ? (now - fetched) / DAY : 0;
    return json_pack("{s:O, s:s?, s:s?, s:I, s:b}", "problem", json_object_get(source, "problem"), "fetched",
                     report_format_instant(context, fetched), "newest",
                     dated ? memory_copy_bytes(context, text_of(source, "newest"), strlen("2018-06-30")) : NULL, "days", days, "is_stale",
                     (int)(days > STALE_DAYS));
}

/* High availability: in the way of updates while it is on, forgotten when it is still off long after them. */
static json_t *view_protection(const void *context, const json_t *protection, size_t missing, time_t now)
{
    time_t on = (time_t)number_of(protection, "last_on");
    time_t applied = (time_t)number_of(protection, "last_applied");
    bool is_on = is_set(protection, "is_on");
    bool forgotten = !is_on && on && now - on >= DAY;
    return json_pack("{s:b, s:b, s:I, s:s?, s:s?, s:I}", "must_stop", (int)(is_on && missing), "is_forgotten", (int)forgotten, "off_days",
                     forgotten ? (json_int_t)(now - on) / DAY : 0, "last_on", report_format_instant(context, on), "last_applied",
                     report_format_instant(context, applied), "applied_days", applied ? (json_int_t)(now - applied) / DAY : 0);
}

/* What was fetched before it is needed, in numbers, and what a person has to fetch. */
static json_t *view_downloads(const void *context, const json_t *downloads)
{
    json_int_t bytes = 0;
    size_t i;
    const json_t *entry;
    if (!json_is_object(downloads))
        return json_null();
    const json_t *fetched = json_object_get(downloads, "fetched");
    json_array_foreach(fetched, i, entry)
        bytes += number_of(entry, "bytes");
    size_t there = json_array_size(json_object_get(downloads, "there")) + json_array_size(fetched);
    return json_pack("{s:O, s:I, s:I, s:s, s:I, s:O, s:O, s:I}", "folder", json_object_get(downloads, "folder"), "there", (json_int_t)there,
                     "fetched", (json_int_t)json_array_size(fetched), "size", report_format_size(context, bytes), "left",
                     (json_int_t)json_array_size(json_object_get(downloads, "left")), "by_hand", json_object_get(downloads, "by_hand"),
                     "failed", json_object_get(downloads, "failed"), "removed",
                     (json_int_t)json_array_size(json_object_get(downloads, "removed")));
}

static char *make_heading(const void *context, const json_t *hosts)
{
    char *heading = memory_copy_text(context, "");
    size_t i;
    const json_t *host;
    json_array_foreach(hosts, i, host)
        heading = memory_format(context, "%s%s", heading, text_pad(context, text_of(host, "name"), columns_of(host)));
    return heading;
}

json_t *report_view_updates(const json_t *run, time_t now)
{
    void *context = talloc_new(NULL);
    const json_t *hosts = json_object_get(run, "hosts");
    const json_t *differences = json_object_get(run, "differences");
    const json_t *problem = json_object_get(run, "problem");
    json_t *rows = list_rows(context, hosts);
    size_t total = json_array_size(rows);
    size_t fresh = count_set(rows, "is_new");
    json_t *protection = view_protection(context, json_object_get(run, "protection"), total, now);
    json_t *different = list_differences(context, differences);
    json_t *source = view_source(context, json_object_get(run, "source"), now);
    bool restarts = any_restart(hosts);
    bool is_bad = json_is_object(problem);
    bool is_careful = total || restarts || json_array_size(different) || is_set(differences, "versions") ||
                      is_set(protection, "is_forgotten") || is_set(source, "is_stale") ||
                      json_is_string(json_object_get(source, "problem"));
    for (size_t i = total; i > MOST_ROWS; i--)
        json_array_remove(rows, i - 1);
    json_t *view = json_pack("{s:O, s:s, s:b, s:I, s:I, s:I, s:s, s:o, s:o, s:o, s:b, s:b, s:O, s:o, s:o, s:b, s:b}", "pool",
                             json_object_get(run, "pool"), "date", report_format_instant(context, now), "is_dry",
                             (int)is_set(run, "is_dry"), "total", (json_int_t)total, "new", (json_int_t)fresh, "more",
                             (json_int_t)(total > MOST_ROWS ? total - MOST_ROWS : 0), "heading", make_heading(context, hosts), "rows",
                             rows, "hosts", list_hosts(context, hosts, now), "different", different, "has_versions",
                             (int)is_set(differences, "versions"), "has_restarts", (int)restarts, "uploads",
                             json_object_get(run, "uploads") ? json_object_get(run, "uploads") : json_null(), "source", source,
                             "protection", protection, "is_bad", (int)is_bad, "is_careful", (int)(!is_bad && is_careful));
    json_t *words = is_bad ? json_pack("{s:O}", "raw", json_object_get(problem, "raw")) : json_null();
    if (is_bad)
        report_add_reason(words, "words", text_of(problem, "code"));
    json_object_set_new(memory_check(view), "problem", words);
    json_object_set_new(view, "downloads", view_downloads(context, json_object_get(run, "downloads")));
    talloc_free(context);
    return view;
}
