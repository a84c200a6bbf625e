/* Updates that hosts of XenServer pools lack: since when, whether people have been told, and when they were gone. */
#ifndef KAIRAN_STORE_HOST_UPDATE_H
#define KAIRAN_STORE_HOST_UPDATE_H

#include <stdbool.h>
#include <time.h>

#include "store/store.h"

struct host_update {
    const char *pool;
    const char *host_uuid;
    const char *host_name;
    const char *id;
    const char *name;
    time_t first_seen_at;
    time_t gone_at; /* 0: still missing */
};

/* Enters that a host lacks an update; *is_new: no report has told of it yet. All of these inside a transaction. */
bool store_see_update(struct store *store, const struct host_update *update, time_t now, bool *is_new, struct error **error);

/* Whatever a host was not seen to lack at `now` is gone. */
bool store_end_updates(struct store *store, const char *pool, const char *host_uuid, time_t now, struct error **error);

/* The pool's people have been told of all that is missing. */
bool store_tell_updates(struct store *store, const char *pool, time_t now, struct error **error);

/* All of a pool that were missing since `since`, oldest first, as a talloc array below `context`. */
struct host_update *store_list_updates(const void *context, struct store *store, const char *pool, time_t since,
                                       struct error **error);

#endif
