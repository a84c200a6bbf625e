/* Updates fetched before they are needed: see supply.h. */
#include "xen/supply.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "xen/ask.h"
#include "xen/records.h"

enum { KILOBYTE = 1000, MEGABYTE = 1000 * 1000, GRACE_SECONDS = 60, MINUTE = 60, DAY = 24 * 60 * MINUTE, UUID_LENGTH = 36 };

/* What is left of the night's share. */
struct supply {
    const void *context;
    const struct xen_settings *settings;
    json_t *view;
    json_int_t bytes; /* that were fetched */
    time_t end;       /* of the steady clock */
    time_t now;
};

static time_t steady(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static void tell(struct supply *supply, const char *list, json_t *entry)
{
    json_array_append_new(json_object_get(supply->view, list), memory_check(entry));
}

/* Named by uuid, which is nothing but letters, digits and "-": a catalogue must not choose where files go. */
static char *file_of(const struct supply *supply, const char *id)
{
    static const char harmless[] = "0123456789abcdefghijklmnopqrstuvwxyz-";
    if (!*id || id[strspn(id, harmless)] != '\0')
        return NULL;
    return memory_format(supply->context, "%s/%s.zip", supply->settings->folder, id);
}

/*
 * The time of a file is when a host last lacked it, by any of the pools that share the folder; it stays when it cannot be set, and the
 * file goes too early and is fetched again.
 */
static void mark_needed(const struct supply *supply, const char *file)
{
    const struct timespec times[2] = {{.tv_sec = supply->now}, {.tv_sec = supply->now}};
    char *part = memory_format(supply->context, "%s.part", file);
    (void)!utimensat(AT_FDCWD, file, times, 0);
    (void)!utimensat(AT_FDCWD, part, times, 0);
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text);
    return length >= strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

/* A file of ours, whole or in part, that no host has lacked for long; what anybody else keeps in the folder is his. */
static bool is_over(const struct supply *supply, const char *name, const char *file)
{
    struct stat status;
    bool is_whole = ends_with(name, ".zip") && access(memory_format(supply->context, "%s.sha256", file), F_OK) == 0;
    bool is_part = ends_with(name, ".zip.part");
    char *id = memory_copy_bytes(supply->context, name, strcspn(name, "."));
    return (is_whole || is_part) && strlen(id) == UUID_LENGTH && file_of(supply, id) && lstat(file, &status) == 0 &&
           S_ISREG(status.st_mode) && supply->now - status.st_mtime > (time_t)supply->settings->keep_days * DAY;
}

static void remove_old(struct supply *supply)
{
    enum { MOST = 10000 };
    char **names = file_list_folder(supply->context, supply->settings->folder, MOST, NULL);
    for (size_t i = 0; i < memory_count(names); i++) {
        char *file = file_join(supply->context, supply->settings->folder, names[i]);
        if (!is_over(supply, names[i], file) || unlink(file) != 0)
            continue;
        unlink(memory_format(supply->context, "%s.sha256", file));
        tell(supply, "removed", json_string(names[i]));
    }
}

static bool has_share(const struct supply *supply)
{
    json_int_t most = (json_int_t)supply->settings->night_megabytes * MEGABYTE;
    return steady() < supply->end && (most == 0 || supply->bytes < most);
}

static void fetch(struct supply *supply, const json_t *update, const char *file)
{
    const char *name = record_text(update, "name");
    struct reason reason = {NULL, NULL};
    int seconds = (int)(supply->end - steady());
    json_t *request = json_pack("{s:s, s:s, s:s, s:I, s:I, s:i}", "do", "download", "url", record_text(update, "url"), "file", file, "bytes",
                                (json_int_t)record_number(update, "bytes"), "rate",
                                (json_int_t)supply->settings->download_rate * KILOBYTE, "seconds", seconds > 0 ? seconds : 1);
    json_t *done = ask_helper(supply->context, NULL, request, seconds + GRACE_SECONDS, &reason);
    if (done) {
        json_int_t bytes = record_number(done, "bytes");
        supply->bytes += bytes - record_number(done, "resumed");
        tell(supply, "fetched", json_pack("{s:s, s:I}", "name", name, "bytes", bytes));
    } else if (strcmp(reason.code, "not_update") == 0) {
        tell(supply, "by_hand", json_pack("{s:s, s:s, s:s}", "name", name, "page", record_text(update, "page"), "raw", reason.raw));
    } else {
        tell(supply, "failed", json_pack("{s:s, s:s}", "name", name, "raw", reason.raw));
    }
    json_decref(done);
}

static void supply_one(struct supply *supply, const json_t *update)
{
    const char *name = record_text(update, "name");
    char *file = file_of(supply, record_text(update, "id"));
    if (!file || !strstr(record_text(update, "url"), "://"))
        return;
    if (access(file, F_OK) == 0)
        tell(supply, "there", json_string(name));
    else if (has_share(supply))
        fetch(supply, update, file);
    else
        tell(supply, "left", json_string(name));
    mark_needed(supply, file);
}

json_t *supply_run(const void *context, const struct xen_settings *settings, const json_t *hosts, bool is_known, time_t now)
{
    struct supply supply = {.context = context, .settings = settings, .now = now, .end = steady() + settings->download_minutes * MINUTE};
    struct error *error = NULL;
    json_t *seen = json_object();
    size_t i;
    size_t j;
    const json_t *host;
    const json_t *update;
    if (!*settings->folder) {
        json_decref(seen);
        return json_null();
    }
    supply.view = json_pack("{s:s, s:[], s:[], s:[], s:[], s:[], s:[]}", "folder", settings->folder, "there", "fetched", "left", "by_hand", "failed",
                            "removed");
    if (!file_make_folder(settings->folder, &error)) {
        tell(&supply, "failed", json_pack("{s:s, s:s}", "name", settings->folder, "raw", error->sentence));
        error_free(&error);
    } else {
        json_array_foreach(hosts, i, host)
            json_array_foreach(json_object_get(host, "missing"), j, update) {
                if (json_object_get(seen, record_text(update, "id")))
                    continue;
                json_object_set_new(seen, record_text(update, "id"), json_true());
                supply_one(&supply, update);
            }
        if (is_known && settings->keep_days)
            remove_old(&supply);
    }
    json_decref(seen);
    return supply.view;
}
