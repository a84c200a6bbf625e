/* Polls, choices and invitations: see poll.h. */
#include "store/poll.h"

#include <ctype.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/choice.h"
#include "store/question.h"
#include "store/sql.h"

static const char *const poll_states[] = {"draft", "open", "closed", "cancelled"};
static const char *const invitation_states[] = {"waiting", "partial", "answered", "undelivered", "removed"};
enum { POLL_STATES = sizeof poll_states / sizeof *poll_states };
enum { INVITATION_STATES = sizeof invitation_states / sizeof *invitation_states };

const char *poll_state_name(enum poll_state state)
{
    return poll_states[state];
}

const char *invitation_state_name(enum invitation_state state)
{
    return invitation_states[state];
}

static unsigned find_name(const char *const names[], unsigned count, const char *name)
{
    for (unsigned i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return 0;
}

bool store_add_poll(struct store *store, struct poll *poll, struct error **error)
{
    int64_t question_id;
    poll->edition = 1;
    if (!store_next_id(store, "poll", &poll->id, error) || !store_next_id(store, "question", &question_id, error))
        return false;
    void *context = talloc_new(NULL);
    bool done =
        sql_run(store,
                "INSERT INTO poll (id, code, kind, state, title, description, place, organiser_id, deadline, created_at,"
                " closed_at, edition, reopened, told, changes, digested, invited, waiting)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, 1, 0, 0, 0, 0, 0, 0)",
                SQL_VALUES(sql_integer(poll->id), sql_text(poll->code), sql_text(poll->is_form ? "form" : "dates"),
                           sql_text(poll_states[poll->state]),
                           sql_text(poll->title), sql_text(poll->description), sql_text(poll->place),
                           sql_integer(poll->organiser_id), sql_instant(context, poll->deadline),
                           sql_instant(context, poll->created_at)),
                error) &&
        (poll->is_form ? store_add_questions(store, poll, error)
                       : sql_run(store,
                                 "INSERT INTO question (id, poll_id, position, kind, text, required, low, high, unit, most)"
                                 " VALUES (?, ?, 1, 'dates', '', 1, NULL, NULL, NULL, 0)",
                                 SQL_VALUES(sql_integer(question_id), sql_integer(poll->id)), error));
    for (size_t i = 0; done && i < poll->choice_count; i++)
        done = store_add_choice(store, poll, &poll->choices[i], error);
    talloc_free(context);
    return done;
}

static struct civil read_choice_time(struct rows *rows, int column, bool all_day)
{
    if (!all_day)
        return clock_to_civil(rows_instant(rows, column));
    char *text = rows_text(NULL, rows, column);
    struct civil civil = {0};
    time_t midnight;
    if (text && clock_parse(text, &midnight))
        civil = clock_to_civil(midnight);
    talloc_free(text);
    return civil;
}

static bool read_choices(struct store *store, struct poll *poll, struct error **error)
{
    struct rows *rows = sql_query(store,
                                  "SELECT choice.id, number, starts, ends, all_day, note FROM choice"
                                  " JOIN question ON question.id = choice.question_id WHERE question.poll_id = ?"
                                  " AND asked_from <= ? AND (asked_until IS NULL OR asked_until > ?)"
                                  " ORDER BY question.position, number",
                                  SQL_VALUES(sql_integer(poll->id), sql_integer(poll->edition),
                                             sql_integer(poll->edition)),
                                  error);
    while (rows && rows_next(rows)) {
        poll->choices = memory_resize(poll, poll->choices, struct choice, poll->choice_count + 1);
        struct choice *choice = &poll->choices[poll->choice_count++];
        choice->id = rows_integer(rows, 0);
        choice->number = (int)rows_integer(rows, 1);
        choice->all_day = rows_integer(rows, 4) != 0;
        choice->start = read_choice_time(rows, 2, choice->all_day);
        choice->has_end = !rows_is_null(rows, 3);
        choice->end = choice->has_end ? read_choice_time(rows, 3, choice->all_day) : choice->start;
        choice->note = rows_text(poll, rows, 5);
    }
    return rows && rows_end(rows, error);
}

#define POLL_COLUMNS                                                                                                   \
    "id, code, kind, state, title, description, place, organiser_id, deadline, created_at, closed_at, edition,"     \
    " reopened, invited, waiting, told"

/* Reads the first row, if there is one, and then its choices. */
static bool read_poll(const void *context, struct store *store, struct rows *rows, struct poll **result,
                      struct error **error)
{
    *result = NULL;
    if (!rows)
        return false;
    struct poll *poll = NULL;
    if (rows_next(rows)) {
        poll = memory_new(context, struct poll);
        poll->id = rows_integer(rows, 0);
        poll->code = rows_text(poll, rows, 1);
        char *kind = rows_text(poll, rows, 2);
        poll->is_form = strcmp(kind, "form") == 0;
        char *state = rows_text(poll, rows, 3);
        poll->state = (enum poll_state)find_name(poll_states, POLL_STATES, state);
        poll->title = rows_text(poll, rows, 4);
        poll->description = rows_text(poll, rows, 5);
        poll->place = rows_text(poll, rows, 6);
        poll->organiser_id = rows_integer(rows, 7);
        poll->deadline = rows_instant(rows, 8);
        poll->created_at = rows_instant(rows, 9);
        poll->closed_at = rows_instant(rows, 10);
        poll->edition = (int)rows_integer(rows, 11);
        poll->reopened = (int)rows_integer(rows, 12);
        poll->invited = (long)rows_integer(rows, 13);
        poll->waiting = (long)rows_integer(rows, 14);
        poll->told = (int)rows_integer(rows, 15);
    }
    if (!rows_end(rows, error))
        return false;
    *result = poll;
    if (!poll)
        return true;
    return store_load_options(poll, store, poll->id, &poll->options, error) &&
           (poll->is_form ? store_read_questions(store, poll, error) : read_choices(store, poll, error));
}

bool store_find_poll(const void *context, struct store *store, const char *code, struct poll **poll,
                     struct error **error)
{
    char *key = memory_copy_text(context, code);
    for (char *c = key; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return read_poll(context, store,
                     sql_query(store, "SELECT " POLL_COLUMNS " FROM poll WHERE code = ?", SQL_VALUES(sql_text(key)), error),
                     poll, error);
}

struct poll *store_load_poll(const void *context, struct store *store, int64_t id, struct error **error)
{
    struct poll *poll;
    if (!read_poll(context, store,
                   sql_query(store, "SELECT " POLL_COLUMNS " FROM poll WHERE id = ?", SQL_VALUES(sql_integer(id)), error),
                   &poll, error))
        return NULL;
    if (!poll)
        error_set(error, ERROR_REFUSED, "there is no poll with id %lld", (long long)id);
    return poll;
}

struct poll *store_load_edition(const void *context, struct store *store, const struct poll *poll, int edition,
                                struct error **error)
{
    struct poll *then = memory_new(context, struct poll);
    *then = *poll;
    then->edition = edition;
    then->choices = NULL;
    then->choice_count = 0;
    if (then->is_form || read_choices(store, then, error))
        return then;
    talloc_free(then);
    return NULL;
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

int64_t *store_list_ripe_polls(const void *context, struct store *store, time_t now, struct error **error)
{
    struct bind instant = sql_instant(context, now);
    return read_ids(context,
                    sql_query(store,
                              "SELECT id FROM poll WHERE state = 'open'"
                              " AND (deadline <= ? OR (waiting = 0 AND reopened = 0 AND NOT EXISTS"
                              " (SELECT 1 FROM question JOIN choice ON choice.question_id = question.id"
                              "  WHERE question.poll_id = poll.id AND capacity IS NOT NULL))) ORDER BY id",
                              SQL_VALUES(instant), error),
                    error);
}

int64_t *store_list_polls(const void *context, struct store *store, struct error **error)
{
    return read_ids(context, sql_query(store, "SELECT id FROM poll ORDER BY id DESC", SQL_NO_VALUES, error), error);
}

int64_t *store_list_open_polls_of(const void *context, struct store *store, int64_t person_id, struct error **error)
{
    return read_ids(context,
                    sql_query(store,
                              "SELECT poll.id FROM invitation JOIN poll ON poll.id = invitation.poll_id"
                              " WHERE invitation.person_id = ? AND invitation.state <> 'removed'"
                              " AND poll.state = 'open' ORDER BY poll.id",
                              SQL_VALUES(sql_integer(person_id)), error),
                    error);
}

bool store_set_poll_state(struct store *store, int64_t id, enum poll_state state, time_t now, struct error **error)
{
    void *context = talloc_new(NULL);
    bool ends = state == POLL_CLOSED || state == POLL_CANCELLED;
    bool done = sql_run(store, "UPDATE poll SET state = ?, closed_at = ? WHERE id = ?",
                        SQL_VALUES(sql_text(poll_states[state]), ends ? sql_instant(context, now) : sql_text(NULL),
                                   sql_integer(id)),
                        error);
    talloc_free(context);
    return done;
}

bool store_set_poll_texts(struct store *store, const struct poll *poll, struct error **error)
{
    return sql_run(store, "UPDATE poll SET place = ?, description = ? WHERE id = ?",
                   SQL_VALUES(sql_text(poll->place), sql_text(poll->description), sql_integer(poll->id)), error);
}

bool store_reopen_poll(struct store *store, struct poll *poll, struct error **error)
{
    if (!sql_run(store, "UPDATE poll SET state = 'open', closed_at = NULL, reopened = reopened + 1 WHERE id = ?",
                 SQL_VALUES(sql_integer(poll->id)), error))
        return false;
    poll->state = POLL_OPEN;
    poll->reopened++;
    return true;
}

bool store_set_poll_deadline(struct store *store, int64_t id, time_t deadline, struct error **error)
{
    void *context = talloc_new(NULL);
    bool done = sql_run(store, "UPDATE poll SET deadline = ? WHERE id = ?",
                        SQL_VALUES(sql_instant(context, deadline), sql_integer(id)), error);
    talloc_free(context);
    return done;
}

bool store_add_invitation(struct store *store, struct invitation *invitation, struct error **error)
{
    return store_next_id(store, "invitation", &invitation->id, error) &&
           sql_run(store,
                   "INSERT INTO invitation (id, poll_id, number, person_id, address, name, required, state, asked, comment,"
                   " proposal, latest, asked_at, reminded, promised) VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting', 0, '', NULL,"
                   " NULL, NULL, 0, NULL)",
                   SQL_VALUES(sql_integer(invitation->id), sql_integer(invitation->poll_id),
                              sql_integer(invitation->number), sql_integer(invitation->person_id),
                              sql_text(invitation->address), sql_text(invitation->name ? invitation->name : ""),
                              sql_integer(invitation->required)),
                   error) &&
           sql_run(store, "UPDATE poll SET invited = invited + 1, waiting = waiting + 1 WHERE id = ?",
                   SQL_VALUES(sql_integer(invitation->poll_id)), error);
}

bool store_last_invitation_number(struct store *store, int64_t poll_id, int *number, struct error **error)
{
    struct rows *rows = sql_query(store, "SELECT MAX(number) FROM invitation WHERE poll_id = ?",
                                  SQL_VALUES(sql_integer(poll_id)), error);
    if (rows && rows_next(rows))
        *number = (int)rows_integer(rows, 0);
    return rows && rows_end(rows, error);
}

bool store_set_required(struct store *store, int64_t invitation_id, bool required, struct error **error)
{
    return sql_run(store, "UPDATE invitation SET required = ? WHERE id = ?",
                   SQL_VALUES(sql_integer(required), sql_integer(invitation_id)), error);
}

bool store_clear_required(struct store *store, int64_t poll_id, struct error **error)
{
    return sql_run(store, "UPDATE invitation SET required = 0 WHERE poll_id = ?", SQL_VALUES(sql_integer(poll_id)), error);
}

#define INVITATION_COLUMNS                                                                                             \
    "invitation.id, poll_id, number, person_id, CASE WHEN person.name <> '' THEN person.name ELSE invitation.name END,"    \
    " person.language, address, required, state, asked,"         \
    " comment, proposal, asked_at, reminded, promised, person.away_until, latest FROM invitation JOIN person ON person.id = invitation.person_id"

static void read_invitation_row(const void *context, struct rows *rows, struct invitation *invitation)
{
    char *state = rows_text(NULL, rows, 8);
    *invitation = (struct invitation){
        .id = rows_integer(rows, 0),
        .poll_id = rows_integer(rows, 1),
        .number = (int)rows_integer(rows, 2),
        .person_id = rows_integer(rows, 3),
        .name = rows_text(context, rows, 4),
        .language = rows_text(context, rows, 5),
        .address = rows_text(context, rows, 6),
        .required = rows_integer(rows, 7) != 0,
        .state = (enum invitation_state)find_name(invitation_states, INVITATION_STATES, state),
        .asked = (int)rows_integer(rows, 9),
        .comment = rows_text(context, rows, 10),
        .proposal = rows_text(context, rows, 11),
        .asked_at = rows_instant(rows, 12),
        .reminded = (int)rows_integer(rows, 13),
        .promised = rows_text(context, rows, 14),
        .away_until = rows_text(context, rows, 15),
        .latest = rows_instant(rows, 16),
    };
    talloc_free(state);
}

static bool read_invitation(const void *context, struct rows *rows, struct invitation **invitation, struct error **error)
{
    *invitation = NULL;
    if (rows && rows_next(rows)) {
        *invitation = memory_new(context, struct invitation);
        read_invitation_row(*invitation, rows, *invitation);
    }
    return rows && rows_end(rows, error);
}

bool store_find_invitation(const void *context, struct store *store, int64_t poll_id, int number,
                           struct invitation **invitation, struct error **error)
{
    return read_invitation(context,
                           sql_query(store, "SELECT " INVITATION_COLUMNS " WHERE poll_id = ? AND number = ?",
                                     SQL_VALUES(sql_integer(poll_id), sql_integer(number)), error),
                           invitation, error);
}

bool store_find_invitation_of(const void *context, struct store *store, int64_t poll_id, int64_t person_id,
                              struct invitation **invitation, struct error **error)
{
    return read_invitation(context,
                           sql_query(store, "SELECT " INVITATION_COLUMNS " WHERE poll_id = ? AND person_id = ?",
                                     SQL_VALUES(sql_integer(poll_id), sql_integer(person_id)), error),
                           invitation, error);
}

struct invitation *store_load_invitation(const void *context, struct store *store, int64_t id, struct error **error)
{
    struct invitation *invitation;
    if (!read_invitation(context,
                         sql_query(store, "SELECT " INVITATION_COLUMNS " WHERE invitation.id = ?",
                                   SQL_VALUES(sql_integer(id)), error),
                         &invitation, error))
        return NULL;
    if (!invitation)
        error_set(error, ERROR_REFUSED, "there is no invitation with id %lld", (long long)id);
    return invitation;
}

struct invitation *store_list_invitations(const void *context, struct store *store, int64_t poll_id, long most,
                                          struct error **error)
{
    size_t capacity = 64;
    size_t count = 0;
    struct invitation *list = memory_array(context, struct invitation, capacity);
    struct rows *rows = sql_query(store, "SELECT " INVITATION_COLUMNS " WHERE poll_id = ? AND state <> 'removed'"
                                  " ORDER BY number LIMIT ?",
                                  SQL_VALUES(sql_integer(poll_id), sql_integer(most)), error);
    while (rows && rows_next(rows)) {
        if (count == capacity) {
            capacity *= 2;
            list = memory_resize(context, list, struct invitation, capacity);
        }
        read_invitation_row(list, rows, &list[count++]);
    }
    if (rows && rows_end(rows, error))
        return memory_resize(context, list, struct invitation, count);
    talloc_free(list);
    return NULL;
}

/* Who bounced is not waited for either: nobody can answer there. */
static bool is_waited_for(enum invitation_state state)
{
    return state == INVITATION_WAITING || state == INVITATION_PARTIAL;
}

bool store_update_invitation(struct store *store, const struct invitation *invitation, enum invitation_state before,
                             struct error **error)
{
    void *context = talloc_new(NULL);
    struct bind latest = invitation->latest ? sql_instant(context, invitation->latest) : sql_text(NULL);
    bool done = sql_run(store,
                        "UPDATE invitation SET state = ?, asked = ?, comment = ?, proposal = ?, latest = ? WHERE id = ?",
                        SQL_VALUES(sql_text(invitation_states[invitation->state]), sql_integer(invitation->asked),
                                   sql_text(invitation->comment), sql_text(invitation->proposal), latest,
                                   sql_integer(invitation->id)),
                        error);
    talloc_free(context);
    if (!done)
        return false;
    int64_t change = is_waited_for(invitation->state) - is_waited_for(before);
    return change == 0 || sql_run(store, "UPDATE poll SET waiting = waiting + ? WHERE id = ?",
                                  SQL_VALUES(sql_integer(change), sql_integer(invitation->poll_id)), error);
}

bool store_keep_ballot(struct store *store, const struct poll *poll, const char *language, const char *text,
                       struct error **error)
{
    return sql_run(store,
                   "INSERT INTO ballot (poll_id, edition, language, text) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                   SQL_VALUES(sql_integer(poll->id), sql_integer(poll->edition), sql_text(language), sql_text(text)),
                   error);
}

char *store_load_ballots(const void *context, struct store *store, int64_t poll_id, const char *language,
                         struct error **error)
{
    char *texts = memory_copy_text(context, "");
    struct rows *rows = sql_query(
        store,
        "SELECT text FROM ballot WHERE poll_id = ?"
        " ORDER BY CASE WHEN language = ? THEN 0 ELSE 1 END, language, edition DESC",
        SQL_VALUES(sql_integer(poll_id), sql_text(language)), error);
    while (rows && rows_next(rows))
        texts = memory_format(context, "%s%s\n", texts, rows_text(texts, rows, 0));
    return rows && rows_end(rows, error) ? texts : NULL;
}
