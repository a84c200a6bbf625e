/* Events: see event.h. */
#include "store/event.h"

#include <string.h>

#include "base/memory.h"
#include "store/sql.h"

static const char *const kinds[] = {"undelivered", "cannot", "complete", "quorum"};
enum { KINDS = sizeof kinds / sizeof *kinds };

static struct bind id_or_null(int64_t id)
{
    return id ? sql_integer(id) : sql_text(NULL);
}

bool store_add_event(struct store *store, const struct poll_event *event, struct error **error)
{
    int64_t id;
    return store_next_id(store, "poll_event", &id, error) &&
           sql_run(store,
                   "INSERT INTO poll_event (id, poll_id, kind, invitation_id, choice_id, detail) VALUES (?, ?, ?, ?, ?, ?)",
                   SQL_VALUES(sql_integer(id), sql_integer(event->poll_id), sql_text(kinds[event->kind]),
                              id_or_null(event->invitation_id), id_or_null(event->choice_id),
                              sql_text(event->detail ? event->detail : "")),
                   error);
}

static int64_t *read_ids(const void *context, struct rows *rows, struct error **error)
{
    int64_t *ids = memory_array(context, int64_t, 0);
    size_t count = 0;
    while (rows && rows_next(rows)) {
        ids = memory_resize(context, ids, int64_t, count + 1);
        ids[count++] = rows_integer(rows, 0);
    }
    if (rows && rows_end(rows, error))
        return ids;
    talloc_free(ids);
    return NULL;
}

int64_t *store_list_polls_with_events(const void *context, struct store *store, struct error **error)
{
    return read_ids(context,
                    sql_query(store, "SELECT DISTINCT poll_id FROM poll_event ORDER BY poll_id", SQL_NO_VALUES, error),
                    error);
}

int64_t *store_list_blocked_choices(const void *context, struct store *store, int64_t poll_id, struct error **error)
{
    return read_ids(context,
                    sql_query(store,
                              "SELECT vote.choice_id FROM invitation JOIN vote ON vote.invitation_id = invitation.id"
                              " WHERE invitation.poll_id = ? AND invitation.required = 1"
                              " AND invitation.state <> 'removed' AND vote.mark = 'no'",
                              SQL_VALUES(sql_integer(poll_id)), error),
                    error);
}

bool store_count_news(struct store *store, struct poll *poll, struct error **error)
{
    poll->told++;
    return sql_run(store, "UPDATE poll SET told = ? WHERE id = ?",
                   SQL_VALUES(sql_integer(poll->told), sql_integer(poll->id)), error);
}

bool store_touch_poll(struct store *store, int64_t poll_id, struct error **error)
{
    return sql_run(store, "UPDATE poll SET changes = changes + 1 WHERE id = ?", SQL_VALUES(sql_integer(poll_id)), error);
}

int64_t *store_list_changed_polls(const void *context, struct store *store, struct error **error)
{
    return read_ids(context,
                    sql_query(store, "SELECT id FROM poll WHERE state = 'open' AND changes > digested ORDER BY id",
                              SQL_NO_VALUES, error),
                    error);
}

struct fresh_name *store_list_fresh_names(const void *context, struct store *store, int64_t poll_id, struct error **error)
{
    struct fresh_name *names = memory_array(context, struct fresh_name, 0);
    size_t count = 0;
    struct rows *rows = sql_query(
        store,
        "SELECT CASE WHEN person.name <> '' THEN person.name ELSE invitation.name END, invitation.address FROM poll"
        " JOIN invitation ON invitation.poll_id = poll.id JOIN answer ON answer.invitation_id = invitation.id"
        " JOIN letter ON letter.id = answer.letter_id JOIN person ON person.id = invitation.person_id"
        " WHERE poll.id = ? AND invitation.state <> 'removed'"
        " AND (poll.digested_at IS NULL OR letter.received_at > poll.digested_at)"
        " GROUP BY invitation.id ORDER BY MIN(answer.id)",
        SQL_VALUES(sql_integer(poll_id)), error);
    while (rows && rows_next(rows)) {
        names = memory_resize(context, names, struct fresh_name, count + 1);
        names[count++] = (struct fresh_name){rows_text(names, rows, 0), rows_text(names, rows, 1)};
    }
    if (rows && rows_end(rows, error))
        return names;
    talloc_free(names);
    return NULL;
}

bool store_note_digest(struct store *store, int64_t poll_id, time_t now, struct error **error)
{
    void *context = talloc_new(NULL);
    bool done = sql_run(store, "UPDATE poll SET digested = changes, digested_at = ? WHERE id = ?",
                        SQL_VALUES(sql_instant(context, now), sql_integer(poll_id)), error);
    talloc_free(context);
    return done;
}

static enum poll_event_kind find_kind(const char *name)
{
    for (int kind = 0; kind < KINDS; kind++)
        if (strcmp(kinds[kind], name) == 0)
            return (enum poll_event_kind)kind;
    return EVENT_UNDELIVERED;
}

struct poll_event *store_list_events(const void *context, struct store *store, int64_t poll_id, struct error **error)
{
    struct poll_event *events = memory_array(context, struct poll_event, 0);
    size_t count = 0;
    struct rows *rows = sql_query(store,
                                  "SELECT kind, invitation_id, choice_id, detail FROM poll_event WHERE poll_id = ? ORDER BY id",
                                  SQL_VALUES(sql_integer(poll_id)), error);
    while (rows && rows_next(rows)) {
        char *kind = rows_text(NULL, rows, 0);
        events = memory_resize(context, events, struct poll_event, count + 1);
        events[count++] = (struct poll_event){.poll_id = poll_id,
                                              .kind = find_kind(kind),
                                              .invitation_id = rows_integer(rows, 1),
                                              .choice_id = rows_integer(rows, 2),
                                              .detail = rows_text(events, rows, 3)};
        talloc_free(kind);
    }
    if (rows && rows_end(rows, error))
        return events;
    talloc_free(events);
    return NULL;
}

bool store_drop_events(struct store *store, int64_t poll_id, struct error **error)
{
    return sql_run(store, "DELETE FROM poll_event WHERE poll_id = ?", SQL_VALUES(sql_integer(poll_id)), error);
}
