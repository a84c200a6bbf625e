/* kairan xen WORD [POOL]: pools of XenServer and XCP-ng hosts from the shell. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "command/command.h"
#include "report/backup_report.h"
#include "report/health_report.h"
#include "report/history_report.h"
#include "report/looks_report.h"
#include "report/updates_report.h"
#include "xen/backup.h"
#include "xen/client.h"
#include "xen/health_run.h"
#include "xen/records.h"
#include "xen/updates_run.h"

/* What a word of `kairan xen` is given. */
struct request {
    struct office *office;
    const struct command_options *options;
    const char *name; /* of a pool, behind the word, or NULL */
    const char *vm;   /* behind that, or NULL */
};

static const char zero_time[] = "1970-01-01T00:00:00Z";

/* Which pool is meant: the named one, or the only one there is. */
static struct xen_settings *choose_pool(struct request *request, struct error **error)
{
    struct office *office = request->office;
    const struct config *config = office->config;
    if (request->name)
        return settings_load(office, config, settings_path(office, config, request->name), error);
    char **names = settings_list(office, config, error);
    if (memory_count(names) == 1)
        return settings_load(office, config, settings_path(office, config, names[0]), error);
    if (names)
        error_set(error, ERROR_REFUSED, memory_count(names) ? "%s holds several pools; name one" : "%s holds no pool (NAME.conf)",
                  config->pools);
    return NULL;
}

static json_t *view_certificate(const void *context, struct client *client, const char *address)
{
    struct error *error = NULL;
    json_t *certificate = client_certificate(client, address, true, &error);
    if (!certificate) {
        char *problem = error_text(context, error);
        error_free(&error);
        return json_pack("{s:s, s:s, s:n, s:n, s:n}", "address", address, "problem", problem, "pin", "expires", "bits");
    }
    json_int_t expires = json_integer_value(json_object_get(certificate, "expires"));
    json_t *view = json_pack("{s:s, s:n, s:s, s:s, s:O}", "address", address, "problem", "pin",
                             record_text(certificate, "pin"), "expires",
                             expires > 0 ? clock_format_utc(context, (time_t)expires) : zero_time, "bits",
                             json_object_get(certificate, "bits"));
    json_decref(certificate);
    return view;
}

static json_t *view_certificates(const void *context, struct client *client, char **addresses)
{
    json_t *list = json_array();
    for (size_t i = 0; i < memory_count(addresses); i++)
        json_array_append_new(list, view_certificate(context, client, addresses[i]));
    return list;
}

/* As the pool's file takes them. */
static char *join_pins(const void *context, const json_t *hosts)
{
    char *pins = memory_copy_text(context, "");
    size_t i;
    const json_t *host;
    json_array_foreach(hosts, i, host) {
        const char *pin = record_text(host, "pin");
        if (*pin && !strstr(pins, pin))
            pins = memory_format(context, "%s%s%s", pins, *pins ? ", " : "", pin);
    }
    return pins;
}

/* Before there is a file for the pool, an address will do. */
static bool show_pin(struct request *request, struct error **error)
{
    struct office *office = request->office;
    const struct config *config = office->config;
    bool is_pool = !request->name || access(settings_path(office, config, request->name), F_OK) == 0;
    struct xen_settings *settings = is_pool ? choose_pool(request, error) : memory_new(office, struct xen_settings);
    if (!settings)
        return false;
    if (!is_pool) {
        settings->addresses = memory_copy_text(settings, request->name);
        settings->pins = memory_copy_text(settings, "");
        settings->port = 443;
    }
    struct client *client = client_new(office, settings);
    json_t *hosts = view_certificates(office, client, settings_split(office, settings->addresses));
    json_t *view = json_pack("{s:o, s:s}", "hosts", hosts, "pins", join_pins(office, hosts));
    return command_print(office->templates, "xen-pins.txt", memory_check(view), request->options->json, error);
}

static json_t *view_hosts(struct records *records)
{
    json_t *list = json_array();
    const char *ref;
    json_t *host;
    json_object_foreach(records_table(records, "host", NULL), ref, host) {
        const json_t *metrics = records_find(records, "host_metrics", record_text(host, "metrics"));
        json_t *entry = json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:b}", "name", record_text(host, "name_label"), "address",
                                  record_text(host, "address"), "version",
                                  record_config(host, "software_version", "product_version"), "brand",
                                  record_config(host, "software_version", "product_brand"), "live",
                                  (int)record_flag(metrics, "live"), "enabled", (int)record_flag(host, "enabled"), "is_master",
                                  (int)(strcmp(ref, record_text(records_pool(records), "master")) == 0));
        json_array_append_new(list, entry);
    }
    return list;
}

static int count_vms(struct records *records)
{
    int count = 0;
    const char *ref;
    json_t *vm;
    json_object_foreach(records_table(records, "VM", NULL), ref, vm)
        count += record_is_real_vm(vm);
    return count;
}

static bool check(struct request *request, struct error **error)
{
    static const char *const tables[] = {"host", "host_metrics", "VM", NULL};
    struct office *office = request->office;
    struct xen_settings *settings = choose_pool(request, error);
    struct client *client = settings ? client_new(office, settings) : NULL;
    if (!client || !client_login(client, error))
        return false;
    struct records *records = records_open(client, client, settings->uuid, error);
    if (!records || !records_read(records, tables, error))
        return false;
    json_t *certificates = view_certificates(office, client, settings_split(office, settings->addresses));
    json_t *view = json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:i}", "pool", settings->name, "name",
                             record_text(records_pool(records), "name_label"), "uuid",
                             record_text(records_pool(records), "uuid"), "address", client_address(client), "hosts",
                             view_hosts(records), "certificates", certificates, "vms", count_vms(records));
    return command_print(office->templates, "xen-check.txt", memory_check(view), request->options->json, error);
}

/* Not under the lock of the instance: a backup takes hours, and mail must go on. */
static bool back_up(struct request *request, struct error **error)
{
    struct office *office = request->office;
    struct xen_settings *settings = choose_pool(request, error);
    bool is_dry = request->options->dry_run;
    json_t *night = settings ? backup_run(office->config, office->store, settings, is_dry ? BACKUP_DRY : BACKUP_BY_HAND, error) : NULL;
    if (!night)
        return false;
    bool done = is_dry || report_send_backup(office, settings, night, error);
    if (done && (is_dry || request->options->json)) {
        json_t *view = request->options->json ? json_incref(night) : report_view_backup(night);
        done = command_print(office->templates, "xen-backup.txt", view, request->options->json, error);
    }
    json_decref(night);
    return done;
}

/* Prints a look at a pool, its run dumped or its view rendered; it ends badly when the pool could not be looked at. */
static bool print_look(struct request *request, json_t *run, json_t *view, const char *template, struct error **error)
{
    bool is_known = json_is_null(json_object_get(run, "problem"));
    const char *pool = json_string_value(json_object_get(run, "pool"));
    bool json = request->options->json;
    bool done = command_print(request->office->templates, template, json_incref(json ? run : view), json, error);
    if (done && !is_known)
        done = error_set(error, ERROR_TEMPORARY, "the pool %s could not be looked at", pool);
    json_decref(view);
    json_decref(run);
    return done;
}

static bool show_updates(struct request *request, struct error **error)
{
    struct office *office = request->office;
    struct xen_settings *settings = choose_pool(request, error);
    enum updates_trace trace = request->options->dry_run ? UPDATES_DRY : UPDATES_BY_HAND;
    json_t *run = settings ? updates_run(office->config, office->store, settings, trace, error) : NULL;
    return run && print_look(request, run, report_view_updates(run, office->now), "xen-updates.txt", error);
}

static bool show_health(struct request *request, struct error **error)
{
    struct office *office = request->office;
    struct xen_settings *settings = choose_pool(request, error);
    enum health_trace trace = request->options->dry_run ? HEALTH_DRY : HEALTH_BY_HAND;
    json_t *run = settings ? health_run(office->config, office->store, settings, trace, error) : NULL;
    return run && print_look(request, run, report_view_health(run, office->now), "xen-health.txt", error);
}

static bool show_history(struct request *request, struct error **error)
{
    struct office *office = request->office;
    struct xen_settings *settings = choose_pool(request, error);
    json_t *view = settings ? report_view_history(office, settings->name, request->vm, error) : NULL;
    json_object_set_new(view, "is_whole", json_boolean(!request->vm));
    if (view && !request->vm && !report_add_looks(office, settings->name, view, error)) {
        json_decref(view);
        view = NULL;
    }
    return view && command_print(office->templates, "xen-history.txt", view, request->options->json, error);
}

static bool show_pools(struct request *request, struct error **error)
{
    struct office *office = request->office;
    json_t *view = report_view_pools(office, error);
    return view && command_print(office->templates, "xen-pools.txt", view, request->options->json, error);
}

static bool show_config(struct request *request, struct error **error)
{
    struct xen_settings *settings = choose_pool(request, error);
    if (!settings)
        return false;
    settings_print(stdout, settings);
    return fflush(stdout) == 0 || error_set_errno(error, "cannot print");
}

static const struct {
    const char *word;
    bool (*run)(struct request *request, struct error **error);
} words[] = {
    {"check", check},
    {"backup", back_up},
    {"updates", show_updates},
    {"health", show_health},
    {"history", show_history},
    {"show-pin", show_pin},
    {"config", show_config},
};

int command_xen(int argc, char *argv[])
{
    struct command_options options;
    int status = COMMAND_DONE;
    struct error *error = NULL;
    if (!command_read_options(argc, argv, (const char *const[]){"json", "dry-run", NULL}, &options, &status))
        return status;
    const char *word = options.first < argc ? argv[options.first] : NULL;
    size_t index = 0;
    size_t count = sizeof words / sizeof *words;
    while (word && index < count && strcmp(words[index].word, word) != 0)
        index++;
    bool is_history = word && strcmp(word, "history") == 0;
    if ((word && index == count) || argc - options.first > (is_history ? 3 : 2)) {
        fprintf(stderr, "usage: kairan xen [check | backup | updates | health | history | show-pin | config [POOL]]\n");
        return COMMAND_USAGE;
    }
    void *context = talloc_new(NULL);
    struct request request = {.options = &options, .name = word ? argv[options.first + 1] : NULL};
    request.vm = request.name ? argv[options.first + 2] : NULL;
    request.office = command_open(context, &options, false, &error);
    if (!request.office || !(word ? words[index].run : show_pools)(&request, &error))
        status = command_fail(&error);
    talloc_free(context);
    return status;
}
