/* Options of polls: see option.h. */
#include "store/option.h"

#include <string.h>

#include "base/memory.h"
#include "store/sql.h"

static const char *const units[] = {"none", "people", "percent", "majority"};
static const char *const results_names[] = {"closed", "open", "organiser"};

const char *poll_results_name(enum poll_results results)
{
    return results_names[results];
}

static unsigned find_name(const char *const names[], unsigned count, struct rows *rows, int column)
{
    char *text = rows_text(NULL, rows, column);
    unsigned found = 0;
    for (unsigned i = 0; text && i < count; i++)
        if (strcmp(names[i], text) == 0)
            found = i;
    talloc_free(text);
    return found;
}

bool store_load_options(const void *context, struct store *store, int64_t poll_id, struct poll_options *options,
                        struct error **error)
{
    *options = (struct poll_options){0};
    struct rows *rows = sql_query(store,
                                  "SELECT quorum_unit, quorum, results, anonymous, yes_most, minutes, recurrence"
                                  " FROM poll_option WHERE poll_id = ?",
                                  SQL_VALUES(sql_integer(poll_id)), error);
    if (rows && rows_next(rows)) {
        options->quorum_unit = (enum quorum_unit)find_name(units, sizeof units / sizeof *units, rows, 0);
        options->quorum = (long)rows_integer(rows, 1);
        options->results = (enum poll_results)find_name(results_names, sizeof results_names / sizeof *results_names, rows, 2);
        options->is_anonymous = rows_integer(rows, 3) != 0;
        options->yes_most = (long)rows_integer(rows, 4);
        options->minutes = (long)rows_integer(rows, 5);
        options->recurrence = rows_text(context, rows, 6);
    }
    return rows && rows_end(rows, error);
}

bool store_set_options(struct store *store, int64_t poll_id, const struct poll_options *options, struct error **error)
{
    return sql_run(store,
                   "INSERT INTO poll_option (poll_id, quorum_unit, quorum, results, anonymous, yes_most, minutes, recurrence,"
                   " continued) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (poll_id) DO UPDATE SET quorum_unit = excluded.quorum_unit,"
                   " quorum = excluded.quorum, results = excluded.results, anonymous = excluded.anonymous,"
                   " yes_most = excluded.yes_most, minutes = excluded.minutes, recurrence = excluded.recurrence",
                   SQL_VALUES(sql_integer(poll_id), sql_text(units[options->quorum_unit]), sql_integer(options->quorum),
                              sql_text(results_names[options->results]), sql_integer(options->is_anonymous),
                              sql_integer(options->yes_most), sql_integer(options->minutes),
                              sql_text(options->recurrence)),
                   error);
}

bool store_count_yes(struct store *store, int64_t choice_id, int change, long *yes, struct error **error)
{
    if (!sql_run(store,
                 "INSERT INTO choice_yes (choice_id, yes, told) VALUES (?, ?, 0)"
                 " ON CONFLICT (choice_id) DO UPDATE SET yes = choice_yes.yes + excluded.yes",
                 SQL_VALUES(sql_integer(choice_id), sql_integer(change)), error))
        return false;
    struct rows *rows =
        sql_query(store, "SELECT yes FROM choice_yes WHERE choice_id = ?", SQL_VALUES(sql_integer(choice_id)), error);
    if (rows && rows_next(rows))
        *yes = (long)rows_integer(rows, 0);
    return rows && rows_end(rows, error);
}

bool store_note_quorum(struct store *store, int64_t choice_id, bool *is_new, struct error **error)
{
    return sql_run_counting(store, "UPDATE choice_yes SET told = 1 WHERE choice_id = ? AND told = 0",
                            SQL_VALUES(sql_integer(choice_id)), is_new, error);
}

bool store_recount_yes(struct store *store, int64_t poll_id, struct error **error)
{
    return sql_run(store,
                   "INSERT INTO choice_yes (choice_id, yes, told)"
                   " SELECT choice.id, (SELECT COUNT(*) FROM invitation JOIN vote ON vote.invitation_id = invitation.id"
                   "  WHERE invitation.poll_id = ? AND invitation.state <> 'removed' AND vote.choice_id = choice.id"
                   "  AND vote.mark IN ('yes', 'best')), 0"
                   " FROM choice JOIN question ON question.id = choice.question_id JOIN poll_option"
                   " ON poll_option.poll_id = question.poll_id WHERE question.poll_id = ? AND quorum_unit <> 'none'"
                   " ON CONFLICT (choice_id) DO UPDATE SET yes = excluded.yes",
                   SQL_VALUES(sql_integer(poll_id), sql_integer(poll_id)), error);
}

int64_t *store_list_series(const void *context, struct store *store, struct error **error)
{
    int64_t *ids = memory_array(context, int64_t, 0);
    size_t count = 0;
    struct rows *rows = sql_query(store,
                                  "SELECT poll.id FROM poll_option JOIN poll ON poll.id = poll_option.poll_id"
                                  " WHERE recurrence IS NOT NULL AND continued = 0 AND poll.state IN ('open', 'closed')"
                                  " ORDER BY poll.id",
                                  SQL_NO_VALUES, error);
    while (rows && rows_next(rows)) {
        ids = memory_resize(context, ids, int64_t, count + 1);
        ids[count++] = rows_integer(rows, 0);
    }
    if (rows && rows_end(rows, error))
        return ids;
    talloc_free(ids);
    return NULL;
}

bool store_note_continued(struct store *store, int64_t poll_id, struct error **error)
{
    return sql_run(store, "UPDATE poll_option SET continued = 1 WHERE poll_id = ?", SQL_VALUES(sql_integer(poll_id)), error);
}
