/*
 * The driver: SQLite behind four calls. Only files of store/ include this; nothing outside knows that there is SQL.
 * Statements are string literals, prepared once and kept for the life of the store, found again by their address.
 */
#ifndef KAIRAN_STORE_SQL_H
#define KAIRAN_STORE_SQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "store/store.h"

enum bind_type { BIND_END, BIND_INTEGER, BIND_TEXT, BIND_BYTES, BIND_NULL };

struct bind {
    enum bind_type type;
    int64_t integer;
    const char *bytes;
    size_t length;
};

/* The values of a statement's question marks, in order: SQL_VALUES(sql_integer(7), sql_text("x")). */
#define SQL_VALUES(...) ((const struct bind[]){__VA_ARGS__, {BIND_END, 0, NULL, 0}})
#define SQL_NO_VALUES ((const struct bind[]){{BIND_END, 0, NULL, 0}})

struct bind sql_integer(int64_t integer);
struct bind sql_text(const char *text); /* NULL becomes the SQL NULL */
struct bind sql_bytes(const char *bytes, size_t length);
struct bind sql_instant(const void *context, time_t instant); /* UTC text below `context`, which must outlive the call */

/* Runs a statement that gives no rows. The bound texts need to live only for the call. */
bool sql_run(struct store *store, const char *literal, const struct bind *values, struct error **error);

/* As sql_run, and tells whether a row was changed (an INSERT … ON CONFLICT DO NOTHING may change none). */
bool sql_run_counting(struct store *store, const char *literal, const struct bind *values, bool *changed,
                      struct error **error);

struct rows;

/*
 * Begins a query; NULL when it failed. Then `while (rows_next(rows))` reads; rows_end() tells whether all went well and
 * must always be called. The bound texts must live until then, and one literal can only be read once at a time.
 */
struct rows *sql_query(struct store *store, const char *literal, const struct bind *values, struct error **error);
bool rows_next(struct rows *rows);
bool rows_end(struct rows *rows, struct error **error);

int64_t rows_integer(struct rows *rows, int column);
char *rows_text(const void *context, struct rows *rows, int column); /* NULL for the SQL NULL */
char *rows_bytes(const void *context, struct rows *rows, int column, size_t *length);
time_t rows_instant(struct rows *rows, int column); /* 0 for the SQL NULL or what is no instant */
bool rows_is_null(struct rows *rows, int column);

#endif
