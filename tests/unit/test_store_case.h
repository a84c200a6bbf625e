/* What the tests of the store share: a folder that goes with its context, a store in it, and SQLite's own view of it. */
#ifndef KAIRAN_TESTS_STORE_CASE_H
#define KAIRAN_TESTS_STORE_CASE_H

#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "store/store.h"
#include "unit.h"

static inline int case_remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

static inline int case_remove_folder(char *folder)
{
    return nftw(folder, case_remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* A folder that goes with `context`. */
static inline char *case_folder(void *context)
{
    char *folder = memory_copy_text(context, "/tmp/kairan-unit-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    talloc_set_destructor(folder, case_remove_folder);
    return folder;
}

static inline void case_write(const char *folder, const char *name, const char *text)
{
    char *path = file_join(NULL, folder, name);
    ck_assert(file_create(path, text, strlen(text), 0600, NULL));
    talloc_free(path);
}

static inline struct store *case_open(void *context, const char *path)
{
    struct error *error = NULL;
    ck_assert(clock_set_zone("Asia/Tokyo", NULL));
    struct store *store = store_create(context, path, &error);
    ck_assert_msg(store != NULL, "%s", error ? error->sentence : "no reason");
    return store;
}

/* A fresh store inside a transaction. The folder is a parent of the store, so that it is closed first. */
static inline struct store *case_new_store(void *context)
{
    char *folder = case_folder(context);
    struct store *store = case_open(folder, file_join(folder, folder, "kairan.db"));
    ck_assert(store_begin(store, NULL));
    return store;
}

/* An instant of the year 2026 from ISO 8601. */
static inline time_t case_instant(const char *text)
{
    time_t instant;
    ck_assert_msg(clock_parse(text, &instant), "%s", text);
    return instant;
}

/* Runs SQL on a database file behind the store's back. */
static inline void case_execute(const char *path, const char *statements)
{
    sqlite3 *database;
    ck_assert_int_eq(sqlite3_open(path, &database), SQLITE_OK);
    ck_assert_msg(sqlite3_exec(database, statements, NULL, NULL, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(database));
    ck_assert_int_eq(sqlite3_close(database), SQLITE_OK);
}

#endif
