/* Reminding: see reminder.h. */
#include "store/reminder.h"

#include "base/memory.h"
#include "store/sql.h"

int64_t *store_list_polls_to_remind(const void *context, struct store *store, time_t now, struct error **error)
{
    int64_t *ids = memory_array(context, int64_t, 0);
    size_t count = 0;
    struct rows *rows = sql_query(store, "SELECT id FROM poll WHERE state = 'open' AND remind_at <= ? ORDER BY id",
                                  SQL_VALUES(sql_instant(ids, now)), error);
    while (rows && rows_next(rows)) {
        ids = memory_resize(context, ids, int64_t, count + 1);
        ids[count++] = rows_integer(rows, 0);
    }
    if (rows && rows_end(rows, error))
        return ids;
    talloc_free(ids);
    return NULL;
}

bool store_set_remind_at(struct store *store, int64_t poll_id, time_t at, struct error **error)
{
    void *context = talloc_new(NULL);
    bool done = sql_run(store, "UPDATE poll SET remind_at = ? WHERE id = ?",
                        SQL_VALUES(at ? sql_instant(context, at) : sql_text(NULL), sql_integer(poll_id)), error);
    talloc_free(context);
    return done;
}

bool store_hasten_reminders(struct store *store, int64_t poll_id, time_t at, struct error **error)
{
    void *context = talloc_new(NULL);
    struct bind instant = sql_instant(context, at);
    bool done = sql_run(store, "UPDATE poll SET remind_at = ? WHERE id = ? AND (remind_at IS NULL OR remind_at > ?)",
                        SQL_VALUES(instant, sql_integer(poll_id), instant), error);
    talloc_free(context);
    return done;
}

bool store_note_asked(struct store *store, int64_t invitation_id, time_t now, bool by_clock, struct error **error)
{
    void *context = talloc_new(NULL);
    bool done = sql_run(store, "UPDATE invitation SET asked_at = ?, reminded = reminded + ? WHERE id = ?",
                        SQL_VALUES(sql_instant(context, now), sql_integer(by_clock), sql_integer(invitation_id)), error);
    talloc_free(context);
    return done;
}

bool store_set_promise(struct store *store, int64_t invitation_id, const char *day, struct error **error)
{
    return sql_run(store, "UPDATE invitation SET promised = ? WHERE id = ?",
                   SQL_VALUES(sql_text(day), sql_integer(invitation_id)), error);
}

bool store_set_away(struct store *store, int64_t person_id, const char *until, struct error **error)
{
    return sql_run(store, "UPDATE person SET away_until = ? WHERE id = ?",
                   SQL_VALUES(sql_text(until), sql_integer(person_id)), error);
}
