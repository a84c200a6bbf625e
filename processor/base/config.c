/* The configuration: see config.h. One table says all about every key. */
#include "base/config.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/keys.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/place.h"

#define FIELD(name) offsetof(struct config, name)

/* Octets of a local part (RFC 5321), and of one that "+bounce-code-number-edition-token" can still follow. */
enum { LOCAL_PART = 64, EXTENDED_LOCAL_PART = LOCAL_PART - 44 };

/* In the order in which they are printed; keys of a section stand together. */
static const struct key keys[] = {
    {"center", "domain", KEY_DOMAIN, FIELD(domain), "localhost", 0, 0, "mail domain of the center"},
    {"center", "time_zone", KEY_TEXT, FIELD(time_zone), "Asia/Tokyo", 0, 0, "zone of all dates that people write"},
    {"center", "language", KEY_LANGUAGE, FIELD(language), "ja", 0, 0,
     "language of people whose own is not known: ja or en"},
    {"center", "administrator", KEY_ADDRESS, FIELD(administrator), "root", 0, LOCAL_PART, "who hears of trouble"},
    {"center", "organisers", KEY_TEXT, FIELD(organisers), "@domain", 0, 0,
     "who may open polls: addresses and @domains, separated by commas; \"@domain\" is the center's own"},
    {"mail", "poll_address", KEY_ADDRESS, FIELD(poll_address), "poll", 0, EXTENDED_LOCAL_PART,
     "address that opens polls and takes answers"},
    {"mail", "kairan_address", KEY_ADDRESS, FIELD(kairan_address), "kairan", 0, EXTENDED_LOCAL_PART,
     "address that takes bounces and gives help"},
    {"mail", "note_address", KEY_ADDRESS, FIELD(note_address), "note", 0, EXTENDED_LOCAL_PART,
     "address that takes notes, what is said about them, and searches"},
    {"mail", "survey_address", KEY_ADDRESS, FIELD(survey_address), "survey", 0, EXTENDED_LOCAL_PART,
     "address that opens questionnaires and lists of places to sign up for"},
    {"mail", "delimiters", KEY_TEXT, FIELD(delimiters), "+-", 0, 0,
     "address extension delimiters the MTA knows; the first is used in our addresses; empty: the MTA has none"},
    {"mail", "transport", KEY_TRANSPORT, FIELD(transport), "smtp://127.0.0.1:25", 0, 0,
     "smtp://host:port, sendmail:/usr/sbin/sendmail or maildir:folder"},
    {"mail", "hostname", KEY_TEXT, FIELD(hostname), "", 0, 0, "EHLO name; empty: the domain"},
    {"mail", "list_id", KEY_TEXT, FIELD(list_id), "", 0, 0, "List-Id of broadcasts (RFC 2919); empty: kairan.<domain>"},
    {"folders", "spool", KEY_PATH, FIELD(spool), "spool", 0, 0, "Maildir that kairan-deliver fills"},
    {"folders", "archive", KEY_PATH, FIELD(archive), "archive", 0, 0, "every mail taken in, by day; same file system as the spool"},
    {"folders", "database", KEY_PATH, FIELD(database), "kairan.db", 0, 0, "the SQLite database; on a local disk"},
    {"folders", "circles", KEY_PATH, FIELD(circles), "circles", 0, 0, "named groups of people, one file each"},
    {"folders", "pools", KEY_PATH, FIELD(pools), "pools", 0, 0, "XenServer pools to look after, one file NAME.conf each"},
    {"folders", "attachments", KEY_PATH, FIELD(attachments), "attachments", 0, 0,
     "what came with notes, each content once"},
    {"folders", "key_file", KEY_PATH, FIELD(key_file), "secret.key", 0, 0, "the key of all tokens, mode 0600"},
    {"folders", "templates", KEY_PATH, FIELD(templates), "", 0, 0, "texts of all mails; empty: as installed"},
    {"limits", "letter_bytes", KEY_NUMBER, FIELD(letter_bytes), "26214400", 1024, LIMIT_LETTER_BYTES,
     "largest mail that is read; what is beyond this limit or the next four lies in spool/failed"},
    {"limits", "header_bytes", KEY_NUMBER, FIELD(header_bytes), "524288", 1024, LIMIT_LETTER_BYTES,
     "largest header of a mail, and of one of its parts"},
    {"limits", "header_lines", KEY_NUMBER, FIELD(header_lines), "5000", 20, 1000000,
     "most lines of a header; the longest of real mails have 300"},
    {"limits", "parts", KEY_NUMBER, FIELD(parts), "1000", 1, 100000, "most MIME parts of one mail"},
    {"limits", "depth", KEY_NUMBER, FIELD(depth), "50", 1, LIMIT_DEPTH_MOST,
     "how deep multiparts may lie in multiparts; real ones lie at most 5 deep"},
    {"limits", "reader_seconds", KEY_NUMBER, FIELD(reader_seconds), "10", 1, 600, "longest time for reading one mail"},
    {"limits", "answers_a_day", KEY_NUMBER, FIELD(answers_a_day), "20", 1, 100000,
     "automatic answers a day to one address; beyond it the mail counts but is not answered"},
    {"limits", "asks_a_poll", KEY_NUMBER, FIELD(asks_a_poll), "3", 0, 100, "times one person is asked back in one poll"},
    {"limits", "attachment_bytes", KEY_NUMBER, FIELD(attachment_bytes), "7000000", 0, 11000000,
     "attachments of one note together; what is larger is refused (7,000,000 fit into a mail of 10 MB)"},
    {"limits", "strangers_a_day", KEY_NUMBER, FIELD(strangers_a_day), "50", 0, 100000,
     "confirmations a day that are asked of addresses that are not known"},
    {"polls", "deadline_days", KEY_NUMBER, FIELD(deadline_days), "7", 1, 365, "deadline of a poll that names none"},
    {"polls", "names_shown", KEY_NUMBER, FIELD(names_shown), "40", 1, 100000, "names behind one count in a result"},
    {"polls", "table_rows", KEY_NUMBER, FIELD(table_rows), "60", 0, 100000, "people in the table of a result; more: no table"},
    {"polls", "days_kept", KEY_NUMBER, FIELD(days_kept), "400", 1, 36500, "days that sent mails stay in the outbox table"},
    {"days", "periods", KEY_TEXT, FIELD(periods), "", 0, 0,
     "hours of words in dates, by commas: 夕方 16:00-18:00, 6限 18:10-19:40, 昼休み off; built in are 午前 9:00-12:00, "
     "午後 13:00-17:00, 昼 and 昼休み 12:00-13:00, 1限 8:50-10:20, 2限 10:30-12:00, 3限 13:00-14:30, 4限 14:40-16:10, "
     "5限 16:20-17:50"},
    {"days", "closures", KEY_TEXT, FIELD(closures), "12/29-1/3", 0, 0,
     "days of the year on which the house is closed, by commas: 12/29-1/3, 8/13-8/15; organisers are warned"},
    {"days", "working_hours", KEY_TEXT, FIELD(working_hours), "8:00-18:00", 0, 0,
     "organisers are warned of dates outside of them; empty: never"},
    {"days", "holidays", KEY_PATH, FIELD(holidays), "holidays", 0, 0,
     "file of holidays beside those of the law, one a line: 2026-06-01 NAME, 06-01 NAME (each year), or 2026-07-20 off"},
    {"nightly", "deadlines", KEY_TIME, FIELD(nightly_deadlines), "00:05", 0, 0,
     "when kairan nightly takes in the spool and closes what is due, in case nothing else does: HH:MM or off"},
    {"nightly", "reminders", KEY_TIME, FIELD(nightly_reminders), "08:00", 0, 0,
     "when organisers are told how their polls stand, and people reminded in case nothing else does it: HH:MM or off"},
    {"nightly", "digest", KEY_TIME, FIELD(nightly_digest), "06:30", 0, 0,
     "when digests of notes are made, daily ones and, on their day, weekly ones: HH:MM or off"},
    {"nightly", "backup", KEY_TIME, FIELD(nightly_backup), "01:00", 0, 0,
     "when the XenServer pools in the folder of pools are backed up: HH:MM or off"},
    {"nightly", "updates", KEY_TIME, FIELD(nightly_updates), "05:00", 0, 0,
     "when the pools are looked at for updates that are missing: HH:MM or off"},
    {"nightly", "health", KEY_TIME, FIELD(nightly_health), "05:15", 0, 0,
     "when the pools are looked at for how well they are: HH:MM or off"},
    {"nightly", "report", KEY_TIME, FIELD(nightly_report), "06:00", 0, 0,
     "when the morning's mail about each pool is made, one for backups, updates and health: HH:MM or off"},
    {"nightly", "watch", KEY_NUMBER, FIELD(nightly_watch), "60", 0, 1440,
     "minutes between two looks at the pools by day and night for what cannot wait until the morning; 0: none"},
    {"nightly", "housekeeping", KEY_TIME, FIELD(nightly_housekeeping), "04:30", 0, 0,
     "when what is no longer needed is forgotten: HH:MM or off"},
    {"notes", "readers", KEY_TEXT, FIELD(readers), "", 0, 0,
     "circles, separated by commas, whose members get the notes without asking for them"},
    {"notes", "frequency", KEY_WORD, FIELD(frequency), "weekly", 0, 0,
     "each|daily|weekly|off: how often readers get notes who have not said it themselves"},
    {"notes", "digest_weekday", KEY_NUMBER, FIELD(digest_weekday), "1", 0, 6, "day of weekly digests: 0 is Sunday"},
    {"notes", "lists", KEY_TEXT, FIELD(lists), "", 0, 0,
     "mailing lists whose posts become notes, separated by commas: LIST-ID=CIRCLE; the circle's name becomes a tag"},
};

static const struct key_table table = {keys, sizeof keys / sizeof *keys};

enum { MAXIMUM_FILE = 256 * 1024 };

/* Turns what is short in the file into what the program uses: absolute paths, whole addresses. */
static void complete_values(struct config *config)
{
    char *folder = memory_copy_text(config, config->file);
    *strrchr(folder, '/') = '\0';
    if (!*config->templates)
        config->templates = place_templates(config);
    for (size_t i = 0; i < table.count; i++) {
        char **value = keys_text_field(config, &keys[i]);
        if (keys[i].type == KEY_PATH && **value != '/')
            *value = file_join(config, folder, *value);
        if (keys[i].type == KEY_ADDRESS && !strchr(*value, '@'))
            *value = memory_format(config, "%s@%s", *value, config->domain);
    }
    static const char maildir[] = "maildir:";
    if (strncmp(config->transport, maildir, sizeof maildir - 1) == 0 && config->transport[sizeof maildir - 1] != '/')
        config->transport = memory_format(config, "maildir:%s/%s", folder, config->transport + sizeof maildir - 1);
    if (!*config->hostname)
        config->hostname = config->domain;
    if (!*config->list_id)
        config->list_id = memory_format(config, "kairan.%s", config->domain);
}

/* The file itself, links followed all the way: paths in it count from where it really lies. */
static char *find_file(const void *context, const char *path, struct error **error)
{
    struct stat status;
    bool is_folder = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
    char *named = is_folder ? file_join(context, path, "kairan.conf") : memory_copy_text(context, path);
    char *absolute = realpath(named, NULL);
    if (!absolute) {
        error_set(error, ERROR_REFUSED, "cannot find %s (kairan init DIR makes an instance, -C names it): %s", named,
                  strerror(errno));
        return NULL;
    }
    char *file = memory_copy_text(context, absolute);
    free(absolute); /* realpath speaks malloc */
    return file;
}

struct config *config_load(const void *context, const char *path, struct error **error)
{
    struct config *config = memory_new(context, struct config);
    config->file = find_file(config, path, error);
    char *text = config->file ? file_read_text(config, config->file, MAXIMUM_FILE, error) : NULL;
    if (text && keys_read(&table, config, config->file, text, error) &&
        clock_set_zone(config->time_zone, error)) {
        complete_values(config);
        return config;
    }
    talloc_free(config);
    return NULL;
}

struct config *config_defaults(const void *context)
{
    struct config *config = memory_new(context, struct config);
    char nothing[] = "";
    if (!keys_read(&table, config, "the defaults", nothing, NULL))
        abort(); /* a default that its own key refuses: a mistake in the table above */
    return config;
}

void config_print(FILE *out, const struct config *config)
{
    keys_print(out, &table, config, config->file);
}

char *config_template(const void *context, const char *domain, const char *transport)
{
    static const char heading[] =
        "# Kairan: the configuration of this instance. Lines that begin with \"#\" show the defaults.";
    const struct key_value given[] = {{"domain", domain}, {"transport", transport}};
    return keys_template(context, &table, heading, given, sizeof given / sizeof *given);
}
