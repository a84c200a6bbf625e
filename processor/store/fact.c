/* Facts: see fact.h. They share their table with the version of the schema. */
#include "store/fact.h"

#include "base/memory.h"
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

bool store_forget_fact(struct store *store, const char *name, struct error **error)
{
    return sql_run(store, "DELETE FROM meta WHERE name = ?", SQL_VALUES(sql_text(name)), error);
}

char **store_list_facts(const void *context, struct store *store, const char *prefix, struct error **error)
{
    char **names = memory_array(context, char *, 0);
    size_t count = 0;
    struct rows *rows = sql_query(
        store,
        "SELECT substr(name, length(?1) + 1) FROM meta WHERE name >= ?1 AND substr(name, 1, length(?1)) = ?1"
        " ORDER BY name",
        SQL_VALUES(sql_text(prefix)), error);
    while (rows && rows_next(rows)) {
        names = memory_resize(context, names, char *, count + 1);
        names[count++] = rows_text(names, rows, 0);
    }
    if (rows && rows_end(rows, error))
        return names;
    talloc_free(names);
    return NULL;
}
