/* The mail of the morning after: see backup_report.h. */
#include "report/backup_report.h"

#include <string.h>

#include "base/memory.h"
#include "report/reason.h"
#include "report/words.h"
#include "store/xen.h"

static json_t *view_vm(const void *context, const json_t *vm, time_t now)
{
    json_int_t bytes = json_integer_value(json_object_get(vm, "bytes"));
    json_int_t usual = json_integer_value(json_object_get(vm, "usual_bytes"));
    json_int_t milliseconds = json_integer_value(json_object_get(vm, "milliseconds"));
    time_t started = (time_t)json_integer_value(json_object_get(vm, "started"));
    time_t last = (time_t)json_integer_value(json_object_get(vm, "last_good"));
    const char *raw = json_string_value(json_object_get(vm, "raw"));
    const char *code = json_string_value(json_object_get(vm, "code"));
    const char *warning = json_string_value(json_object_get(vm, "warning"));
    json_t *view = json_pack("{s:O, s:O, s:s?, s:I, s:s?, s:s?, s:s?, s:s?, s:s?, s:I, s:b}", "name", json_object_get(vm, "name"),
                             "is_archive", json_object_get(vm, "is_archive"), "raw", raw && *raw ? raw : code, "seconds",
                             milliseconds / 1000, "size", bytes ? report_format_size(context, bytes) : NULL, "usual",
                             usual ? report_format_size(context, usual) : NULL, "speed",
                             bytes && milliseconds ? report_format_size(context, bytes * 1000 / milliseconds) : NULL, "started",
                             report_format_instant(context, started), "last_good", report_format_instant(context, last), "age_days",
                             last ? (json_int_t)((now - last) / (24 * 3600)) : 0, "has_size", (int)(bytes > 0));
    report_add_reason(memory_check(view), "words", warning ? warning : code);
    return view;
}

static json_t *list_vms(const void *context, const json_t *night, const char *result, time_t now)
{
    json_t *list = json_array();
    size_t i;
    const json_t *vm;
    json_array_foreach(json_object_get(night, "vms"), i, vm) {
        const char *own = json_string_value(json_object_get(vm, "result"));
        if (own && strcmp(own, result) == 0)
            json_array_append_new(list, view_vm(context, vm, now));
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

json_t *report_view_backup(const json_t *night)
{
    static const char *const results[] = {"failed", "skipped", "warning", "good", "waiting"};
    void *context = talloc_new(NULL);
    json_t *counts = json_object();
    time_t at = (time_t)json_integer_value(json_object_get(night, "at"));
    const json_t *metadata = json_object_get(night, "metadata");
    json_t *view = json_pack("{s:O, s:s, s:O, s:O, s:O, s:o, s:o, s:o, s:o}", "pool", json_object_get(night, "pool"), "date",
                             report_format_instant(context, at), "is_dry", json_object_get(night, "is_dry"), "removed",
                             json_object_get(night, "removed"), "unfinished", json_object_get(night, "unfinished"), "problem",
                             view_problem(json_object_get(night, "problem")), "repositories", list_repositories(context, night),
                             "metadata_failed",
                             json_is_object(metadata) && !json_is_true(json_object_get(metadata, "is_good"))
                                 ? json_incref(json_object_get(metadata, "raw"))
                                 : json_null(),
                             "metadata_file",
                             json_is_true(json_object_get(metadata, "is_good")) ? json_incref(json_object_get(metadata, "file"))
                                                                               : json_null());
    json_int_t set_back_from = json_integer_value(json_object_get(metadata, "set_back_from"));
    json_object_set_new(view, "metadata_set_back", set_back_from
                            ? json_pack("{s:I, s:I}", "from", set_back_from, "to", json_integer_value(json_object_get(metadata, "generation")))
                            : json_null());
    json_object_set_new(view, "shows_storage", json_true());
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
        json_t *list = list_vms(context, night, results[i], at);
        json_object_set_new(counts, results[i], json_integer((json_int_t)json_array_size(list)));
        json_object_set_new(view, results[i], list);
    }
    bool bad = json_object_get(night, "problem") && !json_is_null(json_object_get(night, "problem"));
    bad = bad || json_integer_value(json_object_get(counts, "failed"));
    bool careful = !bad && (json_integer_value(json_object_get(counts, "skipped")) ||
                            json_integer_value(json_object_get(counts, "warning")) ||
                            !json_is_null(json_object_get(view, "metadata_failed")) || set_back_from ||
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
    json_int_t run = json_integer_value(json_object_get(night, "run"));
    json_t *view = report_view_backup(night);
    bool done = store_begin(office->store, error);
    if (done) {
        done = send_to_all(context, office, settings, view, run, error) && store_tell_xen_run(office->store, run, error) &&
               store_commit(office->store, error);
        if (!done)
            store_rollback(office->store);
    }
    json_decref(view);
    talloc_free(context);
    return done;
}

bool report_send_untold_backups(struct office *office, const struct xen_settings *settings, struct error **error)
{
    struct xen_run *runs = store_list_untold_xen_runs(office, office->store, settings->name, "backup", error);
    bool done = runs != NULL;
    for (size_t i = 0; done && i < memory_count(runs); i++) {
        json_t *night = json_loads(runs[i].view, 0, NULL);
        done = night ? report_send_backup(office, settings, night, error)
                     : error_set(error, ERROR_INSTALLATION, "what is stored of a backup of %s cannot be read", settings->name);
        json_decref(night);
    }
    talloc_free(runs);
    return done;
}
