/*
 * The configuration: one INI file, every key with a default and a meaning (`kairan config` prints them). Unknown
 * sections, unknown keys, keys given twice and bad values are errors that name file and line. Relative paths count
 * from the folder of the file. Secrets are never in it: it names the files that hold them.
 */
#ifndef KAIRAN_BASE_CONFIG_H
#define KAIRAN_BASE_CONFIG_H

#include <stdio.h>

#include "base/error.h"

struct config {
    char *file; /* where it was read from */
    /* [center] */
    char *domain;
    char *time_zone;
    char *language;
    char *administrator;
    char *organisers;
    /* [mail] */
    char *poll_address;
    char *kairan_address;
    char *note_address;
    char *survey_address;
    char *delimiters;
    char *transport;
    char *hostname;
    char *list_id;
    /* [folders] */
    char *spool;
    char *archive;
    char *database;
    char *circles;
    char *pools;
    char *attachments;
    char *key_file;
    char *templates;
    /* [limits] */
    long letter_bytes;
    long header_bytes;
    long header_lines;
    long parts;
    long depth;
    long reader_seconds;
    long answers_a_day;
    long asks_a_poll;
    long attachment_bytes;
    long strangers_a_day;
    /* [polls] */
    long deadline_days;
    long names_shown;
    long table_rows;
    long days_kept;
    /* [days] */
    char *periods;
    char *closures;
    char *working_hours;
    char *holidays;
    /* [nightly]: minutes since midnight, or KEYS_OFF */
    long nightly_deadlines;
    long nightly_backup;
    long nightly_updates;
    long nightly_health;
    long nightly_report;
    long nightly_watch; /* minutes; 0: off */
    long nightly_housekeeping;
    long nightly_digest;
    long nightly_reminders;
    /* [notes] */
    char *readers;
    char *frequency;
    long digest_weekday;
    char *lists;
};

/* Reads `path` (a file, or a folder that holds kairan.conf) below `context`; sets the zone of the clock. */
struct config *config_load(const void *context, const char *path, struct error **error);

/* What holds where there is no instance: every key's default, and no file, domain or paths. Below `context`. */
struct config *config_defaults(const void *context);

/* Writes every key, its value or default and its meaning, as an INI file that config_load() reads back. */
void config_print(FILE *out, const struct config *config);

/*
 * The text of a fresh kairan.conf for an instance: every key with its meaning, commented out, but for the
 * ones given here.
 */
char *config_template(const void *context, const char *domain, const char *transport);

#endif
