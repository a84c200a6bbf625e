/*
 * A pool of XenServer or XCP-ng hosts as its administrator describes it: one file NAME.conf in the folder of pools, with
 * sections and keys like kairan.conf. The password is in a file of its own, mode 0600, that only the helper reads.
 */
#ifndef KAIRAN_XEN_SETTINGS_H
#define KAIRAN_XEN_SETTINGS_H

#include <stdio.h>

#include "base/config.h"
#include "base/error.h"

struct xen_settings {
    char *name; /* of the pool, from the file's name */
    char *file;
    /* [pool] */
    char *addresses;
    long port;
    char *pins;
    char *user;
    char *password_file;
    char *uuid;
    /* [backup] */
    char *choose;
    char *exclude;
    char *quiesce;
    long window_begin; /* minutes of the day, or KEYS_OFF */
    long window_end;
    long run_minutes;
    long snapshot_seconds;
    long parallel_exports;
    long keep_newest;
    long keep_daily;
    long keep_weekly;
    long keep_monthly;
    long reserve_percent;
    char *export_folder;
    long snapshots_kept;
    long export_reserve_percent;
    long rate_limit;
    char *metadata;
    /* [updates] */
    char *catalogue;
    char *folder;
    long download_rate;
    long night_megabytes;
    long download_minutes;
    long keep_days;
    /* [health] */
    char *checks;
    long check_seconds;
    long snapshot_days;
    /* [report] */
    char *to;
    char *problem_to;
    char *alert_to;
    long alert_priority;
    char *summary;
    char *language;
};

/* Reads one file below `context`. */
struct xen_settings *settings_load(const void *context, const struct config *config, const char *file,
                                   struct error **error);

/*
 * The names of all pools of the instance (files NAME.conf in its folder of pools), sorted, as a talloc array of texts below
 * `context`; empty when there is no such folder.
 */
char **settings_list(const void *context, const struct config *config, struct error **error);

/* The file of the pool called `name`; whether it is there shows when it is loaded. */
char *settings_path(const void *context, const struct config *config, const char *name);

/* Every key of a pool's file with its value and meaning. */
void settings_print(FILE *out, const struct xen_settings *settings);

/* A fresh file for a pool: every key commented out but for its addresses and pins. */
char *settings_template(const void *context, const char *addresses, const char *pins);

/* The parts of a list that is separated by commas, without blanks around them, as a talloc array below `context`. */
char **settings_split(const void *context, const char *list);

#endif
