/*
 * The commands of the shell: options in, text or JSON out, an exit status back. What they print is a view: dumped with
 * --json, else rendered by a template in the language of the locale.
 */
#ifndef KAIRAN_COMMAND_COMMAND_H
#define KAIRAN_COMMAND_COMMAND_H

#include <jansson.h>
#include <stdbool.h>

#include "mail/office.h"

/* Exit statuses: design.md's "0 / 1 / 2 / 75". */
enum { COMMAND_DONE = 0, COMMAND_FAILED = 1, COMMAND_USAGE = 2, COMMAND_BUSY = 75 };

int command_init(int argc, char *argv[]);
int command_process(int argc, char *argv[]);
int command_post(int argc, char *argv[]);
int command_nightly(int argc, char *argv[]);
int command_dates(int argc, char *argv[]);
int command_read(int argc, char *argv[]);
int command_answer(int argc, char *argv[]);
int command_poll(int argc, char *argv[]);
int command_xen(int argc, char *argv[]);
int command_note(int argc, char *argv[]);
int command_doctor(int argc, char *argv[]);
int command_outbox(int argc, char *argv[]);
int command_status(int argc, char *argv[]);
int command_replay(int argc, char *argv[]);
int command_config(int argc, char *argv[]);

/* Prints the error, frees it, and says with which status to end: COMMAND_BUSY when trying again may help. */
int command_fail(struct error **error);

/* What every command understands, and where its own words begin. */
struct command_options {
    const char *instance; /* -C */
    bool json;
    bool watch;           /* --watch */
    bool dry_run;         /* --dry-run */
    bool no_post;         /* --no-post */
    bool write;           /* --write */
    bool anyway;          /* --anyway */
    const char *now;      /* --now */
    const char *language; /* --lang */
    const char *domain;   /* --domain */
    const char *transport; /* --transport */
    const char *poll;      /* --poll */
    int first;            /* index in argv of the first word that is no option */
};

/*
 * Reads the options of a command; `allowed` are the names of those it takes beside -C and --help, NULL-terminated.
 * False: end now with *status (help was printed, or a usage error told).
 */
bool command_read_options(int argc, char *argv[], const char *const allowed[], struct command_options *options,
                          int *status);

/* Of a command that takes options only: false when words stand behind them; end now with *status. */
bool command_takes_no_words(int argc, char *argv[], const struct command_options *options, int *status);

/*
 * Root works as the owner of the database: what root's own run left behind (lock, folders of the day) would shut out
 * every run after it. There is no way back to root, and none is needed.
 */
bool command_become_owner(const struct config *config, struct error **error);

/* Opens the instance below `context`; takes its lock when the command writes. */
struct office *command_open(const void *context, const struct command_options *options, bool writes,
                            struct error **error);

/* "ja" or "en", by LC_ALL, LC_MESSAGES, LANG. */
const char *command_language(void);

/* Prints a view as JSON, or by the template NAME in the language of the locale. Takes the reference. */
bool command_print(struct template_folder *templates, const char *name, json_t *view, bool json, struct error **error);

#endif
