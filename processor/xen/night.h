/*
 * One night's backup of one pool, as its parts share it: what it works with, the VMs it works on, and what became of each. Every
 * step is entered in the store before it is taken, so that a run that was killed leaves nothing that the next one does not know.
 */
#ifndef KAIRAN_XEN_NIGHT_H
#define KAIRAN_XEN_NIGHT_H

#include <jansson.h>
#include <stdint.h>

#include "store/xen.h"
#include "xen/client.h"
#include "xen/records.h"
#include "xen/settings.h"

enum night_result { NIGHT_WAITING, NIGHT_GOOD, NIGHT_WARNING, NIGHT_SKIPPED, NIGHT_FAILED };

struct night_vm {
    const char *ref;
    const char *uuid;
    const char *name;
    enum night_result result;
    struct reason reason;     /* why it failed or was skipped */
    struct reason warning;    /* what was not as it should be although it is good */
    struct vm_backup backup;  /* its row; id 0: none was entered */
    char *snapshot;           /* ref, once there is one */
    int64_t begun;            /* milliseconds, for its duration */
    time_t last_good;         /* when its last good backup was begun, tonight's apart; 0: never */
    int64_t last_bytes;       /* of its last export that was good; 0: none */
    int64_t usual_bytes;      /* of its exports; 0: not known yet */
    struct child *exporter;   /* while its export comes */
    char *task;               /* of the export, on the pool */
};

struct night {
    const struct config *config;
    const struct xen_settings *settings;
    struct store *store;
    struct client *client;
    struct records *records;
    struct xen_run run;
    char *job;        /* "<domain>/<pool>": what our snapshots are tagged with */
    time_t now;
    int64_t deadline; /* milliseconds of the steady clock */
    bool is_dry;      /* only say what would be done */
    struct night_vm *vms; /* talloc array, in the order in which they have their turn */
    /* what else the report tells, arrays of objects */
    json_t *removed;
    json_t *unfinished;
    json_t *repositories;
    json_t *metadata;  /* an object, or null */
    json_t *scanned;   /* refs of repositories that lost snapshots */
    json_t *needs;     /* bytes that snapshots may have taken since the repository was read, by its ref */
};

/* Milliseconds of a clock that only goes forward. */
int64_t night_clock(void);

/* Whole seconds that are left to the run, 0 when its time is over. */
int night_seconds_left(const struct night *night);

/* Enters or updates the row of a VM's backup, durably. */
bool night_enter(struct night *night, struct night_vm *vm, const char *state, struct error **error);

/* A result with its reason; the row is written as well (best effort: the run goes on). */
void night_fail(struct night *night, struct night_vm *vm, enum night_result result, const struct reason *reason);

/* The same with one of our own codes. */
void night_fail_with(struct night *night, struct night_vm *vm, enum night_result result, const char *code, const char *raw);

#endif
