/* Questions of forms: see question.h. */
#include "store/question.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/sql.h"

static bool add_choice(struct store *store, const struct poll *poll, int64_t question_id,
                       struct question_choice *choice, struct error **error)
{
    return store_next_id(store, "choice", &choice->id, error) &&
           sql_run(store,
                   "INSERT INTO choice (id, question_id, number, asked_from, asked_until, starts, ends, all_day, note, "
                   "label,"
                   " capacity) VALUES (?, ?, ?, ?, NULL, '', NULL, 0, NULL, ?, ?)",
                   SQL_VALUES(sql_integer(choice->id), sql_integer(question_id), sql_integer(choice->number),
                              sql_integer(poll->edition), sql_text(choice->label),
                              choice->capacity ? sql_integer(choice->capacity) : sql_text(NULL)),
                   error);
}

static bool add_question(struct store *store, const struct poll *poll, struct poll_question *question, size_t position,
                         struct error **error)
{
    bool done = store_next_id(store, "question", &question->id, error) &&
                sql_run(store,
                        "INSERT INTO question (id, poll_id, position, kind, text, required, low, high, unit, most)"
                        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        SQL_VALUES(sql_integer(question->id), sql_integer(poll->id), sql_integer((int64_t)position),
                                   sql_text(question->kind), sql_text(question->text), sql_integer(question->required),
                                   sql_text(question->low), sql_text(question->high), sql_text(question->unit),
                                   sql_integer(question->most)),
                        error);
    for (size_t i = 0; done && i < memory_count(question->choices); i++)
        done = add_choice(store, poll, question->id, &question->choices[i], error);
    return done;
}

bool store_add_questions(struct store *store, struct poll *poll, struct error **error)
{
    bool done = true;
    for (size_t i = 0; done && i < memory_count(poll->questions); i++)
        done = add_question(store, poll, &poll->questions[i], i + 1, error);
    return done;
}

bool store_replace_questions(struct store *store, struct poll *poll, struct error **error)
{
    return sql_run(store, "DELETE FROM choice WHERE question_id IN (SELECT id FROM question WHERE poll_id = ?)",
                   SQL_VALUES(sql_integer(poll->id)), error) &&
           sql_run(store, "DELETE FROM question WHERE poll_id = ?", SQL_VALUES(sql_integer(poll->id)), error) &&
           store_add_questions(store, poll, error);
}

static struct poll_question *find_question(struct poll *poll, int64_t id)
{
    for (size_t i = 0; i < memory_count(poll->questions); i++)
        if (poll->questions[i].id == id)
            return &poll->questions[i];
    return NULL;
}

static bool read_choices(struct store *store, struct poll *poll, struct error **error)
{
    struct rows *rows = sql_query(store,
                                  "SELECT choice.id, question_id, number, label, capacity FROM choice"
                                  " JOIN question ON question.id = choice.question_id WHERE question.poll_id = ?"
                                  " ORDER BY question.position, number",
                                  SQL_VALUES(sql_integer(poll->id)), error);
    while (rows && rows_next(rows)) {
        struct poll_question *question = find_question(poll, rows_integer(rows, 1));
        if (!question)
            continue;
        size_t count = memory_count(question->choices);
        question->choices = memory_resize(poll, question->choices, struct question_choice, count + 1);
        question->choices[count] = (struct question_choice){.id = rows_integer(rows, 0),
                                                            .number = (int)rows_integer(rows, 2),
                                                            .label = rows_text(poll, rows, 3),
                                                            .capacity = (long)rows_integer(rows, 4)};
    }
    return rows && rows_end(rows, error);
}

bool store_read_questions(struct store *store, struct poll *poll, struct error **error)
{
    struct rows *rows =
        sql_query(store,
                  "SELECT id, kind, text, required, low, high, unit, most FROM question WHERE poll_id = ?"
                  " ORDER BY position",
                  SQL_VALUES(sql_integer(poll->id)), error);
    while (rows && rows_next(rows)) {
        size_t count = memory_count(poll->questions);
        poll->questions = memory_resize(poll, poll->questions, struct poll_question, count + 1);
        poll->questions[count] = (struct poll_question){.id = rows_integer(rows, 0),
                                                        .kind = rows_text(poll, rows, 1),
                                                        .text = rows_text(poll, rows, 2),
                                                        .required = rows_integer(rows, 3) != 0,
                                                        .low = rows_text(poll, rows, 4),
                                                        .high = rows_text(poll, rows, 5),
                                                        .unit = rows_text(poll, rows, 6),
                                                        .most = (long)rows_integer(rows, 7)};
    }
    return rows && rows_end(rows, error) && read_choices(store, poll, error);
}

#define RESPONSE_COLUMNS                                                                                               \
    "SELECT vote.invitation_id, invitation.number, vote.choice_id, mark, value, vote.note, inferred, "                 \
    "letter.received_at,"                                                                                              \
    " vote.answer_id FROM invitation JOIN vote ON vote.invitation_id = invitation.id"                                  \
    " JOIN answer ON answer.id = vote.answer_id JOIN letter ON letter.id = answer.letter_id"
#define RESPONSE_ORDER " ORDER BY letter.received_at, letter.id"

struct response *store_list_responses(const void *context, struct store *store, int64_t poll_id, int64_t invitation_id,
                                      struct error **error)
{
    size_t capacity = 0;
    size_t count = 0;
    struct response *list = memory_array(context, struct response, 0);
    struct rows *rows =
        invitation_id ? sql_query(store, RESPONSE_COLUMNS " WHERE invitation.id = ?" RESPONSE_ORDER,
                                  SQL_VALUES(sql_integer(invitation_id)), error)
                      : sql_query(store,
                                  RESPONSE_COLUMNS
                                  " WHERE invitation.poll_id = ? AND invitation.state <> 'removed'" RESPONSE_ORDER,
                                  SQL_VALUES(sql_integer(poll_id)), error);
    while (rows && rows_next(rows)) {
        if (count == capacity) {
            capacity = 2 * capacity + 16;
            list = memory_resize(context, list, struct response, capacity);
        }
        list[count++] = (struct response){.invitation_id = rows_integer(rows, 0),
                                          .invitation_number = (int)rows_integer(rows, 1),
                                          .choice_id = rows_integer(rows, 2),
                                          .mark = rows_text(list, rows, 3),
                                          .value = rows_text(list, rows, 4),
                                          .note = rows_text(list, rows, 5),
                                          .inferred = rows_integer(rows, 6) != 0,
                                          .received_at = rows_instant(rows, 7),
                                          .answer_id = rows_integer(rows, 8)};
    }
    if (rows && rows_end(rows, error))
        return memory_resize(context, list, struct response, count);
    talloc_free(list);
    return NULL;
}

static const struct response *find_response(const struct response *responses, int64_t choice_id)
{
    for (size_t i = 0; i < memory_count(responses); i++)
        if (responses[i].choice_id == choice_id)
            return &responses[i];
    return NULL;
}

static bool set_response(struct store *store, int64_t invitation_id, const struct response *response, int64_t answer_id,
                         struct error **error)
{
    return sql_run(store,
                   "INSERT INTO vote (invitation_id, choice_id, mark, inferred, note, value, answer_id)"
                   " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (invitation_id, choice_id) DO UPDATE SET"
                   " mark = excluded.mark, inferred = excluded.inferred, note = excluded.note, value = excluded.value",
                   SQL_VALUES(sql_integer(invitation_id), sql_integer(response->choice_id), sql_text(response->mark),
                              sql_integer(response->inferred), sql_text(response->note), sql_text(response->value),
                              sql_integer(answer_id)),
                   error);
}

bool store_set_responses(struct store *store, int64_t invitation_id, const struct poll_question *question,
                         const struct response *responses, int64_t answer_id, struct error **error)
{
    bool done = true;
    for (size_t i = 0; done && i < memory_count(question->choices); i++) {
        const struct response *response = find_response(responses, question->choices[i].id);
        if (response)
            done = set_response(store, invitation_id, response, answer_id, error);
        else
            done = sql_run(store, "DELETE FROM vote WHERE invitation_id = ? AND choice_id = ?",
                           SQL_VALUES(sql_integer(invitation_id), sql_integer(question->choices[i].id)), error);
    }
    return done;
}
