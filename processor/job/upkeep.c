/* Once a day: see upkeep.h. */
#include "job/upkeep.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "job/set_aside.h"
#include "store/fact.h"
#include "store/job_run.h"
#include "store/letter.h"
#include "store/outbox.h"
#include "store/reader.h"

static const char day_fact[] = "upkeep day";

enum { DAY = 24 * 60 * 60, REQUEST_DAYS = 7 /* so long a confirmation is waited for */ };

static bool forget(struct office *office, const char *day, struct error **error)
{
    struct store *store = office->store;
    time_t before = office->now - (time_t)office->config->days_kept * DAY;
    if (!store_begin(store, error))
        return false;
    if (store_forget_mail(store, before, error) && store_forget_answers(store, day, error) &&
        store_forget_requests(store, office->now - REQUEST_DAYS * DAY, error) &&
        store_forget_jobs(store, before, error) && set_aside_forget(office, error) &&
        store_set_fact(store, day_fact, day, error) && store_commit(store, error))
        return true;
    store_rollback(store);
    return false;
}

bool upkeep_run(struct office *office, struct error **error)
{
    void *context = talloc_new(NULL);
    char *last = NULL;
    char *day = clock_format_utc(context, office->now); /* the days that daily answers are counted by are UTC's, too */
    day[sizeof "2026-01-15" - 1] = '\0';
    bool done = store_get_fact(context, office->store, day_fact, &last, error);
    if (done && (!last || strcmp(last, day) != 0))
        done = forget(office, day, error) && store_checkpoint(office->store, error);
    talloc_free(context);
    return done;
}
