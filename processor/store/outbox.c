/* The outbox: see outbox.h. */
#include "store/outbox.h"

#include <string.h>

#include "base/memory.h"
#include "store/sql.h"

bool store_queue_mail(struct store *store, const struct outbox_mail *mail, time_t now, bool *queued, struct error **error)
{
    int64_t id;
    if (!store_next_id(store, "outbox", &id, error))
        return false;
    void *context = talloc_new(NULL);
    struct bind instant = sql_instant(context, now);
    bool done = sql_run_counting(
        store,
        "INSERT INTO outbox (id, state, attempts, not_before, created_at, envelope_sender, envelope_recipient, message_id,"
        " dedupe, bytes, body_id) VALUES (?, 'due', 0, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        SQL_VALUES(sql_integer(id), instant, instant, sql_text(mail->envelope_sender),
                   sql_text(mail->envelope_recipient), sql_text(mail->message_id), sql_text(mail->dedupe),
                   sql_bytes(mail->bytes, mail->length), mail->body_id ? sql_integer(mail->body_id) : sql_text(NULL)),
        queued, error);
    talloc_free(context);
    return done;
}

bool store_add_body(struct store *store, const char *bytes, size_t length, int64_t *body_id, struct error **error)
{
    return store_next_id(store, "outbox_body", body_id, error) &&
           sql_run(store, "INSERT INTO outbox_body (id, bytes) VALUES (?, ?)",
                   SQL_VALUES(sql_integer(*body_id), sql_bytes(bytes, length)), error);
}

/* Head and shared body become one run of bytes again. */
static void read_bytes(struct rows *rows, struct outbox_mail *mail, const void *context)
{
    char *head = rows_bytes(context, rows, 4, &mail->length);
    if (!rows_is_null(rows, 5)) {
        size_t body_length;
        char *body = rows_bytes(context, rows, 5, &body_length);
        head = memory_resize(context, head, char, mail->length + body_length + 1);
        memcpy(head + mail->length, body, body_length);
        mail->length += body_length;
        head[mail->length] = '\0';
        talloc_free(body);
    }
    mail->bytes = head;
}

struct outbox_mail *store_list_due_mail(const void *context, struct store *store, time_t now, int64_t after, int most,
                                    struct error **error)
{
    struct outbox_mail *mails = memory_array(context, struct outbox_mail, (size_t)most);
    size_t count = 0;
    struct rows *rows = sql_query(
        store,
        "SELECT outbox.id, envelope_sender, envelope_recipient, message_id, outbox.bytes, outbox_body.bytes, attempts,"
        " dedupe FROM outbox LEFT JOIN outbox_body ON outbox_body.id = outbox.body_id"
        " WHERE state = 'due' AND not_before <= ? AND outbox.id > ? ORDER BY outbox.id LIMIT ?",
        SQL_VALUES(sql_instant(mails, now), sql_integer(after), sql_integer(most)), error);
    while (rows && rows_next(rows)) {
        struct outbox_mail *mail = &mails[count++];
        mail->id = rows_integer(rows, 0);
        mail->envelope_sender = rows_text(mails, rows, 1);
        mail->envelope_recipient = rows_text(mails, rows, 2);
        mail->message_id = rows_text(mails, rows, 3);
        read_bytes(rows, mail, mails);
        mail->attempts = (int)rows_integer(rows, 6);
        mail->dedupe = rows_text(mails, rows, 7);
    }
    if (!rows || !rows_end(rows, error)) {
        talloc_free(mails);
        return NULL;
    }
    return memory_resize(context, mails, struct outbox_mail, count);
}

/* Counted, because a value that does not change would not be written at all. */
bool store_note_posting(struct store *store, struct error **error)
{
    return sql_run(store,
                   "INSERT INTO meta (name, value) VALUES ('postings', '1') ON CONFLICT (name) DO UPDATE"
                   " SET value = CAST(CAST(meta.value AS INTEGER) + 1 AS TEXT)",
                   SQL_NO_VALUES, error);
}

bool store_set_mail_sent(struct store *store, int64_t id, time_t now, const char *reply, struct error **error)
{
    void *context = talloc_new(NULL);
    bool done = sql_run(store,
                        "UPDATE outbox SET state = 'sent', attempts = attempts + 1, ended_at = ?, last_reply = ? WHERE id = ?",
                        SQL_VALUES(sql_instant(context, now), sql_text(reply), sql_integer(id)), error);
    talloc_free(context);
    return done;
}

bool store_set_mail_refused(struct store *store, int64_t id, const char *reply, struct error **error)
{
    return sql_run(store, "UPDATE outbox SET state = 'refused', attempts = attempts + 1, last_reply = ? WHERE id = ?",
                   SQL_VALUES(sql_text(reply), sql_integer(id)), error);
}

bool store_set_mail_later(struct store *store, int64_t id, time_t not_before, const char *reply, struct error **error)
{
    void *context = talloc_new(NULL);
    bool done = sql_run(store, "UPDATE outbox SET attempts = attempts + 1, not_before = ?, last_reply = ? WHERE id = ?",
                        SQL_VALUES(sql_instant(context, not_before), sql_text(reply), sql_integer(id)), error);
    talloc_free(context);
    return done;
}

bool store_count_outbox(struct store *store, struct outbox_counts *counts, struct error **error)
{
    struct rows *rows = sql_query(store, "SELECT state, count(*) FROM outbox GROUP BY state", SQL_NO_VALUES, error);
    *counts = (struct outbox_counts){0};
    while (rows && rows_next(rows)) {
        char *state = rows_text(NULL, rows, 0);
        int64_t count = rows_integer(rows, 1);
        if (strcmp(state, "due") == 0)
            counts->due = count;
        else if (strcmp(state, "refused") == 0)
            counts->refused = count;
        else if (strcmp(state, "sent") == 0)
            counts->sent = count;
        talloc_free(state);
    }
    return rows && rows_end(rows, error);
}

struct outbox_entry *store_list_unsent_mail(const void *context, struct store *store, int most, struct error **error)
{
    struct outbox_entry *entries = memory_array(context, struct outbox_entry, (size_t)most);
    size_t count = 0;
    struct rows *rows = sql_query(store,
                                  "SELECT id, state, envelope_recipient, dedupe, attempts, created_at, not_before, last_reply"
                                  " FROM outbox WHERE state IN ('due', 'refused') ORDER BY id LIMIT ?",
                                  SQL_VALUES(sql_integer(most)), error);
    while (rows && rows_next(rows))
        entries[count++] = (struct outbox_entry){
            .id = rows_integer(rows, 0),
            .state = rows_text(entries, rows, 1),
            .envelope_recipient = rows_text(entries, rows, 2),
            .dedupe = rows_text(entries, rows, 3),
            .attempts = (int)rows_integer(rows, 4),
            .created_at = rows_instant(rows, 5),
            .not_before = rows_instant(rows, 6),
            .last_reply = rows_text(entries, rows, 7),
        };
    if (!rows || !rows_end(rows, error)) {
        talloc_free(entries);
        return NULL;
    }
    return memory_resize(context, entries, struct outbox_entry, count);
}

bool store_retry_mail(struct store *store, int64_t id, time_t now, bool *found, struct error **error)
{
    void *context = talloc_new(NULL);
    bool done = sql_run_counting(store,
                                 "UPDATE outbox SET state = 'due', attempts = 0, not_before = ? WHERE id = ?"
                                 " AND state IN ('due', 'refused')",
                                 SQL_VALUES(sql_instant(context, now), sql_integer(id)), found, error);
    talloc_free(context);
    return done;
}

bool store_drop_mail(struct store *store, int64_t id, time_t now, bool *found, struct error **error)
{
    void *context = talloc_new(NULL);
    bool done = sql_run_counting(store,
                                 "UPDATE outbox SET state = 'dropped', ended_at = ? WHERE id = ?"
                                 " AND state IN ('due', 'refused')",
                                 SQL_VALUES(sql_instant(context, now), sql_integer(id)), found, error);
    talloc_free(context);
    return done;
}

bool store_forget_mail(struct store *store, time_t before, struct error **error)
{
    void *context = talloc_new(NULL);
    bool done = sql_run(store, "DELETE FROM outbox WHERE state IN ('sent', 'dropped') AND ended_at < ?",
                        SQL_VALUES(sql_instant(context, before)), error) &&
                sql_run(store,
                        "DELETE FROM outbox_body WHERE id NOT IN (SELECT body_id FROM outbox WHERE body_id IS NOT NULL)",
                        SQL_NO_VALUES, error);
    talloc_free(context);
    return done;
}
