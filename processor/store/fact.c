/* Facts: see fact.h. They share their table with the version of the schema. */
#include "store/fact.h"

#include "store/sql.h"

bool store_get_fact(const void *context, struct store *store, const char *name, char **value, struct error **error)
{
    *value = NULL;
    struct rows *rows =
        sql_query(store, "SELECT value FROM meta WHERE name = ?", SQL_VALUES(sql_text(name)), error);
    if (!rows)
        return false;
    if (rows_next(rows))
        *value = rows_text(context, rows, 0);
    return rows_end(rows, error);
}

bool store_set_fact(struct store *store, const char *name, const char *value, struct error **error)
{
    return sql_run(store,
                   "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE"
                   " SET value = excluded.value",
                   SQL_VALUES(sql_text(name), sql_text(value)), error);
}
