/* Answers and votes: see answer.h. */
#include "store/answer.h"

#include "base/memory.h"
#include "store/sql.h"

bool store_add_answer(struct store *store, struct answer_record *answer, struct error **error)
{
    return store_next_id(store, "answer", &answer->id, error) &&
           sql_run(store,
                   "INSERT INTO answer (id, letter_id, invitation_id, verdict, late, source, edition, reply_id)"
                   " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                   SQL_VALUES(sql_integer(answer->id), sql_integer(answer->letter_id),
                              sql_integer(answer->invitation_id), sql_text(answer->verdict), sql_integer(answer->late),
                              sql_text(answer->source), sql_integer(answer->edition), sql_text(answer->reply_id)),
                   error);
}

bool store_visit_answers(struct store *store, int64_t poll_id,
                         void (*each)(void *closure, const struct past_answer *answer), void *closure,
                         struct error **error)
{
    void *context = talloc_new(NULL);
    struct rows *rows = sql_query(
        store,
        "SELECT CASE WHEN person.name <> '' THEN person.name ELSE invitation.name END, invitation.address,"
        " letter.received_at, answer.verdict, answer.late, answer.source FROM invitation"
        " JOIN answer ON answer.invitation_id = invitation.id JOIN letter ON letter.id = answer.letter_id"
        " JOIN person ON person.id = invitation.person_id WHERE invitation.poll_id = ? ORDER BY answer.id",
        SQL_VALUES(sql_integer(poll_id)), error);
    while (rows && rows_next(rows)) {
        struct past_answer answer = {.name = rows_text(context, rows, 0),
                                     .address = rows_text(context, rows, 1),
                                     .received_at = rows_instant(rows, 2),
                                     .verdict = rows_text(context, rows, 3),
                                     .is_late = rows_integer(rows, 4) != 0,
                                     .source = rows_text(context, rows, 5)};
        each(closure, &answer);
        talloc_free_children(context);
    }
    bool done = rows && rows_end(rows, error);
    talloc_free(context);
    return done;
}

struct kept_answer *store_list_answers(const void *context, struct store *store, int64_t invitation_id,
                                       struct error **error)
{
    struct kept_answer *answers = memory_array(context, struct kept_answer, 0);
    size_t count = 0;
    struct rows *rows = sql_query(store,
                                  "SELECT answer.id, answer.letter_id, answer.verdict, answer.late, answer.source,"
                                  " answer.edition, answer.reply_id, letter.archive, letter.received_at FROM answer"
                                  " JOIN letter ON letter.id = answer.letter_id WHERE answer.invitation_id = ?"
                                  " ORDER BY answer.id",
                                  SQL_VALUES(sql_integer(invitation_id)), error);
    while (rows && rows_next(rows)) {
        answers = memory_resize(context, answers, struct kept_answer, count + 1);
        answers[count++] = (struct kept_answer){.record = {.id = rows_integer(rows, 0),
                                                           .letter_id = rows_integer(rows, 1),
                                                           .invitation_id = invitation_id,
                                                           .verdict = rows_text(answers, rows, 2),
                                                           .late = rows_integer(rows, 3) != 0,
                                                           .source = rows_text(answers, rows, 4),
                                                           .edition = (int)rows_integer(rows, 5),
                                                           .reply_id = rows_text(answers, rows, 6)},
                                                .archive = rows_text(answers, rows, 7),
                                                .received_at = rows_instant(rows, 8)};
    }
    if (rows && rows_end(rows, error))
        return answers;
    talloc_free(answers);
    return NULL;
}

bool store_drop_vote(struct store *store, int64_t invitation_id, int64_t choice_id, struct error **error)
{
    return sql_run(store, "DELETE FROM vote WHERE invitation_id = ? AND choice_id = ?",
                   SQL_VALUES(sql_integer(invitation_id), sql_integer(choice_id)), error);
}

bool store_set_vote(struct store *store, const struct vote *vote, int64_t answer_id, struct error **error)
{
    return sql_run(store,
                   "INSERT INTO vote (invitation_id, choice_id, mark, inferred, note, answer_id) VALUES (?, ?, ?, ?, ?, ?)"
                   " ON CONFLICT (invitation_id, choice_id) DO UPDATE SET mark = excluded.mark,"
                   " inferred = excluded.inferred, note = excluded.note, answer_id = excluded.answer_id",
                   SQL_VALUES(sql_integer(vote->invitation_id), sql_integer(vote->choice_id), sql_text(vote->mark),
                              sql_integer(vote->inferred), sql_text(vote->note), sql_integer(answer_id)),
                   error);
}

bool store_drop_votes(struct store *store, int64_t invitation_id, struct error **error)
{
    return sql_run(store, "DELETE FROM vote WHERE invitation_id = ?", SQL_VALUES(sql_integer(invitation_id)), error);
}

struct vote *store_list_votes(const void *context, struct store *store, int64_t invitation_id, struct error **error)
{
    struct vote *votes = memory_array(context, struct vote, 0);
    size_t count = 0;
    struct rows *rows = sql_query(store, "SELECT choice_id, mark, inferred, note FROM vote WHERE invitation_id = ?",
                                  SQL_VALUES(sql_integer(invitation_id)), error);
    while (rows && rows_next(rows)) {
        votes = memory_resize(context, votes, struct vote, count + 1);
        votes[count++] = (struct vote){.invitation_id = invitation_id,
                                       .choice_id = rows_integer(rows, 0),
                                       .mark = rows_text(votes, rows, 1),
                                       .inferred = rows_integer(rows, 2) != 0,
                                       .note = rows_text(votes, rows, 3)};
    }
    if (rows && rows_end(rows, error))
        return votes;
    talloc_free(votes);
    return NULL;
}

bool store_visit_votes(struct store *store, int64_t poll_id,
                       void (*each)(void *closure, int invitation_number, int choice_number, const char *mark,
                                    const char *note),
                       void *closure, struct error **error)
{
    void *context = talloc_new(NULL);
    struct rows *rows = sql_query(store,
                                  "SELECT invitation.number, choice.number, vote.mark, vote.note FROM invitation"
                                  " JOIN vote ON vote.invitation_id = invitation.id"
                                  " JOIN choice ON choice.id = vote.choice_id WHERE invitation.poll_id = ?"
                                  " AND choice.asked_until IS NULL",
                                  SQL_VALUES(sql_integer(poll_id)), error);
    while (rows && rows_next(rows)) {
        each(closure, (int)rows_integer(rows, 0), (int)rows_integer(rows, 1), rows_text(context, rows, 2),
             rows_text(context, rows, 3));
        talloc_free_children(context);
    }
    bool done = rows && rows_end(rows, error);
    talloc_free(context);
    return done;
}
