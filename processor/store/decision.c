/* Decisions and what follows from them: see decision.h. */
#include "store/decision.h"

#include "base/memory.h"
#include "store/sql.h"

bool store_find_decision(const void *context, struct store *store, int64_t poll_id, struct decision **decision,
                         struct error **error)
{
    *decision = NULL;
    struct rows *rows = sql_query(
        store, "SELECT choice_id, sequence, since_sequence, event, decided_at, cancelled FROM decision WHERE poll_id = ?",
        SQL_VALUES(sql_integer(poll_id)), error);
    if (rows && rows_next(rows)) {
        struct decision *found = memory_new(context, struct decision);
        *found = (struct decision){.poll_id = poll_id,
                                   .choice_id = rows_integer(rows, 0),
                                   .sequence = (int)rows_integer(rows, 1),
                                   .since_sequence = (int)rows_integer(rows, 2),
                                   .event = rows_text(found, rows, 3),
                                   .decided_at = rows_instant(rows, 4),
                                   .is_cancelled = rows_integer(rows, 5) != 0};
        *decision = found;
    }
    return rows && rows_end(rows, error);
}

bool store_set_decision(struct store *store, const struct decision *decision, struct error **error)
{
    void *context = talloc_new(NULL);
    bool done = sql_run(
        store,
        "INSERT INTO decision (poll_id, choice_id, sequence, since_sequence, event, decided_at, cancelled)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (poll_id) DO UPDATE SET choice_id = excluded.choice_id,"
        " sequence = excluded.sequence, since_sequence = excluded.since_sequence, event = excluded.event,"
        " decided_at = excluded.decided_at, cancelled = excluded.cancelled",
        SQL_VALUES(sql_integer(decision->poll_id), sql_integer(decision->choice_id), sql_integer(decision->sequence),
                   sql_integer(decision->since_sequence), sql_text(decision->event),
                   sql_instant(context, decision->decided_at), sql_integer(decision->is_cancelled)),
        error);
    talloc_free(context);
    return done;
}

bool store_set_rsvp(struct store *store, const struct rsvp *rsvp, struct error **error)
{
    void *context = talloc_new(NULL);
    bool done = sql_run(store,
                        "INSERT INTO rsvp (invitation_id, mark, sequence, answered_at, comment) VALUES (?, ?, ?, ?, ?)"
                        " ON CONFLICT (invitation_id) DO UPDATE SET mark = excluded.mark, sequence = excluded.sequence,"
                        " answered_at = excluded.answered_at, comment = excluded.comment"
                        " WHERE excluded.sequence > rsvp.sequence"
                        " OR (excluded.sequence = rsvp.sequence AND excluded.answered_at >= rsvp.answered_at)",
                        SQL_VALUES(sql_integer(rsvp->invitation_id), sql_text(rsvp->mark), sql_integer(rsvp->sequence),
                                   sql_instant(context, rsvp->answered_at), sql_text(rsvp->comment)),
                        error);
    talloc_free(context);
    return done;
}

bool store_drop_rsvps(struct store *store, int64_t poll_id, struct error **error)
{
    return sql_run(store, "DELETE FROM rsvp WHERE invitation_id IN (SELECT id FROM invitation WHERE poll_id = ?)",
                   SQL_VALUES(sql_integer(poll_id)), error);
}

bool store_visit_rsvps(struct store *store, int64_t poll_id,
                       void (*each)(void *closure, int invitation_number, const struct rsvp *rsvp), void *closure,
                       struct error **error)
{
    void *context = talloc_new(NULL);
    struct rows *rows =
        sql_query(store,
                  "SELECT invitation.number, rsvp.invitation_id, rsvp.mark, rsvp.sequence, rsvp.answered_at, rsvp.comment"
                  " FROM invitation JOIN rsvp ON rsvp.invitation_id = invitation.id WHERE invitation.poll_id = ?"
                  " ORDER BY invitation.number",
                  SQL_VALUES(sql_integer(poll_id)), error);
    while (rows && rows_next(rows)) {
        struct rsvp rsvp = {.invitation_id = rows_integer(rows, 1),
                            .mark = rows_text(context, rows, 2),
                            .sequence = (int)rows_integer(rows, 3),
                            .answered_at = rows_instant(rows, 4),
                            .comment = rows_text(context, rows, 5)};
        each(closure, (int)rows_integer(rows, 0), &rsvp);
        talloc_free_children(context);
    }
    bool done = rows && rows_end(rows, error);
    talloc_free(context);
    return done;
}

bool store_set_tentative(struct store *store, int64_t invitation_id, const struct tentative *tentative,
                         struct error **error)
{
    return sql_run(store,
                   "INSERT INTO tentative_entry (invitation_id, choice_id, event) VALUES (?, ?, ?)"
                   " ON CONFLICT (invitation_id, choice_id) DO UPDATE SET event = excluded.event",
                   SQL_VALUES(sql_integer(invitation_id), sql_integer(tentative->choice_id), sql_text(tentative->event)),
                   error);
}

struct tentative *store_list_tentative(const void *context, struct store *store, int64_t invitation_id,
                                       struct error **error)
{
    struct tentative *list = memory_array(context, struct tentative, 0);
    size_t count = 0;
    struct rows *rows =
        sql_query(store, "SELECT choice_id, event FROM tentative_entry WHERE invitation_id = ? ORDER BY choice_id",
                  SQL_VALUES(sql_integer(invitation_id)), error);
    while (rows && rows_next(rows)) {
        list = memory_resize(context, list, struct tentative, count + 1);
        list[count++] = (struct tentative){rows_integer(rows, 0), rows_text(list, rows, 1)};
    }
    if (rows && rows_end(rows, error))
        return list;
    talloc_free(list);
    return NULL;
}
