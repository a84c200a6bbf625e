/* The driver: see sql.h and store.h. The only file that includes sqlite3.h. */
#include "store/sql.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"

enum { STATEMENT_SLOTS = 512, TABLE_SLOTS = 64, SCHEMA_VERSION = 1, BUSY_MILLISECONDS = 10000 };

struct statement {
    const char *literal;
    sqlite3_stmt *prepared;
};

struct store {
    sqlite3 *database;
    struct statement statements[STATEMENT_SLOTS]; /* a hash table by the literal's address */
    struct {
        const char *table;
        int64_t next;
    } ids[TABLE_SLOTS];
};

struct rows {
    struct store *store;
    sqlite3_stmt *statement;
    int status;
};

static const char schema[] =
#include "processor/store/schema.inc"
    ;

static enum error_class class_of_code(int code)
{
    switch (code) {
    case SQLITE_CONSTRAINT:
        return ERROR_REFUSED;
    case SQLITE_NOTADB:
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return ERROR_INSTALLATION;
    default:
        return ERROR_TEMPORARY;
    }
}

static bool set_problem(struct store *store, const char *doing, struct error **error)
{
    int code = sqlite3_extended_errcode(store->database) & 0xFF;
    return error_set(error, class_of_code(code), "the database cannot %s: %s", doing, sqlite3_errmsg(store->database));
}

static int close_store(struct store *store)
{
    for (size_t i = 0; i < STATEMENT_SLOTS; i++)
        sqlite3_finalize(store->statements[i].prepared);
    sqlite3_close(store->database);
    return 0;
}

static bool execute(struct store *store, const char *text, struct error **error)
{
    return sqlite3_exec(store->database, text, NULL, NULL, NULL) == SQLITE_OK || set_problem(store, "be set up", error);
}

static bool create_schema(struct store *store, struct error **error)
{
    if (!store_begin(store, error))
        return false;
    char *version = memory_format(store, "INSERT INTO meta VALUES ('schema', '%d')", SCHEMA_VERSION);
    bool made = execute(store, schema, error) && execute(store, version, error) && store_commit(store, error);
    if (!made)
        store_rollback(store);
    talloc_free(version);
    return made;
}

/* user_version would be SQLite's own; a row is portable. */
static bool check_schema(struct store *store, bool creates, struct error **error)
{
    sqlite3_stmt *statement = NULL;
    static const char question[] = "SELECT value FROM meta WHERE name = 'schema'";
    if (sqlite3_prepare_v2(store->database, question, -1, &statement, NULL) != SQLITE_OK) {
        if ((sqlite3_errcode(store->database) & 0xFF) != SQLITE_ERROR)
            return set_problem(store, "be read", error);
        return creates ? create_schema(store, error)
                       : error_set(error, ERROR_INSTALLATION, "the database is empty; restore it, or run kairan init");
    }
    int version = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int(statement, 0) : 0;
    sqlite3_finalize(statement);
    if (version == SCHEMA_VERSION)
        return true;
    return error_set(error, ERROR_INSTALLATION, "the database has version %d, this Kairan knows version %d", version,
                     SCHEMA_VERSION);
}

/* One thread needs no mutexes, nor statistics behind one more; refused when SQLite has started, and then not needed. */
static void configure_sqlite(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static struct store *open_store(const void *context, const char *path, bool creates, struct error **error)
{
    configure_sqlite();
    struct store *store = memory_new(context, struct store);
    int flags = SQLITE_OPEN_READWRITE | (creates ? SQLITE_OPEN_CREATE : 0);
    int status = sqlite3_open_v2(path, &store->database, flags, NULL);
    talloc_set_destructor(store, close_store);
    if (status != SQLITE_OK)
        set_problem(store, "be opened", error);
    else if (sqlite3_busy_timeout(store->database, BUSY_MILLISECONDS) != SQLITE_OK)
        set_problem(store, "be set up", error);
    else if (execute(store,
                     "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                     /* REFERENCES document; the fault tests run foreign_key_check, no vote pays for it */
                     "PRAGMA cache_size = -32000; PRAGMA wal_autocheckpoint = 8000; PRAGMA temp_store = MEMORY",
                     error) &&
             check_schema(store, creates, error))
        return store;
    error_add(error, "%s", path);
    talloc_free(store);
    return NULL;
}

/* Asked first, because SQLite has one code for all that can be wrong with a path. */
struct store *store_open(const void *context, const char *path, struct error **error)
{
    if (access(path, R_OK | W_OK) == 0)
        return open_store(context, path, false, error);
    if (errno == ENOENT)
        error_set(error, ERROR_INSTALLATION, "the database %s is missing; restore it, or run kairan init", path);
    else
        error_set_errno(error, "cannot use the database %s", path);
    return NULL;
}

struct store *store_create(const void *context, const char *path, struct error **error)
{
    return open_store(context, path, true, error);
}

struct bind sql_integer(int64_t integer)
{
    return (struct bind){.type = BIND_INTEGER, .integer = integer};
}

struct bind sql_text(const char *text)
{
    return (struct bind){.type = text ? BIND_TEXT : BIND_NULL, .bytes = text, .length = text ? strlen(text) : 0};
}

struct bind sql_bytes(const char *bytes, size_t length)
{
    return (struct bind){.type = BIND_BYTES, .bytes = bytes, .length = length};
}

struct bind sql_instant(const void *context, time_t instant)
{
    return sql_text(clock_format_utc(context, instant));
}

/* Literals are few and never freed, so their addresses name them; collisions move on to the next slot. */
static sqlite3_stmt *find_statement(struct store *store, const char *literal, struct error **error)
{
    size_t slot = ((uintptr_t)literal * 0x9E3779B97F4A7C15u >> 40) % STATEMENT_SLOTS;
    for (size_t tries = 0; tries < STATEMENT_SLOTS; tries++, slot = (slot + 1) % STATEMENT_SLOTS) {
        struct statement *statement = &store->statements[slot];
        if (statement->literal == literal)
            return statement->prepared;
        if (statement->literal)
            continue;
        if (sqlite3_prepare_v3(store->database, literal, -1, SQLITE_PREPARE_PERSISTENT, &statement->prepared, NULL) !=
            SQLITE_OK) {
            set_problem(store, "understand a statement", error);
            return NULL;
        }
        statement->literal = literal;
        return statement->prepared;
    }
    abort(); /* more statements in the source than slots: raise STATEMENT_SLOTS */
}

static int bind_value(sqlite3_stmt *statement, int index, const struct bind *value)
{
    switch (value->type) {
    case BIND_INTEGER:
        return sqlite3_bind_int64(statement, index, value->integer);
    case BIND_TEXT:
        return sqlite3_bind_text64(statement, index, value->bytes, value->length, SQLITE_STATIC, SQLITE_UTF8);
    case BIND_BYTES:
        return sqlite3_bind_blob64(statement, index, value->bytes, value->length, SQLITE_STATIC);
    case BIND_NULL:
    case BIND_END:
        break;
    }
    return sqlite3_bind_null(statement, index);
}

static sqlite3_stmt *prepare(struct store *store, const char *literal, const struct bind *values, struct error **error)
{
    sqlite3_stmt *statement = find_statement(store, literal, error);
    if (!statement)
        return NULL;
    for (int i = 0; values[i].type != BIND_END; i++)
        if (bind_value(statement, i + 1, &values[i]) != SQLITE_OK) {
            set_problem(store, "take a value", error);
            return NULL;
        }
    return statement;
}

bool sql_run(struct store *store, const char *literal, const struct bind *values, struct error **error)
{
    sqlite3_stmt *statement = prepare(store, literal, values, error);
    if (!statement)
        return false;
    bool done = sqlite3_step(statement) == SQLITE_DONE || set_problem(store, "take a change", error);
    sqlite3_reset(statement);
    return done;
}

bool sql_run_counting(struct store *store, const char *literal, const struct bind *values, bool *changed,
                      struct error **error)
{
    bool done = sql_run(store, literal, values, error);
    *changed = done && sqlite3_changes(store->database) > 0;
    return done;
}

struct rows *sql_query(struct store *store, const char *literal, const struct bind *values, struct error **error)
{
    sqlite3_stmt *statement = prepare(store, literal, values, error);
    if (!statement)
        return NULL;
    struct rows *rows = memory_new(store, struct rows);
    rows->store = store;
    rows->statement = statement;
    rows->status = sqlite3_step(statement);
    return rows;
}

bool rows_next(struct rows *rows)
{
    enum { FRESH = -1 };
    if (rows->status == SQLITE_ROW) {
        rows->status = FRESH;
        return true;
    }
    if (rows->status == FRESH)
        rows->status = sqlite3_step(rows->statement);
    if (rows->status != SQLITE_ROW)
        return false;
    rows->status = FRESH;
    return true;
}

bool rows_end(struct rows *rows, struct error **error)
{
    bool failed = rows->status != SQLITE_DONE && rows->status != SQLITE_ROW && rows->status >= 0;
    bool done = !failed || set_problem(rows->store, "be read", error);
    sqlite3_reset(rows->statement);
    talloc_free(rows);
    return done;
}

int64_t rows_integer(struct rows *rows, int column)
{
    return sqlite3_column_int64(rows->statement, column);
}

bool rows_is_null(struct rows *rows, int column)
{
    return sqlite3_column_type(rows->statement, column) == SQLITE_NULL;
}

char *rows_bytes(const void *context, struct rows *rows, int column, size_t *length)
{
    const void *bytes = sqlite3_column_blob(rows->statement, column);
    *length = (size_t)sqlite3_column_bytes(rows->statement, column);
    return memory_copy_bytes(context, bytes, *length);
}

char *rows_text(const void *context, struct rows *rows, int column)
{
    size_t length;
    return rows_is_null(rows, column) ? NULL : rows_bytes(context, rows, column, &length);
}

time_t rows_instant(struct rows *rows, int column)
{
    time_t instant = 0;
    const char *text = (const char *)sqlite3_column_text(rows->statement, column);
    return text && clock_parse(text, &instant) ? instant : 0;
}

bool store_begin(struct store *store, struct error **error)
{
    memset(store->ids, 0, sizeof store->ids);
    return sqlite3_exec(store->database, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK ||
           set_problem(store, "begin a transaction", error);
}

bool store_commit(struct store *store, struct error **error)
{
    return sqlite3_exec(store->database, "COMMIT", NULL, NULL, NULL) == SQLITE_OK ||
           set_problem(store, "commit", error);
}

void store_rollback(struct store *store)
{
    /* fails only when SQLite has rolled back by itself already */
    (void)sqlite3_exec(store->database, "ROLLBACK", NULL, NULL, NULL);
}

bool store_begin_part(struct store *store, struct error **error)
{
    return sql_run(store, "SAVEPOINT part", SQL_NO_VALUES, error);
}

bool store_keep_part(struct store *store, struct error **error)
{
    return sql_run(store, "RELEASE SAVEPOINT part", SQL_NO_VALUES, error);
}

bool store_drop_part(struct store *store, struct error **error)
{
    return sql_run(store, "ROLLBACK TO SAVEPOINT part", SQL_NO_VALUES, error) && store_keep_part(store, error);
}

static bool read_largest_id(struct store *store, const char *table, int64_t *largest, struct error **error)
{
    char *text = memory_format(store, "SELECT max(id) FROM %s", table);
    sqlite3_stmt *statement = NULL;
    bool done = sqlite3_prepare_v2(store->database, text, -1, &statement, NULL) == SQLITE_OK &&
                sqlite3_step(statement) == SQLITE_ROW;
    if (done)
        *largest = sqlite3_column_int64(statement, 0);
    else
        set_problem(store, "count its rows", error);
    sqlite3_finalize(statement);
    talloc_free(text);
    return done;
}

bool store_next_id(struct store *store, const char *table, int64_t *id, struct error **error)
{
    for (size_t i = 0; i < TABLE_SLOTS; i++) {
        if (!store->ids[i].table) {
            int64_t largest;
            if (!read_largest_id(store, table, &largest, error))
                return false;
            store->ids[i].table = table;
            store->ids[i].next = largest + 1;
        }
        if (strcmp(store->ids[i].table, table) == 0) {
            *id = store->ids[i].next++;
            return true;
        }
    }
    abort(); /* more tables in the source than slots: raise TABLE_SLOTS */
}

static bool check_pages(struct store *store, struct error **error)
{
    struct rows *rows = sql_query(store, "PRAGMA quick_check(1)", SQL_NO_VALUES, error);
    bool is_whole = rows && rows_next(rows);
    char *said = is_whole ? rows_text(NULL, rows, 0) : NULL;
    bool done = rows && rows_end(rows, error);
    if (done && (!said || strcmp(said, "ok") != 0))
        done = error_set(error, ERROR_INSTALLATION, "%s is damaged (%s); restore it from a backup", sqlite3_db_filename(store->database, "main"),
                         said ? said : "no answer");
    talloc_free(said);
    return done;
}

bool store_check(struct store *store, struct error **error)
{
    if (!check_pages(store, error))
        return false;
    struct rows *rows = sql_query(store, "PRAGMA foreign_key_check", SQL_NO_VALUES, error);
    char *table = rows && rows_next(rows) ? rows_text(NULL, rows, 0) : NULL;
    bool done = rows && rows_end(rows, error);
    if (done && table)
        done = error_set(error, ERROR_INSTALLATION, "%s: rows of \"%s\" refer to what is not there; restore it from a backup",
                         sqlite3_db_filename(store->database, "main"), table);
    talloc_free(table);
    return done;
}

bool store_checkpoint(struct store *store, struct error **error)
{
    return sqlite3_wal_checkpoint_v2(store->database, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) == SQLITE_OK ||
           set_problem(store, "empty its write-ahead log", error);
}
