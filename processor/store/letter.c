/* Letters taken in: see letter.h. */
#include "store/letter.h"

#include "base/memory.h"
#include "store/sql.h"

bool store_enter_letter(struct store *store, struct letter_record *record, bool *is_new, struct error **error)
{
    if (!store_next_id(store, "letter", &record->id, error))
        return false;
    void *context = talloc_new(NULL);
    bool done = sql_run_counting(
        store,
        "INSERT INTO letter (id, identity, received_at, sender, recipient, message_id, subject, class, verdict, reason,"
        " archive) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        SQL_VALUES(sql_integer(record->id), sql_text(record->identity), sql_instant(context, record->received_at),
                   sql_text(record->sender), sql_text(record->recipient), sql_text(record->message_id),
                   sql_text(record->subject), sql_text(record->class), sql_text(record->verdict),
                   sql_text(record->reason), sql_text(record->archive)),
        is_new, error);
    talloc_free(context);
    return done;
}

char *store_find_archive(const void *context, struct store *store, const char *identity, struct error **error)
{
    char *archive = NULL;
    struct rows *rows =
        sql_query(store, "SELECT archive FROM letter WHERE identity = ?", SQL_VALUES(sql_text(identity)), error);
    if (!rows)
        return NULL;
    if (rows_next(rows))
        archive = rows_text(context, rows, 0);
    if (!rows_end(rows, error))
        return NULL;
    if (!archive)
        error_set(error, ERROR_REFUSED, "no letter is known as %s", identity);
    return archive;
}

bool store_set_verdict(struct store *store, int64_t id, const char *verdict, const char *reason, struct error **error)
{
    return sql_run(store, "UPDATE letter SET verdict = ?, reason = ? WHERE id = ?",
                   SQL_VALUES(sql_text(verdict), sql_text(reason), sql_integer(id)), error);
}

bool store_count_letters(struct store *store, time_t since,
                             void (*each)(void *closure, const char *verdict, int64_t count), void *closure,
                             struct error **error)
{
    void *context = talloc_new(NULL);
    struct rows *rows = sql_query(
        store, "SELECT verdict, count(*) FROM letter WHERE received_at >= ? GROUP BY verdict ORDER BY verdict",
        SQL_VALUES(sql_instant(context, since)), error);
    while (rows && rows_next(rows))
        each(closure, rows_text(context, rows, 0), rows_integer(rows, 1));
    bool done = rows && rows_end(rows, error);
    talloc_free(context);
    return done;
}

bool store_allow_answer(struct store *store, const char *address, const char *day, long most, bool *allowed,
                         struct error **error)
{
    return sql_run_counting(store,
                            "INSERT INTO daily_answer (address, day, count) VALUES (?, ?, 1) ON CONFLICT (address, day)"
                            " DO UPDATE SET count = daily_answer.count + 1 WHERE daily_answer.count < ?",
                            SQL_VALUES(sql_text(address), sql_text(day), sql_integer(most)), allowed, error);
}

bool store_forget_answers(struct store *store, const char *day, struct error **error)
{
    return sql_run(store, "DELETE FROM daily_answer WHERE day < ?", SQL_VALUES(sql_text(day)), error);
}
