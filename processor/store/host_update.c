/* Updates that hosts lack: see host_update.h. */
#include "store/host_update.h"

#include "base/memory.h"
#include "store/sql.h"

static bool is_told(struct store *store, const struct host_update *update, bool *told, struct error **error)
{
    struct rows *rows = sql_query(store,
                                  "SELECT told_at FROM host_update WHERE pool = ? AND host_uuid = ? AND update_id = ?"
                                  " AND gone_at IS NULL",
                                  SQL_VALUES(sql_text(update->pool), sql_text(update->host_uuid), sql_text(update->id)), error);
    *told = rows && rows_next(rows) && !rows_is_null(rows, 0);
    return rows && rows_end(rows, error);
}

bool store_see_update(struct store *store, const struct host_update *update, time_t now, bool *is_new, struct error **error)
{
    void *context = talloc_new(NULL);
    bool told = false;
    struct bind seen = sql_instant(context, now);
    /* one that comes back is new again */
    bool done = is_told(store, update, &told, error) &&
                sql_run(store,
                        "DELETE FROM host_update WHERE pool = ? AND host_uuid = ? AND update_id = ? AND gone_at IS NOT NULL",
                        SQL_VALUES(sql_text(update->pool), sql_text(update->host_uuid), sql_text(update->id)), error) &&
                sql_run(store,
                        "INSERT INTO host_update (pool, host_uuid, update_id, host_name, name, first_seen_at, last_seen_at)"
                        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (pool, host_uuid, update_id) DO UPDATE SET"
                        " last_seen_at = excluded.last_seen_at, host_name = excluded.host_name, name = excluded.name",
                        SQL_VALUES(sql_text(update->pool), sql_text(update->host_uuid), sql_text(update->id),
                                   sql_text(update->host_name), sql_text(update->name), seen, seen),
                        error);
    *is_new = !told;
    talloc_free(context);
    return done;
}

bool store_end_updates(struct store *store, const char *pool, const char *host_uuid, time_t now, struct error **error)
{
    void *context = talloc_new(NULL);
    struct bind instant = sql_instant(context, now);
    bool done = sql_run(store,
                        "UPDATE host_update SET gone_at = ? WHERE pool = ? AND host_uuid = ? AND last_seen_at < ?"
                        " AND gone_at IS NULL",
                        SQL_VALUES(instant, sql_text(pool), sql_text(host_uuid), instant), error);
    talloc_free(context);
    return done;
}

bool store_tell_updates(struct store *store, const char *pool, time_t now, struct error **error)
{
    void *context = talloc_new(NULL);
    bool done = sql_run(store, "UPDATE host_update SET told_at = ? WHERE pool = ? AND told_at IS NULL",
                        SQL_VALUES(sql_instant(context, now), sql_text(pool)), error);
    talloc_free(context);
    return done;
}

struct host_update *store_list_updates(const void *context, struct store *store, const char *pool, time_t since,
                                       struct error **error)
{
    void *work = talloc_new(NULL);
    struct host_update *updates = memory_array(context, struct host_update, 0);
    size_t count = 0;
    struct rows *rows = sql_query(store,
                                  "SELECT pool, host_uuid, host_name, update_id, name, first_seen_at, gone_at FROM host_update"
                                  " WHERE pool = ? AND last_seen_at >= ? ORDER BY first_seen_at, host_name, name",
                                  SQL_VALUES(sql_text(pool), sql_instant(work, since)), error);
    while (rows && rows_next(rows)) {
        updates = memory_resize(context, updates, struct host_update, count + 1);
        updates[count++] = (struct host_update){rows_text(updates, rows, 0), rows_text(updates, rows, 1),
                                                rows_text(updates, rows, 2), rows_text(updates, rows, 3),
                                                rows_text(updates, rows, 4), rows_instant(rows, 5), rows_instant(rows, 6)};
    }
    bool done = rows && rows_end(rows, error);
    talloc_free(work);
    if (done)
        return updates;
    talloc_free(updates);
    return NULL;
}
