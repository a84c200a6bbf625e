/*
 * The search table: see search.h. FTS5 without its own copy of the text (content = ''), fed with words of letters and
 * digits that its plainest tokenizer cannot take apart: a character is four digits of base 36, a pair is two of them.
 */
#include "store/search.h"

#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "store/sql.h"
#include "text/searchable.h"

enum {
    WORDS_MAXIMUM = 24 * 1024 * 1024, /* ten letters a pair, of at most a megabyte of text and its names */
    EXPRESSION_MAXIMUM = 64 * 1024,
    LETTERS_SEEN = 4096, /* slots of the set of letters that were written; any more are written twice */
};

static const char every_note[] = "every"; /* a word of all rows: a query that only excludes needs one to begin with */
static const char gap[] = "0 ";           /* between two texts: no run of pairs reaches across */

/* The character at the start of a text that is UTF-8; *width bytes long. */
static unsigned read_character(const char *text, size_t *width)
{
    const unsigned char *bytes = (const unsigned char *)text;
    if (bytes[0] < 0x80) {
        *width = 1;
        return bytes[0];
    }
    *width = bytes[0] < 0xE0 ? 2 : bytes[0] < 0xF0 ? 3 : 4;
    unsigned character = bytes[0] & (0x7Fu >> *width);
    for (size_t i = 1; i < *width; i++)
        character = character << 6 | (bytes[i] & 0x3Fu);
    return character;
}

static void write_character(char word[4], unsigned character)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    for (int i = 3; i >= 0; i--, character /= 36)
        word[i] = digits[character % 36];
}

/*
 * The pairs of a text, a blank behind each. Those of titles begin with another letter: a search in titles does not walk through the
 * pairs of ten thousand bodies.
 */
enum place { IN_BODY = 'b', IN_TITLE = 'h' };

static void add_pairs(struct buffer *words, const char *text, enum place place)
{
    char pair[10] = {(char)place};
    size_t length = strlen(text);
    size_t width;
    if (!length)
        return;
    write_character(pair + 5, read_character(text, &width));
    pair[9] = ' ';
    for (size_t i = width; i < length; i += width) {
        memcpy(pair + 1, pair + 5, 4);
        write_character(pair + 5, read_character(text + i, &width));
        buffer_add(words, pair, sizeof pair);
    }
}

/* The letters of a text, as good as each once; all of them when `seen` is NULL. */
static void add_letters(struct buffer *words, const char *text, unsigned *seen)
{
    char word[5] = {0, 0, 0, 0, ' '};
    size_t length = strlen(text);
    for (size_t i = 0, width; i < length; i += width) {
        unsigned character = read_character(text + i, &width);
        unsigned *slot = seen ? &seen[character % LETTERS_SEEN] : NULL;
        if (slot && *slot == character)
            continue;
        if (slot)
            *slot = character;
        write_character(word, character);
        buffer_add(words, word, sizeof word);
    }
}

/* A tag is found whole or not at all. */
static void add_tag(struct buffer *words, const char *tag, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    buffer_add_byte(words, 't');
    for (size_t i = 0; i < length; i++) {
        buffer_add_byte(words, digits[(unsigned char)tag[i] >> 4]);
        buffer_add_byte(words, digits[(unsigned char)tag[i] & 15]);
    }
    buffer_add_byte(words, ' ');
}

/* The columns of one row. */
struct row {
    struct buffer *title;
    struct buffer *body;
    struct buffer *author;
    struct buffer *tags;
    struct buffer *letters;
    unsigned seen[LETTERS_SEEN];
};

static void add_text(struct row *row, struct buffer *words, const char *text)
{
    struct folded *folded = text_make_searchable(row, text);
    add_pairs(words, folded->text, words == row->title ? IN_TITLE : IN_BODY);
    buffer_add_text(words, gap);
    add_letters(row->letters, folded->text, row->seen);
    talloc_free(folded);
}

static void add_author(struct row *row, const char *text)
{
    struct folded *folded = text_make_searchable(row, text);
    add_pairs(row->author, folded->text, IN_BODY);
    buffer_add_text(row->author, gap);
    add_letters(row->author, folded->text, NULL); /* a name may be one letter long */
    buffer_add_text(row->author, gap);
}

static struct row *make_row(const void *context, const struct note *note, const struct note_attachment *attachments)
{
    struct row *row = memory_new(context, struct row);
    struct buffer **const columns[] = {&row->title, &row->body, &row->author, &row->tags, &row->letters};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        *columns[i] = buffer_new(row, WORDS_MAXIMUM);
    buffer_add_text(row->letters, every_note);
    buffer_add_byte(row->letters, ' ');
    if (!note_is_comment(note)) {
        add_text(row, row->title, note->title);
        add_text(row, row->body, note->title);
    }
    add_text(row, row->body, note->text);
    for (size_t i = 0; i < memory_count(attachments); i++)
        add_text(row, row->body, attachments[i].name);
    add_author(row, note->author);
    add_author(row, note->address);
    for (const char *tag = note->tags; *tag;) {
        size_t length = strcspn(tag, " ");
        add_tag(row->tags, tag, length);
        add_text(row, row->body, memory_copy_bytes(row, tag, length));
        tag += length + (tag[length] == ' ');
    }
    return row;
}

bool store_index_note(struct store *store, const struct note *note, const struct note_attachment *attachments,
                      struct error **error)
{
    struct row *row = make_row(NULL, note, attachments);
    bool done = sql_run(store,
                        "INSERT INTO note_search (rowid, title, body, author, tags, letters) VALUES (?, ?, ?, ?, ?, ?)",
                        SQL_VALUES(sql_integer(note->version_id), sql_text(row->title->bytes),
                                   sql_text(row->body->bytes), sql_text(row->author->bytes), sql_text(row->tags->bytes),
                                   sql_text(row->letters->bytes)),
                        error);
    talloc_free(row);
    return done;
}

/* One term as an FTS5 phrase: column : "word word …". */
static void add_term(struct buffer *expression, const struct search_term *term, bool in_title)
{
    size_t width;
    bool is_letter = (read_character(term->text, &width), !term->text[width]);
    struct buffer *words = buffer_new(expression, EXPRESSION_MAXIMUM);
    const char *column = in_title ? "title" : "body";
    if (term->field == SEARCH_TAG) {
        column = "tags";
        add_tag(words, term->text, strlen(term->text));
    } else if (is_letter) {
        column = "letters";
        add_letters(words, term->text, NULL);
    } else {
        add_pairs(words, term->text, in_title ? IN_TITLE : IN_BODY);
    }
    if (term->field == SEARCH_AUTHOR)
        column = "author";
    buffer_format(expression, "(%s : \"%s\")", column, words->bytes);
    expression->overflowed = expression->overflowed || words->overflowed;
    talloc_free(words);
}

static bool asks_for_something(const struct search_query *query)
{
    for (size_t i = 0; i < memory_count(query->terms); i++)
        if (!query->terms[i].is_excluded)
            return true;
    return false;
}

static struct buffer *write_expression(const void *context, const struct search_query *query, bool in_title)
{
    struct buffer *expression = buffer_new(context, EXPRESSION_MAXIMUM);
    if (!asks_for_something(query))
        buffer_format(expression, "(letters : %s)", every_note);
    for (int excluded = 0; excluded < 2; excluded++)
        for (size_t i = 0; i < memory_count(query->terms); i++) {
            const struct search_term *term = &query->terms[i];
            if (term->is_excluded != (excluded == 1))
                continue;
            if (expression->length)
                buffer_add_text(expression, excluded ? " NOT " : " AND ");
            add_term(expression, term, in_title && !excluded && term->field == SEARCH_ANYWHERE);
        }
    return expression;
}

/* Adds the ids of a query that are not there yet. */
static bool add_ids(int64_t *ids, size_t *count, long most, struct rows *rows, struct error **error)
{
    if (!rows)
        return false;
    while ((long)*count < most && rows_next(rows)) {
        int64_t id = rows_integer(rows, 0);
        bool is_new = true;
        for (size_t i = 0; is_new && i < *count; i++)
            is_new = ids[i] != id;
        if (is_new)
            ids[(*count)++] = id;
    }
    return rows_end(rows, error);
}

static bool find(struct store *store, const char *expression, struct bind since, int64_t *ids, size_t *count, long most,
                 struct error **error)
{
    if (since.type != BIND_NULL)
        return add_ids(ids, count, most,
                       sql_query(store,
                                 "SELECT note_search.rowid FROM note_search JOIN note_version"
                                 " ON note_version.id = note_search.rowid WHERE note_search MATCH ? AND created_at >= ?"
                                 " AND note_search.rowid NOT IN (SELECT version_id FROM note_search_stale)"
                                 " ORDER BY note_search.rowid DESC",
                                 SQL_VALUES(sql_text(expression), since), error),
                       error);
    return add_ids(ids, count, most,
                   sql_query(store,
                             "SELECT rowid FROM note_search WHERE note_search MATCH ?"
                             " AND rowid NOT IN (SELECT version_id FROM note_search_stale) ORDER BY rowid DESC",
                             SQL_VALUES(sql_text(expression)), error),
                   error);
}

static bool count_all(struct store *store, const char *expression, struct bind since, int64_t *total,
                      struct error **error)
{
    struct rows *rows =
        since.type == BIND_NULL
            ? sql_query(store,
                        "SELECT count(*) FROM (SELECT rowid FROM note_search WHERE note_search MATCH ?"
                        " AND rowid NOT IN (SELECT version_id FROM note_search_stale) LIMIT ?) AS found",
                        SQL_VALUES(sql_text(expression), sql_integer(STORE_SEARCH_COUNTED)), error)
            : sql_query(store,
                        "SELECT count(*) FROM (SELECT note_version.id FROM note_search JOIN note_version"
                        " ON note_version.id = note_search.rowid WHERE note_search MATCH ? AND created_at >= ?"
                        " AND note_search.rowid NOT IN (SELECT version_id FROM note_search_stale) LIMIT ?) AS found",
                        SQL_VALUES(sql_text(expression), since, sql_integer(STORE_SEARCH_COUNTED)), error);
    *total = rows && rows_next(rows) ? rows_integer(rows, 0) : 0;
    return rows && rows_end(rows, error);
}

int64_t *store_search_notes(const void *context, struct store *store, const struct search_query *query, long most,
                            int64_t *total, struct error **error)
{
    void *work = talloc_new(NULL);
    struct buffer *in_title = write_expression(work, query, true);
    struct buffer *anywhere = write_expression(work, query, false);
    struct bind since = query->since ? sql_instant(work, query->since) : sql_text(NULL);
    int64_t *ids = NULL;
    size_t count = 0;
    if (anywhere->overflowed || in_title->overflowed) {
        error_set(error, ERROR_REFUSED, "the words to search for are too many");
    } else if (count_all(store, anywhere->bytes, since, total, error)) {
        long wanted = *total < most ? (long)*total : most;
        ids = memory_array(context, int64_t, (size_t)wanted);
        if (!find(store, in_title->bytes, since, ids, &count, wanted, error) ||
            !find(store, anywhere->bytes, since, ids, &count, wanted, error)) {
            talloc_free(ids);
            ids = NULL;
        }
    }
    talloc_free(work);
    return ids ? memory_resize(context, ids, int64_t, count) : NULL;
}
