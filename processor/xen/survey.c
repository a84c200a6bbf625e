/* What a nightly look at a pool begins with: see survey.h. */
#include "xen/survey.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/fact.h"

static bool begin_run(struct survey *survey, struct error **error)
{
    if (!store_begin(survey->store, error))
        return false;
    if (store_begin_xen_run(survey->store, &survey->run, error) && store_commit(survey->store, error))
        return true;
    store_rollback(survey->store);
    return false;
}

struct survey *survey_begin(const void *context, const struct config *config, struct store *store,
                            const struct xen_settings *settings, const char *job, bool is_dry, struct error **error)
{
    struct survey *survey = memory_new(context, struct survey);
    *survey = (struct survey){.config = config, .settings = settings, .store = store, .now = clock_now(), .is_dry = is_dry};
    survey->run = (struct xen_run){.pool = settings->name, .job = memory_copy_text(survey, job), .started_at = survey->now};
    if (is_dry || begin_run(survey, error))
        return survey;
    talloc_free(survey);
    return NULL;
}

bool survey_read(struct survey *survey, const char *const tables[])
{
    struct error *error = NULL;
    survey->client = client_new(survey, survey->settings);
    if (client_login(survey->client, &error))
        survey->records = records_open(survey, survey->client, survey->settings->uuid, &error);
    if (survey->records && records_read_at_once(survey->records, tables, &error))
        return true;
    char *text = error ? error_text(survey, error) : memory_copy_text(survey, "the pool cannot be read");
    const char *code = client_reason(survey->client)->code;
    survey->problem = client_make_reason(survey, code ? code : error && error->class == ERROR_REFUSED ? "wrong_pool" : "other", text);
    survey->records = NULL;
    error_free(&error);
    return false;
}

json_t *survey_view(const struct survey *survey)
{
    const struct reason *problem = &survey->problem;
    return json_pack("{s:s, s:I, s:I, s:b, s:o}", "pool", survey->settings->name, "run", (json_int_t)survey->run.id, "at",
                     (json_int_t)survey->now, "is_dry", (int)survey->is_dry, "problem",
                     problem->code ? json_pack("{s:s, s:s}", "code", problem->code, "raw", problem->raw) : json_null());
}

bool survey_end(struct survey *survey, const json_t *view, struct error **error)
{
    if (survey->is_dry)
        return true;
    char *text = json_dumps(view, JSON_COMPACT);
    survey->run.view = text;
    survey->run.status = memory_copy_text(survey, survey->problem.code ? "failed" : "good");
    survey->run.ended_at = clock_now();
    bool done = store_end_xen_run(survey->store, &survey->run, error);
    free(text);
    return done;
}

bool survey_last_protected(struct survey *survey, time_t *instant, struct error **error)
{
    char *name = memory_format(survey, "xen ha %s", survey->settings->name);
    char *value = NULL;
    *instant = survey->now;
    if (record_flag(records_pool(survey->records), "ha_enabled"))
        return survey->is_dry || store_set_fact(survey->store, name, clock_format_utc(survey, survey->now), error);
    if (!store_get_fact(survey, survey->store, name, &value, error))
        return false;
    if (!value || !clock_parse(value, instant))
        *instant = 0;
    return true;
}
