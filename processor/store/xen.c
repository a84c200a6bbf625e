/* What is remembered of XenServer pools: see xen.h. */
#include "store/xen.h"

#include "base/memory.h"
#include "store/sql.h"

static struct bind instant_or_null(const void *context, time_t instant)
{
    return instant ? sql_instant(context, instant) : sql_text(NULL);
}

bool store_begin_xen_run(struct store *store, struct xen_run *run, struct error **error)
{
    if (!store_next_id(store, "xen_run", &run->id, error))
        return false;
    void *context = talloc_new(NULL);
    bool done =
        sql_run(store, "UPDATE xen_run SET status = 'interrupted' WHERE pool = ? AND job = ? AND status = 'running'",
                SQL_VALUES(sql_text(run->pool), sql_text(run->job)), error) &&
        sql_run(store, "INSERT INTO xen_run (id, pool, job, started_at, status, is_told) VALUES (?, ?, ?, ?, 'running', 0)",
                SQL_VALUES(sql_integer(run->id), sql_text(run->pool), sql_text(run->job), sql_instant(context, run->started_at)),
                error);
    talloc_free(context);
    return done;
}

bool store_end_xen_run(struct store *store, const struct xen_run *run, struct error **error)
{
    void *context = talloc_new(NULL);
    bool done = sql_run(store, "UPDATE xen_run SET ended_at = ?, status = ?, view = ? WHERE id = ?",
                        SQL_VALUES(instant_or_null(context, run->ended_at), sql_text(run->status), sql_text(run->view),
                                   sql_integer(run->id)),
                        error);
    talloc_free(context);
    return done;
}

#define RUN_COLUMNS "id, pool, job, started_at, ended_at, status, view"

static struct xen_run *read_runs(const void *context, struct rows *rows, struct error **error)
{
    struct xen_run *runs = memory_array(context, struct xen_run, 0);
    size_t count = 0;
    while (rows && rows_next(rows)) {
        runs = memory_resize(context, runs, struct xen_run, count + 1);
        runs[count++] = (struct xen_run){rows_integer(rows, 0), rows_text(context, rows, 1), rows_text(context, rows, 2),
                                         rows_instant(rows, 3), rows_instant(rows, 4), rows_text(context, rows, 5),
                                         rows_text(context, rows, 6)};
    }
    if (rows && rows_end(rows, error))
        return runs;
    talloc_free(runs);
    return NULL;
}

struct xen_run *store_list_last_xen_runs(const void *context, struct store *store, const char *job, struct error **error)
{
    return read_runs(context,
                     sql_query(store,
                               "SELECT " RUN_COLUMNS " FROM xen_run WHERE id IN (SELECT max(id) FROM xen_run WHERE job = ?"
                               " GROUP BY pool) ORDER BY pool",
                               SQL_VALUES(sql_text(job)), error),
                     error);
}

struct xen_run *store_list_untold_xen_runs(const void *context, struct store *store, const char *pool, const char *job,
                                           struct error **error)
{
    return read_runs(context,
                     sql_query(store,
                               "SELECT " RUN_COLUMNS " FROM xen_run WHERE pool = ? AND job = ? AND view IS NOT NULL AND is_told = 0"
                               " ORDER BY id",
                               SQL_VALUES(sql_text(pool), sql_text(job)), error),
                     error);
}

bool store_tell_xen_run(struct store *store, int64_t id, struct error **error)
{
    return sql_run(store, "UPDATE xen_run SET is_told = 1 WHERE id = ?", SQL_VALUES(sql_integer(id)), error);
}

struct xen_run *store_list_xen_runs(const void *context, struct store *store, const char *pool, const char *job, time_t since, int most,
                                    struct error **error)
{
    void *work = talloc_new(NULL);
    struct xen_run *runs = read_runs(context,
                                     sql_query(store,
                                               "SELECT " RUN_COLUMNS " FROM xen_run WHERE pool = ? AND job = ? AND started_at >= ?"
                                               " ORDER BY id DESC LIMIT ?",
                                               SQL_VALUES(sql_text(pool), sql_text(job), sql_instant(work, since), sql_integer(most)),
                                               error),
                                     error);
    talloc_free(work);
    return runs;
}

bool store_load_last_xen_run(const void *context, struct store *store, const char *pool, const char *job, struct xen_run *run,
                             struct error **error)
{
    struct rows *rows = sql_query(store,
                                  "SELECT id, started_at, ended_at, status, view FROM xen_run WHERE pool = ? AND job = ?"
                                  " ORDER BY id DESC LIMIT 1",
                                  SQL_VALUES(sql_text(pool), sql_text(job)), error);
    *run = (struct xen_run){0};
    if (rows && rows_next(rows))
        *run = (struct xen_run){rows_integer(rows, 0), memory_copy_text(context, pool), memory_copy_text(context, job),
                                rows_instant(rows, 1), rows_instant(rows, 2), rows_text(context, rows, 3),
                                rows_text(context, rows, 4)};
    return rows && rows_end(rows, error);
}

bool store_enter_backup(struct store *store, struct vm_backup *backup, struct error **error)
{
    if (!store_next_id(store, "vm_backup", &backup->id, error))
        return false;
    void *context = talloc_new(NULL);
    bool done = sql_run(store,
                        "INSERT INTO vm_backup (id, run_id, pool, vm_uuid, vm_name, started_at, state, snapshot_name, file,"
                        " bytes, milliseconds) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)",
                        SQL_VALUES(sql_integer(backup->id), sql_integer(backup->run_id), sql_text(backup->pool),
                                   sql_text(backup->vm_uuid), sql_text(backup->vm_name),
                                   sql_instant(context, backup->started_at), sql_text(backup->state),
                                   sql_text(backup->snapshot_name), sql_text(backup->file)),
                        error);
    talloc_free(context);
    return done;
}

bool store_update_backup(struct store *store, const struct vm_backup *backup, struct error **error)
{
    void *context = talloc_new(NULL);
    bool done = sql_run(store,
                        "UPDATE vm_backup SET ended_at = ?, state = ?, snapshot_uuid = ?, file = ?, bytes = ?,"
                        " milliseconds = ?, reason = ? WHERE id = ?",
                        SQL_VALUES(instant_or_null(context, backup->ended_at), sql_text(backup->state),
                                   sql_text(backup->snapshot_uuid), sql_text(backup->file), sql_integer(backup->bytes),
                                   sql_integer(backup->milliseconds), sql_text(backup->reason), sql_integer(backup->id)),
                        error);
    talloc_free(context);
    return done;
}

#define BACKUP_COLUMNS                                                                                                 \
    "id, run_id, pool, vm_uuid, vm_name, started_at, ended_at, state, snapshot_name, snapshot_uuid, file, bytes,"         \
    " milliseconds, reason"

static struct vm_backup *read_backups(const void *context, struct rows *rows, struct error **error)
{
    struct vm_backup *backups = memory_array(context, struct vm_backup, 0);
    size_t count = 0;
    while (rows && rows_next(rows)) {
        backups = memory_resize(context, backups, struct vm_backup, count + 1);
        backups[count++] = (struct vm_backup){rows_integer(rows, 0),
                                              rows_integer(rows, 1),
                                              rows_text(context, rows, 2),
                                              rows_text(context, rows, 3),
                                              rows_text(context, rows, 4),
                                              rows_instant(rows, 5),
                                              rows_instant(rows, 6),
                                              rows_text(context, rows, 7),
                                              rows_text(context, rows, 8),
                                              rows_text(context, rows, 9),
                                              rows_text(context, rows, 10),
                                              rows_integer(rows, 11),
                                              rows_integer(rows, 12),
                                              rows_text(context, rows, 13)};
    }
    if (rows && rows_end(rows, error))
        return backups;
    talloc_free(backups);
    return NULL;
}

struct vm_backup *store_list_unfinished_backups(const void *context, struct store *store, const char *pool,
                                                struct error **error)
{
    return read_backups(context,
                        sql_query(store,
                                  "SELECT " BACKUP_COLUMNS " FROM vm_backup WHERE pool = ? AND state IN ('planned', 'snapshot',"
                                  " 'export') ORDER BY id",
                                  SQL_VALUES(sql_text(pool)), error),
                        error);
}

struct vm_backup *store_find_backup(const void *context, struct store *store, const char *pool, const char *snapshot_name,
                                    struct error **error)
{
    return read_backups(context,
                        sql_query(store, "SELECT " BACKUP_COLUMNS " FROM vm_backup WHERE pool = ? AND snapshot_name = ? LIMIT 1",
                                  SQL_VALUES(sql_text(pool), sql_text(snapshot_name)), error),
                        error);
}

struct vm_backup *store_list_good_backups(const void *context, struct store *store, const char *pool, const char *vm_uuid,
                                          int most, struct error **error)
{
    return read_backups(context,
                        sql_query(store,
                                  "SELECT " BACKUP_COLUMNS " FROM vm_backup WHERE pool = ? AND vm_uuid = ? AND state = 'good'"
                                  " ORDER BY id DESC LIMIT ?",
                                  SQL_VALUES(sql_text(pool), sql_text(vm_uuid), sql_integer(most)), error),
                        error);
}

struct vm_backup *store_list_backups(const void *context, struct store *store, const char *pool, const char *vm, int most,
                                     struct error **error)
{
    return read_backups(context,
                        sql_query(store,
                                  "SELECT " BACKUP_COLUMNS " FROM vm_backup WHERE pool = ? AND (? IS NULL OR vm_name = ? OR"
                                  " vm_uuid = ?) ORDER BY id DESC LIMIT ?",
                                  SQL_VALUES(sql_text(pool), sql_text(vm), sql_text(vm), sql_text(vm), sql_integer(most)), error),
                        error);
}

bool store_doom_disk(struct store *store, const char *pool, const char *uuid, struct error **error)
{
    return sql_run(store, "INSERT INTO doomed_disk (pool, vdi_uuid) VALUES (?, ?) ON CONFLICT DO NOTHING",
                   SQL_VALUES(sql_text(pool), sql_text(uuid)), error);
}

bool store_forget_disk(struct store *store, const char *pool, const char *uuid, struct error **error)
{
    return sql_run(store, "DELETE FROM doomed_disk WHERE pool = ? AND vdi_uuid = ?",
                   SQL_VALUES(sql_text(pool), sql_text(uuid)), error);
}

char **store_list_doomed_disks(const void *context, struct store *store, const char *pool, struct error **error)
{
    char **uuids = memory_array(context, char *, 0);
    size_t count = 0;
    struct rows *rows =
        sql_query(store, "SELECT vdi_uuid FROM doomed_disk WHERE pool = ? ORDER BY vdi_uuid", SQL_VALUES(sql_text(pool)), error);
    while (rows && rows_next(rows)) {
        uuids = memory_resize(context, uuids, char *, count + 1);
        uuids[count++] = rows_text(context, rows, 0);
    }
    if (rows && rows_end(rows, error))
        return uuids;
    talloc_free(uuids);
    return NULL;
}

bool store_add_sample(struct store *store, const char *pool, const char *sr_uuid, const struct sr_sample *sample,
                      struct error **error)
{
    void *context = talloc_new(NULL);
    bool done = sql_run(store,
                        "INSERT INTO sr_sample (pool, sr_uuid, taken_at, size, used) VALUES (?, ?, ?, ?, ?)"
                        " ON CONFLICT (pool, sr_uuid, taken_at) DO UPDATE SET size = excluded.size, used = excluded.used",
                        SQL_VALUES(sql_text(pool), sql_text(sr_uuid), sql_instant(context, sample->taken_at),
                                   sql_integer(sample->size), sql_integer(sample->used)),
                        error);
    talloc_free(context);
    return done;
}

struct backup_line *store_list_backup_lines(const void *context, struct store *store, time_t from, time_t to,
                                            struct error **error)
{
    struct backup_line *lines = memory_array(context, struct backup_line, 0);
    struct rows *rows =
        sql_query(store,
                  "SELECT xen_run.pool, count(DISTINCT xen_run.id),"
                  " count(DISTINCT CASE WHEN xen_run.status <> 'good' THEN xen_run.id END),"
                  " count(CASE WHEN vm_backup.state = 'good' THEN 1 END),"
                  " count(CASE WHEN vm_backup.state <> 'good' THEN 1 END)"
                  " FROM xen_run LEFT JOIN vm_backup ON vm_backup.run_id = xen_run.id"
                  " WHERE xen_run.job = 'backup' AND xen_run.status <> 'running'"
                  " AND coalesce(xen_run.ended_at, xen_run.started_at) >= ?"
                  " AND coalesce(xen_run.ended_at, xen_run.started_at) < ? GROUP BY xen_run.pool ORDER BY xen_run.pool",
                  SQL_VALUES(sql_instant(lines, from), sql_instant(lines, to)), error);
    for (size_t count = 0; rows && rows_next(rows); count++) {
        lines = memory_resize(context, lines, struct backup_line, count + 1);
        lines[count] = (struct backup_line){rows_text(lines, rows, 0), rows_integer(rows, 1), rows_integer(rows, 2),
                                            rows_integer(rows, 3), rows_integer(rows, 4)};
    }
    if (rows && rows_end(rows, error))
        return lines;
    talloc_free(lines);
    return NULL;
}
