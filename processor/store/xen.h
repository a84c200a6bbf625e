/* What is remembered of XenServer pools: runs, backups, and how full storage was. */
#ifndef KAIRAN_STORE_XEN_H
#define KAIRAN_STORE_XEN_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "store/store.h"

/* One run of a job on a pool. */
struct xen_run {
    int64_t id;
    char *pool;
    char *job;
    time_t started_at;
    time_t ended_at; /* 0: it runs, or was killed */
    char *status;
    char *view; /* JSON, or NULL */
};

/* Begins a run; what stands there as running from before was interrupted. Must run inside a transaction. */
bool store_begin_xen_run(struct store *store, struct xen_run *run, struct error **error);
bool store_end_xen_run(struct store *store, const struct xen_run *run, struct error **error);

/* The last run of a job on every pool that it ever ran on, by pool, as a talloc array below `context`. */
struct xen_run *store_list_last_xen_runs(const void *context, struct store *store, const char *job, struct error **error);

/* Ended runs of a job on a pool whose view nobody was told yet, oldest first; and says that one was, inside a transaction. */
struct xen_run *store_list_untold_xen_runs(const void *context, struct store *store, const char *pool, const char *job, struct error **error);
bool store_tell_xen_run(struct store *store, int64_t id, struct error **error);

/* The runs of a job on a pool since an instant, newest first, at most so many. */
struct xen_run *store_list_xen_runs(const void *context, struct store *store, const char *pool, const char *job, time_t since, int most,
                                    struct error **error);

/* The last run of a job on a pool, its texts below `context`; id 0 when there was none. */
bool store_load_last_xen_run(const void *context, struct store *store, const char *pool, const char *job, struct xen_run *run,
                             struct error **error);

/* One backup of one VM. */
struct vm_backup {
    int64_t id;
    int64_t run_id;
    const char *pool;
    const char *vm_uuid;
    const char *vm_name;
    time_t started_at;
    time_t ended_at;
    const char *state;
    const char *snapshot_name;
    const char *snapshot_uuid; /* or NULL */
    const char *file;          /* or NULL */
    int64_t bytes;
    int64_t milliseconds;
    const char *reason; /* or NULL */
};

/* Enters a new one (its id is set), inside a transaction; and writes what became of it, by its id. */
bool store_enter_backup(struct store *store, struct vm_backup *backup, struct error **error);
bool store_update_backup(struct store *store, const struct vm_backup *backup, struct error **error);

/* Backups that no run has ended (planned, snapshot, export), oldest first. */
struct vm_backup *store_list_unfinished_backups(const void *context, struct store *store, const char *pool,
                                                struct error **error);

/* The backup whose snapshot has that name, as an array of one or none. */
struct vm_backup *store_find_backup(const void *context, struct store *store, const char *pool, const char *snapshot_name,
                                    struct error **error);

/* Good backups of a VM, newest first: all of them, those whose snapshot and file are gone as well. */
struct vm_backup *store_list_good_backups(const void *context, struct store *store, const char *pool, const char *vm_uuid,
                                          int most, struct error **error);

/* All backups of a pool, newest first, at most `most`; with `vm` only those of the VM of that name or uuid. */
struct vm_backup *store_list_backups(const void *context, struct store *store, const char *pool, const char *vm, int most,
                                     struct error **error);

/* The backups of one pool over some time, in one line. */
struct backup_line {
    char *pool;
    int64_t runs;
    int64_t bad_runs; /* failed, interrupted */
    int64_t good;     /* VMs, each time counted */
    int64_t failed;
};

/* A line for each pool with runs that ended from one instant up to another (not included), as a talloc array. */
struct backup_line *store_list_backup_lines(const void *context, struct store *store, time_t from, time_t to,
                                            struct error **error);

/* Disks that are being destroyed. */
bool store_doom_disk(struct store *store, const char *pool, const char *uuid, struct error **error);
bool store_forget_disk(struct store *store, const char *pool, const char *uuid, struct error **error);
char **store_list_doomed_disks(const void *context, struct store *store, const char *pool, struct error **error);

/* How full a storage repository was. */
struct sr_sample {
    time_t taken_at;
    int64_t size;
    int64_t used;
};
bool store_add_sample(struct store *store, const char *pool, const char *sr_uuid, const struct sr_sample *sample,
                      struct error **error);

#endif
