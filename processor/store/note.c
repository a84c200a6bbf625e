/* Notes: see note.h. */
#include "store/note.h"

#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "store/sql.h"

#define NOTE_COLUMNS                                                                                                   \
    "SELECT note.id, note.thread_id, note.version_id, held.number, note.state, held.title, held.tags, held.text,"      \
    " note.message_id, note.poll_id, note.author_id, person.name, address.address, note.created_at, held.created_at,"  \
    " top.title, thread.state FROM note JOIN note_version AS held ON held.id = note.version_id"                                      \
    " JOIN person ON person.id = note.author_id"                                                                       \
    " JOIN note AS thread ON thread.id = note.thread_id JOIN note_version AS top ON top.id = thread.version_id"        \
    " LEFT JOIN address ON address.person_id = note.author_id AND address.position = 0"

/* A comment is called as its thread is, but for a thread whose title was withdrawn: then as it begins. */
static char *read_title(const void *context, struct rows *rows, const struct note *note)
{
    enum { LENGTH = 60 };
    if (!note_is_comment(note))
        return rows_text(context, rows, 5);
    char *state = rows_text(NULL, rows, 16);
    bool is_withdrawn = strcmp(state, "withdrawn") == 0;
    talloc_free(state);
    if (!is_withdrawn)
        return rows_text(context, rows, 15);
    const char *line = note->text + strspn(note->text, "\n ");
    size_t length = strcspn(line, "\n");
    size_t fits = utf8_cut(line, LENGTH);
    return memory_format(context, "%.*s%s", (int)(length < fits ? length : fits), line, length > fits ? "…" : "");
}

static void read_note(const void *context, struct rows *rows, struct note *note)
{
    *note = (struct note){
        .id = rows_integer(rows, 0),
        .thread_id = rows_integer(rows, 1),
        .version_id = rows_integer(rows, 2),
        .version = (int)rows_integer(rows, 3),
        .tags = rows_text(context, rows, 6),
        .text = rows_text(context, rows, 7),
        .message_id = rows_text(context, rows, 8),
        .poll_id = rows_integer(rows, 9),
        .author_id = rows_integer(rows, 10),
        .author = rows_text(context, rows, 11),
        .address = rows_text(context, rows, 12),
        .created_at = rows_instant(rows, 13),
        .changed_at = rows_instant(rows, 14),
    };
    char *state = rows_text(context, rows, 4);
    note->is_withdrawn = strcmp(state, "withdrawn") == 0;
    talloc_free(state);
    note->title = read_title(context, rows, note);
    if (!note->address)
        note->address = memory_copy_text(context, "");
}

/* Reads all rows of a query that begins with NOTE_COLUMNS, as a talloc array below `context`. */
static struct note *read_notes(const void *context, struct rows *rows, struct error **error)
{
    if (!rows)
        return NULL;
    struct note *notes = memory_array(context, struct note, 0);
    size_t count = 0;
    while (rows_next(rows)) {
        if (count == memory_count(notes))
            notes = memory_resize(context, notes, struct note, 2 * count + 8);
        read_note(notes, rows, &notes[count++]);
    }
    if (!rows_end(rows, error)) {
        talloc_free(notes);
        return NULL;
    }
    return memory_resize(context, notes, struct note, count);
}

static bool take_one(struct note *notes, struct note **note)
{
    *note = memory_count(notes) ? notes : NULL;
    return notes != NULL;
}

static bool add_version(struct store *store, struct note *note, int64_t letter_id, time_t now, struct error **error)
{
    void *context = talloc_new(NULL);
    const char *title = note_is_comment(note) ? "" : note->title;
    bool done = sql_run(store,
                        "INSERT INTO note_version (id, note_id, number, title, tags, text, letter_id, created_at)"
                        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                        SQL_VALUES(sql_integer(note->version_id), sql_integer(note->id), sql_integer(note->version),
                                   sql_text(title), sql_text(note->tags), sql_text(note->text),
                                   letter_id ? sql_integer(letter_id) : sql_text(NULL), sql_instant(context, now)),
                        error);
    talloc_free(context);
    return done;
}

bool store_add_note(struct store *store, struct note *note, int64_t letter_id, struct error **error)
{
    if (!store_next_id(store, "note", &note->id, error) ||
        !store_next_id(store, "note_version", &note->version_id, error))
        return false;
    if (!note->thread_id)
        note->thread_id = note->id;
    note->version = 1;
    note->changed_at = note->created_at;
    void *context = talloc_new(NULL);
    bool done = sql_run(store,
                        "INSERT INTO note (id, thread_id, author_id, state, version_id, message_id, poll_id, created_at)"
                        " VALUES (?, ?, ?, 'shown', ?, ?, ?, ?)",
                        SQL_VALUES(sql_integer(note->id), sql_integer(note->thread_id), sql_integer(note->author_id),
                                   sql_integer(note->version_id), sql_text(note->message_id),
                                   note->poll_id ? sql_integer(note->poll_id) : sql_text(NULL),
                                   sql_instant(context, note->created_at)),
                        error);
    talloc_free(context);
    return done && add_version(store, note, letter_id, note->created_at, error);
}

static bool add_stale(struct store *store, int64_t version_id, struct error **error)
{
    return sql_run(store, "INSERT INTO note_search_stale (version_id) VALUES (?) ON CONFLICT DO NOTHING",
                   SQL_VALUES(sql_integer(version_id)), error);
}

bool store_add_note_version(struct store *store, struct note *note, int64_t letter_id, struct error **error)
{
    if (!add_stale(store, note->version_id, error) || !store_next_id(store, "note_version", &note->version_id, error))
        return false;
    note->version++;
    return add_version(store, note, letter_id, note->changed_at, error) &&
           sql_run(store, "UPDATE note SET version_id = ? WHERE id = ?",
                   SQL_VALUES(sql_integer(note->version_id), sql_integer(note->id)), error);
}

bool store_withdraw_note(struct store *store, const struct note *note, struct error **error)
{
    return add_stale(store, note->version_id, error) &&
           sql_run(store, "UPDATE note SET state = 'withdrawn' WHERE id = ?", SQL_VALUES(sql_integer(note->id)), error);
}

bool store_find_note(const void *context, struct store *store, int64_t id, struct note **note, struct error **error)
{
    struct rows *rows = sql_query(store, NOTE_COLUMNS " WHERE note.id = ?", SQL_VALUES(sql_integer(id)), error);
    return take_one(read_notes(context, rows, error), note);
}

bool store_find_note_of_mail(const void *context, struct store *store, const char *message_id, struct note **note,
                             struct error **error)
{
    struct rows *rows =
        sql_query(store, NOTE_COLUMNS " WHERE note.message_id = ?", SQL_VALUES(sql_text(message_id)), error);
    return take_one(read_notes(context, rows, error), note);
}

bool store_find_note_of_version(const void *context, struct store *store, int64_t version_id, struct note **note,
                                struct error **error)
{
    struct rows *rows =
        sql_query(store, NOTE_COLUMNS " WHERE note.version_id = ?", SQL_VALUES(sql_integer(version_id)), error);
    return take_one(read_notes(context, rows, error), note);
}

struct note *store_list_thread(const void *context, struct store *store, int64_t thread_id, struct error **error)
{
    return read_notes(context,
                      sql_query(store, NOTE_COLUMNS " WHERE note.thread_id = ? AND note.state = 'shown' ORDER BY note.id",
                                SQL_VALUES(sql_integer(thread_id)), error),
                      error);
}

struct note *store_list_notes(const void *context, struct store *store, long most, struct error **error)
{
    return read_notes(context,
                      sql_query(store,
                                NOTE_COLUMNS " WHERE note.thread_id = note.id AND note.state = 'shown'"
                                             " ORDER BY note.id DESC LIMIT ?",
                                SQL_VALUES(sql_integer(most)), error),
                      error);
}

struct note *store_list_notes_after(const void *context, struct store *store, int64_t id, long most,
                                    struct error **error)
{
    return read_notes(context,
                      sql_query(store,
                                NOTE_COLUMNS " WHERE note.id > ? AND note.state = 'shown' ORDER BY note.id LIMIT ?",
                                SQL_VALUES(sql_integer(id), sql_integer(most)), error),
                      error);
}

struct note *store_list_note_changes(const void *context, struct store *store, int64_t after, int64_t last,
                                     int64_t person_id, long most, struct error **error)
{
    return read_notes(context,
                      sql_query(store,
                                NOTE_COLUMNS " WHERE note.version_id > ? AND note.version_id <= ?"
                                             " AND note.state = 'shown' AND held.letter_id IS NOT NULL"
                                             " AND NOT EXISTS (SELECT 1 FROM outbox WHERE dedupe ="
                                             " 'note/' || held.id || '/' || ?) ORDER BY note.version_id LIMIT ?",
                                SQL_VALUES(sql_integer(after), sql_integer(last), sql_integer(person_id),
                                           sql_integer(most)), error),
                      error);
}

bool store_last_version(struct store *store, int64_t *last, struct error **error)
{
    struct rows *rows = sql_query(store, "SELECT max(id) FROM note_version", SQL_NO_VALUES, error);
    *last = rows && rows_next(rows) ? rows_integer(rows, 0) : 0;
    return rows && rows_end(rows, error);
}

int64_t *store_list_thread_authors(const void *context, struct store *store, int64_t thread_id, struct error **error)
{
    struct rows *rows =
        sql_query(store,
                  "SELECT DISTINCT author_id FROM note WHERE thread_id = ? AND state = 'shown' AND NOT EXISTS (SELECT 1"
                  " FROM note_mute WHERE note_mute.thread_id = note.thread_id AND person_id = author_id)"
                  " ORDER BY author_id",
                  SQL_VALUES(sql_integer(thread_id)), error);
    if (!rows)
        return NULL;
    int64_t *authors = memory_array(context, int64_t, 0);
    for (size_t count = 0; rows_next(rows); count++) {
        authors = memory_resize(context, authors, int64_t, count + 1);
        authors[count] = rows_integer(rows, 0);
    }
    if (rows_end(rows, error))
        return authors;
    talloc_free(authors);
    return NULL;
}

bool store_mute_thread(struct store *store, int64_t thread_id, int64_t person_id, bool mutes, struct error **error)
{
    const struct bind values[] = {sql_integer(thread_id), sql_integer(person_id), {BIND_END, 0, NULL, 0}};
    return mutes ? sql_run(store, "INSERT INTO note_mute (thread_id, person_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                           values, error)
                 : sql_run(store, "DELETE FROM note_mute WHERE thread_id = ? AND person_id = ?", values, error);
}

bool store_add_note_attachments(struct store *store, int64_t version_id, const struct note_attachment *attachments,
                                struct error **error)
{
    bool done = true;
    for (size_t i = 0; done && i < memory_count(attachments); i++) {
        const struct note_attachment *attachment = &attachments[i];
        done = sql_run(store, "INSERT INTO attachment (sha256, size) VALUES (?, ?) ON CONFLICT DO NOTHING",
                       SQL_VALUES(sql_text(attachment->sha256), sql_integer((int64_t)attachment->size)), error) &&
               sql_run(store,
                       "INSERT INTO note_attachment (version_id, position, sha256, name, type) VALUES (?, ?, ?, ?, ?)",
                       SQL_VALUES(sql_integer(version_id), sql_integer((int64_t)i + 1), sql_text(attachment->sha256),
                                  sql_text(attachment->name), sql_text(attachment->type)),
                       error);
    }
    return done;
}

struct note_attachment *store_list_note_attachments(const void *context, struct store *store, int64_t version_id,
                                                    struct error **error)
{
    struct rows *rows = sql_query(store,
                                  "SELECT attachment.sha256, name, type, size FROM note_attachment"
                                  " JOIN attachment ON attachment.sha256 = note_attachment.sha256"
                                  " WHERE version_id = ? ORDER BY position",
                                  SQL_VALUES(sql_integer(version_id)), error);
    if (!rows)
        return NULL;
    struct note_attachment *list = memory_array(context, struct note_attachment, 0);
    for (size_t count = 0; rows_next(rows); count++) {
        list = memory_resize(context, list, struct note_attachment, count + 1);
        list[count] = (struct note_attachment){rows_text(list, rows, 0), rows_text(list, rows, 1),
                                               rows_text(list, rows, 2), (size_t)rows_integer(rows, 3)};
    }
    if (rows_end(rows, error))
        return list;
    talloc_free(list);
    return NULL;
}
