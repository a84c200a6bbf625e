/* Reminding by the clock: see remind.h. */
#include "poll/remind.h"

#include "base/limits.h"
#include "base/memory.h"
#include "poll/ballot.h"
#include "poll/schedule.h"
#include "store/reminder.h"

bool remind_plan(struct office *office, const struct poll *poll, struct error **error)
{
    return store_set_remind_at(office->store, poll->id, office->now, error);
}

/* Who is to be reminded now, as a talloc array, and when to look again. */
static struct invitation *choose(const void *context, struct office *office, const struct poll *poll, time_t *next,
                                 struct error **error)
{
    struct schedule schedule = schedule_make(office->almanac, poll->created_at, poll->deadline);
    struct invitation *all = store_list_invitations(context, office->store, poll->id, LIMIT_PARTICIPANTS, error);
    size_t count = 0;
    *next = 0;
    if (!all)
        return NULL;
    for (size_t i = 0; i < memory_count(all); i++)
        if (schedule_judge(&schedule, &all[i], office->now, next))
            all[count++] = all[i];
    return memory_resize(context, all, struct invitation, count);
}

static bool remind(struct office *office, const struct poll *poll, long *queued, struct error **error)
{
    *queued = 0;
    if (!schedule_is_office_time(office->almanac, office->now))
        return store_set_remind_at(office->store, poll->id, schedule_next_office_time(office->almanac, office->now), error);
    void *context = talloc_new(NULL);
    time_t next;
    struct invitation *due = choose(context, office, poll, &next, error);
    bool done = due && (!memory_count(due) || ballot_remind_by_clock(office, poll, due, queued, error)) &&
                store_set_remind_at(office->store, poll->id, next, error);
    talloc_free(context);
    return done;
}

static bool remind_one(struct office *office, int64_t id, long *reminded, struct error **error)
{
    if (!store_begin(office->store, error))
        return false;
    long queued = 0;
    struct poll *poll = store_load_poll(NULL, office->store, id, error);
    bool done = poll && remind(office, poll, &queued, error) && store_commit(office->store, error);
    if (!done)
        store_rollback(office->store);
    *reminded += done ? queued : 0;
    talloc_free(poll);
    return done;
}

bool remind_run(struct office *office, long *reminded, struct error **error)
{
    void *context = talloc_new(NULL);
    int64_t *ids = store_list_polls_to_remind(context, office->store, office->now, error);
    bool done = ids != NULL;
    *reminded = 0;
    for (size_t i = 0; i < memory_count(ids); i++) {
        struct error *reason = NULL;
        if (remind_one(office, ids[i], reminded, &reason))
            continue;
        done = false;
        if (error && !*error)
            *error = reason;
        else
            error_free(&reason);
    }
    talloc_free(context);
    return done;
}
