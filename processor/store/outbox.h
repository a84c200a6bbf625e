/*
 * The outbox: finished mails, queued in the transaction that made them necessary, gone only when an MTA has said yes.
 * The bytes never change between tries, so that a mail sent twice by a crash is recognised by its Message-ID.
 */
#ifndef KAIRAN_STORE_OUTBOX_H
#define KAIRAN_STORE_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "store/store.h"

struct outbox_mail {
    int64_t id;
    const char *envelope_sender; /* "" is the null sender */
    const char *envelope_recipient;
    const char *message_id;
    const char *dedupe; /* what it is; a second mail with the same one is not queued */
    const char *bytes;  /* the whole mail; with body_id only its head, the blank line included */
    size_t length;
    int64_t body_id; /* 0: none */
    int attempts;
};

/* Queues a mail, due at once. *queued is false when one with this dedupe key is there already. */
bool store_queue_mail(struct store *store, const struct outbox_mail *mail, time_t now, bool *queued, struct error **error);

/* Keeps a body that many mails will share. */
bool store_add_body(struct store *store, const char *bytes, size_t length, int64_t *body_id, struct error **error);

/* The mails due at `now` with an id above `after`, oldest first, at most `most`, as a talloc array with whole bytes. */
struct outbox_mail *store_list_due_mail(const void *context, struct store *store, time_t now, int64_t after, int most,
                                    struct error **error);

/* Notes durably that sending begins: a database that takes nothing more shows now, not after a mail has gone out. */
bool store_note_posting(struct store *store, struct error **error);

/* What became of one try. */
bool store_set_mail_sent(struct store *store, int64_t id, time_t now, const char *reply, struct error **error);
bool store_set_mail_refused(struct store *store, int64_t id, const char *reply, struct error **error);
bool store_set_mail_later(struct store *store, int64_t id, time_t not_before, const char *reply, struct error **error);

struct outbox_counts {
    int64_t due;
    int64_t refused;
    int64_t sent;
};
bool store_count_outbox(struct store *store, struct outbox_counts *counts, struct error **error);

/* A mail that waits or was refused, as an administrator wants to see it. */
struct outbox_entry {
    int64_t id;
    const char *state; /* "due" or "refused" */
    const char *envelope_recipient;
    const char *dedupe;
    int attempts;
    time_t created_at;
    time_t not_before;
    const char *last_reply; /* of the MTA; NULL before the first try */
};

/* Oldest first, at most `most`, as a talloc array. */
struct outbox_entry *store_list_unsent_mail(const void *context, struct store *store, int most, struct error **error);

/*
 * What an administrator may do with one of these: have it tried again at once, or never. *found is false when no mail of
 * that id waits or was refused: what was sent stays sent. A dropped one is still known by its dedupe key, so that it does not come back.
 */
bool store_retry_mail(struct store *store, int64_t id, time_t now, bool *found, struct error **error);
bool store_drop_mail(struct store *store, int64_t id, time_t now, bool *found, struct error **error);

/* Forgets what was sent or dropped before an instant. */
bool store_forget_mail(struct store *store, time_t before, struct error **error);

#endif
