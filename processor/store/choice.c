/* Choices that change: see choice.h. */
#include "store/choice.h"

#include "base/clock.h"
#include "base/memory.h"
#include "store/sql.h"

/* A day is kept as a date, whatever the zone becomes; a time as an instant. */
static char *choice_time_text(const void *context, struct civil civil, bool all_day)
{
    if (all_day)
        return memory_format(context, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
    return clock_format_utc(context, clock_from_civil(civil));
}

bool store_begin_edition(struct store *store, struct poll *poll, struct error **error)
{
    if (!sql_run(store, "UPDATE poll SET edition = edition + 1 WHERE id = ?", SQL_VALUES(sql_integer(poll->id)), error))
        return false;
    poll->edition++;
    return true;
}

static bool read_integer(struct rows *rows, int64_t *integer, struct error **error)
{
    if (rows && rows_next(rows))
        *integer = rows_integer(rows, 0);
    return rows && rows_end(rows, error);
}

bool store_add_choice(struct store *store, const struct poll *poll, struct choice *choice, struct error **error)
{
    int64_t question_id = 0;
    struct rows *rows = sql_query(store, "SELECT id FROM question WHERE poll_id = ? AND position = 1",
                                  SQL_VALUES(sql_integer(poll->id)), error);
    if (!read_integer(rows, &question_id, error) || !store_next_id(store, "choice", &choice->id, error))
        return false;
    void *context = talloc_new(NULL);
    const char *ends = choice->has_end ? choice_time_text(context, choice->end, choice->all_day) : NULL;
    bool done = sql_run(
        store,
        "INSERT INTO choice (id, question_id, number, asked_from, asked_until, starts, ends, all_day, note)"
        " VALUES (?, ?, ?, ?, NULL, ?, ?, ?, ?)",
        SQL_VALUES(sql_integer(choice->id), sql_integer(question_id), sql_integer(choice->number),
                   sql_integer(poll->edition), sql_text(choice_time_text(context, choice->start, choice->all_day)),
                   sql_text(ends), sql_integer(choice->all_day), sql_text(choice->note)),
        error);
    talloc_free(context);
    return done;
}

bool store_end_choice(struct store *store, const struct poll *poll, int64_t choice_id, struct error **error)
{
    return sql_run(store, "UPDATE choice SET asked_until = ? WHERE id = ?",
                   SQL_VALUES(sql_integer(poll->edition), sql_integer(choice_id)), error);
}

bool store_last_choice_number(struct store *store, const struct poll *poll, int *number, struct error **error)
{
    int64_t last = 0;
    struct rows *rows = sql_query(store,
                                  "SELECT MAX(number) FROM choice JOIN question ON question.id = choice.question_id"
                                  " WHERE question.poll_id = ?",
                                  SQL_VALUES(sql_integer(poll->id)), error);
    bool done = read_integer(rows, &last, error);
    *number = (int)last;
    return done;
}

bool store_renumber_choices(struct store *store, struct poll *poll, struct error **error)
{
    bool done = true;
    for (size_t i = 0; done && i < poll->choice_count; i++) {
        poll->choices[i].number = (int)i + 1;
        done = sql_run(store, "UPDATE choice SET number = ? WHERE id = ?",
                       SQL_VALUES(sql_integer(poll->choices[i].number), sql_integer(poll->choices[i].id)), error);
    }
    return done;
}

bool store_recount_poll(struct store *store, int64_t poll_id, struct error **error)
{
    struct bind id = sql_integer(poll_id);
    return sql_run(store,
                   "UPDATE invitation SET state = CASE"
                   " WHEN (SELECT COUNT(*) FROM vote JOIN choice ON choice.id = vote.choice_id"
                   "       WHERE vote.invitation_id = invitation.id AND choice.asked_until IS NULL) = 0 THEN 'waiting'"
                   " WHEN (SELECT COUNT(*) FROM vote JOIN choice ON choice.id = vote.choice_id"
                   "       WHERE vote.invitation_id = invitation.id AND choice.asked_until IS NULL) <"
                   "      (SELECT COUNT(*) FROM choice JOIN question ON question.id = choice.question_id"
                   "       WHERE question.poll_id = ? AND choice.asked_until IS NULL) THEN 'partial'"
                   " ELSE 'answered' END WHERE poll_id = ? AND state NOT IN ('undelivered', 'removed')"
                   " AND (SELECT kind FROM poll WHERE poll.id = invitation.poll_id) = 'dates'",
                   SQL_VALUES(id, id), error) &&
           sql_run(store,
                   "UPDATE poll SET invited = (SELECT COUNT(*) FROM invitation WHERE poll_id = ? AND state <> 'removed'),"
                   " waiting = (SELECT COUNT(*) FROM invitation WHERE poll_id = ? AND state IN ('waiting', 'partial'))"
                   " WHERE id = ?",
                   SQL_VALUES(id, id, id), error) &&
           store_recount_yes(store, poll_id, error);
}
