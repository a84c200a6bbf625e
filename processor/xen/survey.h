/*
 * What a nightly look at a pool begins with: a login, its records in one call, and a run in the store. Looks change nothing in a pool.
 */
#ifndef KAIRAN_XEN_SURVEY_H
#define KAIRAN_XEN_SURVEY_H

#include "store/xen.h"
#include "xen/client.h"
#include "xen/records.h"
#include "xen/settings.h"

struct survey {
    const struct config *config;
    const struct xen_settings *settings;
    struct store *store;
    struct client *client;
    struct records *records; /* NULL: the pool could not be read */
    struct reason problem;   /* why not */
    struct xen_run run;
    time_t now;
    bool is_dry; /* nothing is written */
};

/* Begins the run of `job` below `context` and reads `tables`. NULL with the error only when nothing can be recorded. */
struct survey *survey_begin(const void *context, const struct config *config, struct store *store,
                            const struct xen_settings *settings, const char *job, bool is_dry, struct error **error);
bool survey_read(struct survey *survey, const char *const tables[]);

/* {"pool", "run", "at": seconds, "is_dry", "problem": {"code", "raw"} or null}, to be filled further; a new reference. */
json_t *survey_view(const struct survey *survey);

/* Ends the run with its view. */
bool survey_end(struct survey *survey, const json_t *view, struct error **error);

/* When high availability was last seen on (now, when it is); 0: never. What is seen is remembered. */
bool survey_last_protected(struct survey *survey, time_t *instant, struct error **error);

#endif
