/* Who gets notes: see reader.h. */
#include "store/reader.h"

#include <string.h>

#include "base/memory.h"
#include "store/sql.h"

#define READER_COLUMNS                                                                                                 \
    "SELECT note_reader.person_id, frequency, form, seen_id, told_at, paused_until, bounces, bounced_at, person.name," \
    " person.language, address.address FROM note_reader JOIN person ON person.id = note_reader.person_id"              \
    " JOIN address ON address.person_id = note_reader.person_id AND address.position = 0"

static const char *const frequency_names[] = {
    [NOTES_OFF] = "off", [NOTES_EACH] = "each", [NOTES_DAILY] = "daily", [NOTES_WEEKLY] = "weekly",
    [NOTES_UNSET] = "unset"};

const char *note_frequency_name(enum note_frequency frequency)
{
    return frequency_names[frequency];
}

bool note_frequency_parse(const char *word, enum note_frequency *frequency)
{
    for (int i = NOTES_OFF; i <= NOTES_UNSET; i++)
        if (strcmp(word, frequency_names[i]) == 0) {
            *frequency = (enum note_frequency)i;
            return true;
        }
    return false;
}

static void read_reader(const void *context, struct rows *rows, struct note_reader *reader)
{
    char *frequency = rows_text(context, rows, 1);
    char *form = rows_text(context, rows, 2);
    *reader = (struct note_reader){
        .person_id = rows_integer(rows, 0),
        .wants_mime = strcmp(form, "mime") == 0,
        .seen_id = rows_integer(rows, 3),
        .told_at = rows_instant(rows, 4),
        .paused_until = rows_instant(rows, 5),
        .bounces = (int)rows_integer(rows, 6),
        .bounced_at = rows_instant(rows, 7),
        .name = rows_text(context, rows, 8),
        .language = rows_text(context, rows, 9),
        .address = rows_text(context, rows, 10),
    };
    (void)note_frequency_parse(frequency, &reader->frequency); /* a word that is none is NOTES_OFF */
    talloc_free(frequency);
    talloc_free(form);
}

static struct note_reader *read_readers(const void *context, struct rows *rows, struct error **error)
{
    if (!rows)
        return NULL;
    struct note_reader *readers = memory_array(context, struct note_reader, 0);
    for (size_t count = 0; rows_next(rows); count++) {
        readers = memory_resize(context, readers, struct note_reader, count + 1);
        read_reader(readers, rows, &readers[count]);
    }
    if (rows_end(rows, error))
        return readers;
    talloc_free(readers);
    return NULL;
}

bool store_find_reader(const void *context, struct store *store, int64_t person_id, struct note_reader **reader,
                       struct error **error)
{
    struct note_reader *readers =
        read_readers(context,
                     sql_query(store, READER_COLUMNS " WHERE note_reader.person_id = ?",
                               SQL_VALUES(sql_integer(person_id)), error),
                     error);
    bool done = readers != NULL;
    *reader = memory_count(readers) ? readers : NULL;
    if (!*reader)
        talloc_free(readers);
    return done;
}

struct note_reader *store_list_readers(const void *context, struct store *store, struct error **error)
{
    return read_readers(context,
                        sql_query(store, READER_COLUMNS " ORDER BY note_reader.person_id", SQL_NO_VALUES, error), error);
}

static struct bind instant_or_null(const void *context, time_t instant)
{
    return instant ? sql_instant(context, instant) : sql_text(NULL);
}

bool store_set_reader(struct store *store, const struct note_reader *reader, struct error **error)
{
    void *context = talloc_new(NULL);
    bool done =
        sql_run(store,
                "INSERT INTO note_reader (person_id, frequency, form, seen_id, told_at, paused_until, bounces, bounced_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (person_id) DO UPDATE SET frequency = excluded.frequency,"
                " form = excluded.form, seen_id = excluded.seen_id, told_at = excluded.told_at,"
                " paused_until = excluded.paused_until, bounces = excluded.bounces, bounced_at = excluded.bounced_at",
                SQL_VALUES(sql_integer(reader->person_id), sql_text(frequency_names[reader->frequency]),
                           sql_text(reader->wants_mime ? "mime" : "text"), sql_integer(reader->seen_id),
                           sql_instant(context, reader->told_at), instant_or_null(context, reader->paused_until),
                           sql_integer(reader->bounces), instant_or_null(context, reader->bounced_at)),
                error);
    talloc_free(context);
    return done;
}

bool store_reader_is_current(struct store *store, const struct note_reader *reader, int64_t version_id, bool *is_current,
                             struct error **error)
{
    struct rows *rows = sql_query(store,
                                  "SELECT 1 FROM note_version WHERE id > ? AND id < ? AND letter_id IS NOT NULL LIMIT 1",
                                  SQL_VALUES(sql_integer(reader->seen_id), sql_integer(version_id)), error);
    *is_current = rows && !rows_next(rows);
    return rows && rows_end(rows, error);
}

bool store_is_held(struct store *store, int64_t person_id, bool *is_held, struct error **error)
{
    struct rows *rows = sql_query(store, "SELECT 1 FROM note_reader WHERE person_id = ? AND bounces >= ?",
                                  SQL_VALUES(sql_integer(person_id), sql_integer(BOUNCES_MOST)), error);
    *is_held = rows && rows_next(rows);
    return rows && rows_end(rows, error);
}

bool store_add_request(struct store *store, struct note_request *request, time_t now, struct error **error)
{
    if (!store_next_id(store, "note_request", &request->id, error))
        return false;
    void *context = talloc_new(NULL);
    bool done = sql_run(store, "INSERT INTO note_request (id, kind, address, detail, created_at) VALUES (?, ?, ?, ?, ?)",
                        SQL_VALUES(sql_integer(request->id), sql_text(request->kind), sql_text(request->address),
                                   sql_text(request->detail), sql_instant(context, now)),
                        error);
    talloc_free(context);
    return done;
}

bool store_find_request(const void *context, struct store *store, int64_t id, struct note_request **request,
                        struct error **error)
{
    *request = NULL;
    struct rows *rows = sql_query(store, "SELECT id, kind, address, detail FROM note_request WHERE id = ?",
                                  SQL_VALUES(sql_integer(id)), error);
    if (rows && rows_next(rows)) {
        *request = memory_new(context, struct note_request);
        **request = (struct note_request){rows_integer(rows, 0), rows_text(*request, rows, 1),
                                          rows_text(*request, rows, 2), rows_text(*request, rows, 3)};
    }
    return rows && rows_end(rows, error);
}

/* Emptied, not deleted: the id is part of a token, and must never be given out again. */
bool store_drop_request(struct store *store, int64_t id, struct error **error)
{
    return sql_run(store, "UPDATE note_request SET kind = 'done', detail = '{}' WHERE id = ?",
                   SQL_VALUES(sql_integer(id)), error);
}

bool store_forget_requests(struct store *store, time_t before, struct error **error)
{
    void *context = talloc_new(NULL);
    bool done = sql_run(store, "UPDATE note_request SET kind = 'done', detail = '{}' WHERE created_at < ?",
                        SQL_VALUES(sql_instant(context, before)), error);
    talloc_free(context);
    return done;
}
