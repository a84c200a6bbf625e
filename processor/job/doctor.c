/* The examination of an instance: see doctor.h. Each check tells all that it finds, and none depends on another. */
#include "job/doctor.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/place.h"
#include "job/reading.h"
#include "mail/send.h"
#include "mail/token.h"
#include "store/circle.h"
#include "store/job_run.h"
#include "store/outbox.h"
#include "store/store.h"
#include "xen/settings.h"

enum {
    MINUTE = 60,
    DAY = 24 * 60 * 60,
    WAITING_MINUTES = 15, /* the timer looks every minute; a long intake takes less than this */
    MOST_FILES = 1000,
    LEAST_MEGABYTES = 500, /* a database, its log and a day's mail; below that it is a matter of days */
};

/* One check at work: what it works with, and where its findings go. */
struct check {
    void *context;
    const struct config *config;
    json_t *reasons;
};

static void find(struct check *check, struct error **error)
{
    char *text = error_text(check->context, *error);
    json_array_append_new(check->reasons, json_string(text));
    error_free(error);
}

static void find_text(struct check *check, const char *text)
{
    json_array_append_new(check->reasons, json_string(text));
}

/* That the system refuses something, in the words of errno. */
static void find_refusal(struct check *check, const char *verb, const char *path)
{
    struct error *error = NULL;
    error_set_errno(&error, "cannot %s %s", verb, path);
    find(check, &error);
}

static void check_key(struct check *check)
{
    struct error *error = NULL;
    if (!token_load_key(check->context, check->config->key_file, &error))
        find(check, &error);
}

static void check_database(struct check *check)
{
    struct error *error = NULL;
    struct store *store = store_open(check->context, check->config->database, &error);
    if (!store || !store_check(store, &error))
        find(check, &error);
}

static void check_folder(struct check *check, const char *path)
{
    if (access(path, R_OK | W_OK | X_OK) != 0)
        find_refusal(check, "work in", path);
}

/* What the hook has finished is moved from tmp to new, and from there to the archive. */
static void check_folders(struct check *check)
{
    const struct config *config = check->config;
    const char *spool[] = {"tmp", "new", "failed"};
    for (size_t i = 0; i < sizeof spool / sizeof *spool; i++)
        check_folder(check, file_join(check->context, config->spool, spool[i]));
    check_folder(check, config->archive);
    if (access(config->circles, R_OK | X_OK) != 0)
        find_refusal(check, "read", config->circles);
    struct stat first;
    struct stat second;
    if (stat(config->spool, &first) == 0 && stat(config->archive, &second) == 0 && first.st_dev != second.st_dev)
        find_text(check, memory_format(check->context, "%s and %s are on two file systems: a mail cannot be moved between them",
                                       config->spool, config->archive));
}

static void check_space(struct check *check)
{
    const char *paths[] = {check->config->spool, check->config->database, check->config->archive};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct statvfs volume;
        if (statvfs(paths[i], &volume) != 0)
            continue; /* told by another check */
        unsigned long long megabytes = (unsigned long long)volume.f_bavail * volume.f_frsize / 1000000;
        if (megabytes < LEAST_MEGABYTES)
            find_text(check, memory_format(check->context, "%s has %llu MB of room left", paths[i], megabytes));
        if (volume.f_files && volume.f_favail < MOST_FILES)
            find_text(check, memory_format(check->context, "%s has room for %llu more files", paths[i],
                                           (unsigned long long)volume.f_favail));
    }
}

/* The whole way of a mail through the reader and its sandbox. */
static void check_reader(struct check *check)
{
    static const char mail[] = "From: =?ISO-2022-JP?B?GyRCOzNFRBsoQg==?= <yamada@example.ac.jp>\nSubject: test\n\ntest\n";
    struct error *error = NULL;
    struct reading *reading = reading_start(check->context, check->config);
    struct letter *letter = reading_read(check->context, reading, mail, sizeof mail - 1, &error);
    if (!letter)
        find(check, &error);
    else if (letter->from.count != 1 || strcmp(letter->from.mailboxes[0].name, "山田") != 0)
        find_text(check, "kairan-reader does not read mail as it should; install Kairan again");
}

static void check_programs(struct check *check)
{
    static const char *const names[] = {"kairan-deliver", "kairan-sender", "kairan-calendar", "kairan-xen"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = place_helper(check->context, names[i]);
        if (access(path, X_OK) != 0)
            find_refusal(check, "run", path);
    }
}

/* An own folder of templates grows old when Kairan is updated. */
static void check_templates(struct check *check)
{
    static const char *const languages[] = {"ja", "en"};
    struct error *error = NULL;
    for (size_t i = 0; i < 2; i++) {
        char *installed = file_join(check->context, place_templates(check->context), languages[i]);
        char *own = file_join(check->context, check->config->templates, languages[i]);
        char **names = file_list_folder(check->context, installed, MOST_FILES, &error);
        if (!names)
            find(check, &error);
        for (size_t n = 0; n < memory_count(names); n++) {
            char *path = file_join(names, own, names[n]);
            if (access(path, R_OK) != 0)
                find_refusal(check, "read", path);
        }
    }
}

static void check_transport(struct check *check)
{
    struct error *error = NULL;
    struct sender *sender = sender_open(check->context, check->config->transport,
                                        place_helper(check->context, "kairan-sender"), check->config->hostname, &error);
    if (!sender || !sender_check(sender, &error))
        find(check, &error);
}

static void check_circles(struct check *check)
{
    struct error *error = NULL;
    char **names = file_list_folder(check->context, check->config->circles, MOST_FILES, &error);
    if (!names)
        find(check, &error);
    for (size_t i = 0; i < memory_count(names); i++)
        if (!circle_read(check->context, check->config->circles, names[i], &error))
            find(check, &error);
}

/* The password is the helper's to read, but that it is there, and nobody else's, can be seen. */
static void check_pool(struct check *check, const char *name)
{
    struct error *error = NULL;
    struct stat status;
    struct xen_settings *settings =
        settings_load(check->context, check->config, settings_path(check->context, check->config, name), &error);
    if (!settings)
        find(check, &error);
    else if (stat(settings->password_file, &status) != 0)
        find_refusal(check, "read", settings->password_file);
    else if (status.st_mode & (S_IRWXG | S_IRWXO))
        find_text(check, memory_format(check->context, "%s may be read by others; set its mode to 0600", settings->password_file));
}

static void check_pools(struct check *check)
{
    struct error *error = NULL;
    char **names = settings_list(check->context, check->config, &error);
    if (!names)
        find(check, &error);
    for (size_t i = 0; i < memory_count(names); i++)
        check_pool(check, names[i]);
}

/* Mail that lies there unread says that nobody runs `kairan process`. */
static void check_waiting(struct check *check)
{
    char *folder = file_join(check->context, check->config->spool, "new");
    char **names = file_list_folder(check->context, folder, MOST_FILES, NULL); /* what is wrong, check_folders tells */
    size_t late = 0;
    for (size_t i = 0; i < memory_count(names); i++) {
        struct stat status;
        late += stat(file_join(names, folder, names[i]), &status) == 0 && /* files know no stopped clock */
                time(NULL) - status.st_mtime > WAITING_MINUTES * MINUTE;
    }
    if (late)
        find_text(check, memory_format(check->context, "%zu mails in %s are older than %d minutes: does kairan process run?", late,
                                       folder, WAITING_MINUTES));
    folder = file_join(check->context, check->config->spool, "failed");
    size_t failed = memory_count(file_list_folder(check->context, folder, MOST_FILES, NULL));
    if (failed)
        find_text(check, memory_format(check->context, "%zu mails were set aside in %s (kairan status tells why)", failed, folder));
}

static void check_outbox(struct check *check)
{
    struct store *store = store_open(check->context, check->config->database, NULL); /* check_database tells */
    struct outbox_counts counts = {0};
    if (!store || !store_count_outbox(store, &counts, NULL))
        return;
    if (counts.refused)
        find_text(check, memory_format(check->context, "%lld mails were refused by the MTA (kairan outbox list)",
                                       (long long)counts.refused));
    struct outbox_entry *entries = store_list_unsent_mail(check->context, store, MOST_FILES, NULL); /* the oldest first */
    for (size_t i = 0; i < memory_count(entries); i++)
        if (strcmp(entries[i].state, "due") == 0 && clock_now() - entries[i].created_at > DAY) {
            find_text(check, memory_format(check->context, "a mail to %s could not be sent for more than a day (kairan outbox list)",
                                           entries[i].envelope_recipient));
            break; /* one is enough to look; the others are listed there */
        }
}

static void check_jobs(struct check *check)
{
    struct store *store = store_open(check->context, check->config->database, NULL);
    struct job_run *runs = store ? store_list_last_jobs(check->context, store, NULL) : NULL;
    for (size_t i = 0; i < memory_count(runs); i++) {
        if (runs[i].outcome != JOB_DONE && runs[i].outcome != JOB_RUNNING)
            find_text(check, memory_format(check->context, "the last run of %s did not end well: %s", runs[i].name, runs[i].reason));
        if (clock_now() - runs[i].started_at > 2 * DAY)
            find_text(check, memory_format(check->context, "%s has not run since %s: does kairan nightly run?", runs[i].name,
                                           clock_format_utc(check->context, runs[i].started_at)));
    }
}

static const struct {
    const char *name;
    void (*run)(struct check *check);
    bool is_warning; /* what it finds does not stop the work */
} checks[] = {
    {"key", check_key, false},           {"database", check_database, false}, {"folders", check_folders, false},
    {"space", check_space, false},       {"programs", check_programs, false}, {"reader", check_reader, false},
    {"templates", check_templates, false}, {"transport", check_transport, false}, {"circles", check_circles, false},
    {"pools", check_pools, false},       {"waiting", check_waiting, true},    {"outbox", check_outbox, true},
    {"jobs", check_jobs, true},
};
enum { CHECKS = sizeof checks / sizeof *checks };

json_t *doctor_examine(const struct config *config)
{
    bool is_well = true;
    json_t *list = json_array();
    for (size_t i = 0; i < CHECKS; i++) {
        struct check check = {talloc_new(NULL), config, json_array()};
        checks[i].run(&check);
        talloc_free(check.context);
        bool found = json_array_size(check.reasons) > 0;
        bool failed = found && !checks[i].is_warning;
        is_well = is_well && !failed;
        json_t *view = json_pack("{s:s, s:s, s:b, s:b, s:o}", "name", checks[i].name, "state",
                                 failed ? "failed" : found ? "warning" : "well", "is_well", !found, "is_warning",
                                 found && !failed, "reasons", check.reasons);
        for (size_t n = 0; n < CHECKS; n++)
            json_object_set_new(view, checks[n].name, json_boolean(n == i));
        json_array_append_new(list, view);
    }
    return json_pack("{s:s, s:b, s:o}", "instance", config->file, "is_well", is_well, "checks", list);
}
