/*
 * The store: people, polls, answers, letters and the outbox, durable. One process writes at a time; everything that
 * belongs to one letter is one transaction. SQLite today, with a write-ahead log and synchronous=FULL: when
 * store_commit() has returned true, the change survives a power cut.
 */
#ifndef KAIRAN_STORE_STORE_H
#define KAIRAN_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/error.h"

struct store;

/*
 * Opens the database below `context`. ERROR_INSTALLATION when it is missing, for one that has vanished holds everybody's
 * answers and must be restored, and when a newer Kairan wrote it.
 */
struct store *store_open(const void *context, const char *path, struct error **error);

/* The same for a new instance: makes the database when it is not there. */
struct store *store_create(const void *context, const char *path, struct error **error);

/* A transaction that may write. Other writers wait up to ten seconds, then they get ERROR_TEMPORARY. */
bool store_begin(struct store *store, struct error **error);
bool store_commit(struct store *store, struct error **error);
void store_rollback(struct store *store);

/* A part of a transaction that can be taken back alone: the effects of one letter among many. */
bool store_begin_part(struct store *store, struct error **error);
bool store_keep_part(struct store *store, struct error **error);
bool store_drop_part(struct store *store, struct error **error);

/* A fresh id for a row of `table` (a string literal); valid within the running transaction. */
bool store_next_id(struct store *store, const char *table, int64_t *id, struct error **error);

/* Reads the whole database and looks for damage: its pages and indexes, and rows that refer to nothing. */
bool store_check(struct store *store, struct error **error);

/* Moves the write-ahead log into the database and empties it; called at the end of a busy run. */
bool store_checkpoint(struct store *store, struct error **error);

#endif
