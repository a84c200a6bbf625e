/* The mail of the morning after: see backup_report.h. */
#include "report/backup_report.h"

#include <string.h>

#include "base/memory.h"
#include "report/reason.h"
#include "report/words.h"

static json_t *view_vm(const void *context, const json_t *vm)
{
    json_int_t bytes = json_integer_value(json_object_get(vm, "bytes"));
    json_int_t milliseconds = json_integer_value(json_object_get(vm, "milliseconds"));
    time_t last = (time_t)json_integer_value(json_object_get(vm, "last_good"));
    const char *raw = json_string_value(json_object_get(vm, "raw"));
    const char *code = json_string_value(json_object_get(vm, "code"));
    json_t *view = json_pack("{s:O, s:O, s:s?, s:I, s:s?, s:s?, s:s?}", "name", json_object_get(vm, "name"), "is_archive",
                             json_object_get(vm, "is_archive"), "raw", raw && *raw ? raw : code, "seconds", milliseconds / 1000, "size",
                             bytes ? report_format_size(context, bytes) : NULL, "speed",
                             bytes && milliseconds ? report_format_size(context, bytes * 1000 / milliseconds) : NULL, "last_good",
                             last ? report_format_instant(context, last) : NULL);
    const char *warning = json_string_value(json_object_get(vm, "warning"));
    report_add_reason(memory_check(view), "words", warning ? warning : code);
    return view;
}

static json_t *list_vms(const void *context, const json_t *night, const char *result)
{
    json_t *list = json_array();
    size_t i;
    const json_t *vm;
    json_array_foreach(json_object_get(night, "vms"), i, vm) {
        const char *own = json_string_value(json_object_get(vm, "result"));
        if (own && strcmp(own, result) == 0)
            json_array_append_new(list, view_vm(context, vm));
    }
    return list;
}

static json_t *list_repositories(const void *context, const json_t *night)
{
    json_t *list = json_array();
    size_t i;
    const json_t *sr;
    json_array_foreach(json_object_get(night, "repositories"), i, sr) {
        json_int_t size = json_integer_value(json_object_get(sr, "size"));
        json_int_t free = json_integer_value(json_object_get(sr, "free"));
        json_array_append_new(list, json_pack("{s:O, s:s, s:s, s:I, s:s}", "name", json_object_get(sr, "name"), "free",
                                              report_format_size(context, free), "size", report_format_size(context, size), "percent",
                                              size > 0 ? free * 100 / size : 0, "bar", report_draw_bar(context, size - free, size)));
    }
    return list;
}

static json_t *view_problem(const json_t *problem)
{
    if (!json_is_object(problem))
        return json_null();
    json_t *view = json_pack("{s:O}", "raw", json_object_get(problem, "raw"));
    report_add_reason(memory_check(view), "words", json_string_value(json_object_get(problem, "code")));
    return view;
}

json_t *report_view_backup(const struct office *office, const json_t *night)
{
    static const char *const results[] = {"failed", "skipped", "warning", "good", "waiting"};
    void *context = talloc_new(NULL);
    json_t *counts = json_object();
    const json_t *metadata = json_object_get(night, "metadata");
    json_t *view = json_pack("{s:O, s:s, s:O, s:O, s:O, s:o, s:o, s:o, s:o}", "pool", json_object_get(night, "pool"), "date",
                             report_format_instant(context, office->now), "is_dry", json_object_get(night, "is_dry"), "removed",
                             json_object_get(night, "removed"), "unfinished", json_object_get(night, "unfinished"), "problem",
                             view_problem(json_object_get(night, "problem")), "repositories", list_repositories(context, night),
                             "metadata_failed",
                             json_is_object(metadata) && !json_is_true(json_object_get(metadata, "is_good"))
                                 ? json_incref(json_object_get(metadata, "raw"))
                                 : json_null(),
                             "metadata_file",
                             json_is_true(json_object_get(metadata, "is_good")) ? json_incref(json_object_get(metadata, "file"))
                                                                               : json_null());
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
        json_t *list = list_vms(context, night, results[i]);
        json_object_set_new(counts, results[i], json_integer((json_int_t)json_array_size(list)));
        json_object_set_new(view, results[i], list);
    }
    bool bad = json_object_get(night, "problem") && !json_is_null(json_object_get(night, "problem"));
    bad = bad || json_integer_value(json_object_get(counts, "failed"));
    bool careful = !bad && (json_integer_value(json_object_get(counts, "skipped")) ||
                            json_integer_value(json_object_get(counts, "warning")) ||
                            !json_is_null(json_object_get(view, "metadata_failed")) ||
                            json_array_size(json_object_get(night, "unfinished")));
    json_object_set_new(view, "counts", counts);
    json_object_set_new(view, "is_bad", json_boolean(bad));
    json_object_set_new(view, "is_careful", json_boolean(careful));
    talloc_free(context);
    return memory_check(view);
}

static bool send_to_all(const void *context, struct office *office, const struct xen_settings *settings, json_t *view,
                        json_int_t run, struct error **error)
{
    char **addresses = settings_split(context, settings->to);
    for (size_t i = 0; i < memory_count(addresses); i++) {
        struct outgoing outgoing = {.template = "xen-backup",
                                    .language = settings->language,
                                    .address = addresses[i],
                                    .dedupe = memory_format(context, "xen-backup/%s/%lld/%s", settings->name, (long long)run,
                                                            addresses[i]),
                                    .view = view};
        if (!office_queue(office, &outgoing, error))
            return false;
    }
    return true;
}

bool report_send_backup(struct office *office, const struct xen_settings *settings, const json_t *night, struct error **error)
{
    void *context = talloc_new(NULL);
    json_t *view = report_view_backup(office, night);
    bool done = store_begin(office->store, error);
    if (done) {
        done = send_to_all(context, office, settings, view, json_integer_value(json_object_get(night, "run")), error) &&
               store_commit(office->store, error);
        if (!done)
            store_rollback(office->store);
    }
    json_decref(view);
    talloc_free(context);
    return done;
}
