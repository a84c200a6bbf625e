/* One round of work: see process.h. */
#include "job/process.h"

#include "base/log.h"
#include "base/memory.h"
#include "job/set_aside.h"
#include "poll/news.h"
#include "poll/remind.h"
#include "poll/result.h"
#include "store/poll.h"

/* A letter that the hook took up before the deadline may reach the spool this much later (its own time limit). */
enum { CLOSING_GRACE = 120 };

static bool close_one(struct office *office, int64_t id, struct error **error)
{
    void *context = talloc_new(NULL);
    bool done = store_begin(office->store, error);
    if (done) {
        struct poll *poll = store_load_poll(context, office->store, id, error);
        done = poll && result_close_poll(office, poll, error) && store_commit(office->store, error);
        if (!done)
            store_rollback(office->store);
    }
    talloc_free(context);
    return done;
}

/* A poll that cannot be closed does not keep the next from closing. */
static bool close_ripe_polls(struct office *office, long *closed, struct error **error)
{
    void *context = talloc_new(NULL);
    int64_t *ids = store_list_ripe_polls(context, office->store, office->now - CLOSING_GRACE, error);
    bool done = ids != NULL;
    for (size_t i = 0; i < memory_count(ids); i++) {
        struct error *reason = NULL;
        if (close_one(office, ids[i], &reason)) {
            (*closed)++;
            continue;
        }
        done = false;
        if (error && !*error)
            *error = reason;
        else
            error_free(&reason);
    }
    talloc_free(context);
    return done;
}

/* Keeps the first of several failures, so that a later one does not hide it. */
static bool keep_first(bool done, struct error **first, struct error **reason)
{
    if (done)
        return true;
    if (first && !*first) {
        *first = *reason;
        *reason = NULL;
    }
    error_free(reason);
    return false;
}

/*
 * Polls close and people are reminded only when every letter of the spool has been looked at: an answer that came in
 * time must not find its poll closed, nor be asked for once more, because the reader was away.
 */
bool process_run(struct office *office, bool posts, struct process_counts *counts, struct error **error)
{
    struct error *reason = NULL;
    *counts = (struct process_counts){0};
    bool complete = keep_first(intake_run(office, &counts->intake, &reason), error, &reason);
    bool done = keep_first(set_aside_tell(office, &reason), error, &reason) && complete;
    if (complete)
        done = keep_first(close_ripe_polls(office, &counts->closed, &reason), error, &reason) && done;
    done = keep_first(news_run(office, &reason), error, &reason) && done;
    if (complete)
        done = keep_first(remind_run(office, &counts->reminded, &reason), error, &reason) && done;
    if (posts)
        done = keep_first(post_run(office, &counts->post, &reason), error, &reason) && done;
    return done;
}
