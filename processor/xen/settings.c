/* A pool as its administrator describes it: see settings.h. */
#include "xen/settings.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/keys.h"
#include "base/memory.h"

#define FIELD(name) offsetof(struct xen_settings, name)

static const struct key keys[] = {
    {"pool", "addresses", KEY_TEXT, FIELD(addresses), "", 0, 0,
     "addresses of all hosts of the pool, separated by commas; after a fail-over another one is the master"},
    {"pool", "port", KEY_NUMBER, FIELD(port), "443", 1, 65535, "port of the hosts"},
    {"pool", "pins", KEY_TEXT, FIELD(pins), "", 0, 0,
     "public keys that the hosts may show, separated by commas; kairan xen show-pin prints them"},
    {"pool", "user", KEY_TEXT, FIELD(user), "root", 0, 0, "account on the pool"},
    {"pool", "password_file", KEY_PATH, FIELD(password_file), "", 0, 0,
     "file of mode 0600 that holds nothing but the password; empty: NAME.password beside this file"},
    {"pool", "uuid", KEY_TEXT, FIELD(uuid), "", 0, 0, "uuid that the pool must have; empty: any"},
    {"backup", "choose", KEY_TEXT, FIELD(choose), "all", 0, 0,
     "which VMs: all, tag:NAME, field:NAME (a custom field that says yes, true or 1), or names with * and ?, by commas"},
    {"backup", "exclude", KEY_TEXT, FIELD(exclude), "", 0, 0, "names of VMs to leave out, with * and ?, by commas"},
    {"backup", "quiesce", KEY_WORD, FIELD(quiesce), "auto", 0, 0,
     "auto|never: let Windows guests come to rest before the snapshot where they can"},
    {"backup", "window_begin", KEY_TIME, FIELD(window_begin), "off", 0, 0,
     "kairan nightly backs this pool up only from this time of the day on: HH:MM or off"},
    {"backup", "window_end", KEY_TIME, FIELD(window_end), "off", 0, 0,
     "a run ends at this time of the day; what is not done by then is told, and comes first the next night: HH:MM or off"},
    {"backup", "run_minutes", KEY_NUMBER, FIELD(run_minutes), "480", 1, 1440, "longest time for one night's run"},
    {"backup", "snapshot_seconds", KEY_NUMBER, FIELD(snapshot_seconds), "900", 1, 7200,
     "longest time for one snapshot; a guest may take ten minutes to come to rest"},
    {"backup", "parallel_exports", KEY_NUMBER, FIELD(parallel_exports), "2", 1, 16, "exports that run side by side"},
    {"backup", "keep_newest", KEY_NUMBER, FIELD(keep_newest), "2", 1, 1000, "newest backups of a VM that stay"},
    {"backup", "keep_daily", KEY_NUMBER, FIELD(keep_daily), "0", 0, 1000, "days of which one backup stays"},
    {"backup", "keep_weekly", KEY_NUMBER, FIELD(keep_weekly), "0", 0, 1000, "weeks of which one backup stays"},
    {"backup", "keep_monthly", KEY_NUMBER, FIELD(keep_monthly), "0", 0, 1000, "months of which one backup stays"},
    {"backup", "reserve_percent", KEY_NUMBER, FIELD(reserve_percent), "10", 0, 90,
     "part of a storage repository that snapshots must leave free; on LVM never less than its largest disk; 0: nothing"},
    {"backup", "export_folder", KEY_PATH, FIELD(export_folder), "", 0, 0,
     "where VMs are exported to as .xva files; empty: snapshots only"},
    {"backup", "snapshots_kept", KEY_NUMBER, FIELD(snapshots_kept), "0", 0, 100,
     "with exports: newest snapshots of a VM that stay beside them"},
    {"backup", "export_reserve_percent", KEY_NUMBER, FIELD(export_reserve_percent), "5", 0, 90,
     "part of the volume of exports that must stay free"},
    {"backup", "rate_limit", KEY_NUMBER, FIELD(rate_limit), "0", 0, 100000000,
     "kilobytes a second that all exports together may take; 0: no limit"},
    {"backup", "metadata", KEY_WORD, FIELD(metadata), "yes", 0, 0,
     "yes|no: keep a dump of the pool's database beside the exports"},
    {"updates", "catalogue", KEY_TEXT, FIELD(catalogue), "https://updates.ops.xenserver.com/xenserver/updates.xml", 0, 0,
     "catalogue of updates for XenServer up to 8.2 (updates.xml): a URL, or a file"},
    {"updates", "folder", KEY_PATH, FIELD(folder), "", 0, 0,
     "where missing updates are downloaded to every night, as UUID.zip; empty: they are not"},
    {"updates", "download_rate", KEY_NUMBER, FIELD(download_rate), "0", 0, 100000000,
     "kilobytes a second that a download may take; 0: no limit"},
    {"updates", "night_megabytes", KEY_NUMBER, FIELD(night_megabytes), "2000", 0, 1000000,
     "no download begins once so much has come in one night; 0: no limit"},
    {"updates", "download_minutes", KEY_NUMBER, FIELD(download_minutes), "120", 1, 300,
     "longest time for one night's downloads; what is not whole by then is gone on with"},
    {"updates", "keep_days", KEY_NUMBER, FIELD(keep_days), "30", 0, 3650,
     "days that a downloaded update stays when no host lacks it any more, installed everywhere or superseded; 0: for ever"},
    {"health", "checks", KEY_PATH, FIELD(checks), "../checks.d", 0, 0,
     "folder of executables that speak the Nagios plugin convention (RAID, IPMI, UPS, NAS …)"},
    {"health", "check_seconds", KEY_NUMBER, FIELD(check_seconds), "30", 1, 600, "longest time for one of them"},
    {"health", "snapshot_days", KEY_NUMBER, FIELD(snapshot_days), "30", 0, 3650,
     "days after which snapshots that others made are told of; 0: never"},
    {"report", "to", KEY_TEXT, FIELD(to), "", 0, 0, "addresses that get the morning's report, by commas; empty: the administrator"},
    {"report", "problem_to", KEY_TEXT, FIELD(problem_to), "", 0, 0, "further addresses that get it when it is not all good"},
    {"report", "alert_to", KEY_TEXT, FIELD(alert_to), "", 0, 0, "addresses that get alerts at once; empty: those of the report"},
    {"report", "alert_priority", KEY_NUMBER, FIELD(alert_priority), "2", 0, 5,
     "what is alerted at once: 1 data loss, 2 also service loss, 3 also what is degraded; 0: nothing"},
    {"report", "summary", KEY_WORD, FIELD(summary), "daily", 0, 0,
     "daily|changes|problems: when the report comes; after a week it comes in any case"},
    {"report", "language", KEY_TEXT, FIELD(language), "", 0, 0, "ja or en; empty: the center's"},
};

static const struct key_table table = {keys, sizeof keys / sizeof *keys};

enum { MAXIMUM_FILE = 256 * 1024, MOST_POOLS = 1000 };

static const char suffix[] = ".conf";

/* "/etc/kairan/pools" and "center" of "/etc/kairan/pools/center.conf". */
static char *folder_of(const void *context, const char *file)
{
    const char *slash = strrchr(file, '/');
    return slash ? memory_copy_bytes(context, file, (size_t)(slash - file)) : memory_copy_text(context, ".");
}

static char *name_of(const void *context, const char *file)
{
    const char *slash = strrchr(file, '/');
    const char *name = slash ? slash + 1 : file;
    size_t length = strlen(name);
    size_t end = length > sizeof suffix - 1 ? length - (sizeof suffix - 1) : length;
    return memory_copy_bytes(context, name, end);
}

/* Absolute paths; what is empty gets what the instance says. */
static void complete_values(struct xen_settings *settings, const struct config *config)
{
    char *folder = folder_of(settings, settings->file);
    if (!*settings->password_file)
        settings->password_file = memory_format(settings, "%s.password", settings->name);
    for (size_t i = 0; i < table.count; i++) {
        char **value = keys[i].type == KEY_PATH ? keys_text_field(settings, &keys[i]) : NULL;
        if (value && **value && **value != '/')
            *value = file_join(settings, folder, *value);
    }
    if (*settings->catalogue && *settings->catalogue != '/' && !strstr(settings->catalogue, "://"))
        settings->catalogue = file_join(settings, folder, settings->catalogue);
    if (!*settings->to)
        settings->to = memory_copy_text(settings, config->administrator);
    if (!*settings->language)
        settings->language = memory_copy_text(settings, config->language);
}

static bool check_values(const struct xen_settings *settings, struct error **error)
{
    if (!*settings->addresses)
        return error_set(error, ERROR_REFUSED, "%s names no addresses in [pool]", settings->file);
    if (strcmp(settings->language, "ja") != 0 && strcmp(settings->language, "en") != 0)
        return error_set(error, ERROR_REFUSED, "%s: language is \"%s\", but must be ja or en", settings->file, settings->language);
    return true;
}

struct xen_settings *settings_load(const void *context, const struct config *config, const char *file,
                                   struct error **error)
{
    struct xen_settings *settings = memory_new(context, struct xen_settings);
    settings->file = memory_copy_text(settings, file);
    settings->name = name_of(settings, file);
    char *text = file_read_text(settings, file, MAXIMUM_FILE, error);
    if (text && keys_read(&table, settings, file, text, error)) {
        complete_values(settings, config);
        if (check_values(settings, error))
            return settings;
    }
    talloc_free(settings);
    return NULL;
}

char *settings_path(const void *context, const struct config *config, const char *name)
{
    return memory_format(context, "%s/%s%s", config->pools, name, suffix);
}

char **settings_list(const void *context, const struct config *config, struct error **error)
{
    if (access(config->pools, F_OK) != 0)
        return memory_array(context, char *, 0);
    char **names = file_list_folder(context, config->pools, MOST_POOLS, error);
    size_t count = 0;
    for (size_t i = 0; i < memory_count(names); i++) {
        size_t length = strlen(names[i]);
        if (length <= sizeof suffix - 1 || strcmp(names[i] + length - (sizeof suffix - 1), suffix) != 0)
            continue;
        names[count++] = memory_copy_bytes(names, names[i], length - (sizeof suffix - 1));
    }
    return names ? memory_resize(context, names, char *, count) : NULL;
}

void settings_print(FILE *out, const struct xen_settings *settings)
{
    keys_print(out, &table, settings, settings->file);
}

char *settings_template(const void *context, const char *addresses, const char *pins)
{
    static const char heading[] = "# A pool of XenServer or XCP-ng hosts. Lines that begin with \"#\" show the defaults.";
    const struct key_value given[] = {{"addresses", addresses}, {"pins", pins}};
    return keys_template(context, &table, heading, given, sizeof given / sizeof *given);
}

char **settings_split(const void *context, const char *list)
{
    char **parts = memory_array(context, char *, 0);
    size_t count = 0;
    for (const char *at = list; at; at = strchr(at, ',')) {
        at += *at == ',';
        at += strspn(at, " \t");
        size_t length = strcspn(at, ",");
        while (length && (at[length - 1] == ' ' || at[length - 1] == '\t'))
            length--;
        if (!length)
            continue;
        parts = memory_resize(context, parts, char *, count + 1);
        parts[count++] = memory_copy_bytes(parts, at, length);
    }
    return parts;
}
