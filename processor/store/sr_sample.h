/* How full storage repositories were, day after day. */
#ifndef KAIRAN_STORE_SR_SAMPLE_H
#define KAIRAN_STORE_SR_SAMPLE_H

#include "store/store.h"
#include "store/xen.h"

/* The samples of a repository since an instant, oldest first, as a talloc array below `context`. */
struct sr_sample *store_list_samples(const void *context, struct store *store, const char *pool, const char *sr_uuid, time_t since,
                                     struct error **error);

/* Forgets samples of all pools from before an instant. */
bool store_forget_samples(struct store *store, time_t before, struct error **error);

#endif
