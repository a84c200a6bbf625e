/* Handing the outbox to the MTA: see post.h. */
#include "job/post.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/place.h"
#include "mail/send.h"
#include "poll/record.h"
#include "store/outbox.h"

enum {
    MAILS_AT_ONCE = 100,      /* held in memory */
    LATER_IN_A_ROW = 5,       /* then the MTA is taken to be away, and the rest waits for the next run */
    FIRST_WAIT = 60,          /* seconds, doubled with every attempt … */
    LONGEST_WAIT = 4 * 60 * 60 /* … up to this */
};

static time_t next_attempt(time_t now, int attempts)
{
    long wait = attempts < 8 ? (long)FIRST_WAIT << attempts : LONGEST_WAIT;
    return now + (wait < LONGEST_WAIT ? wait : LONGEST_WAIT);
}

/* What the MTA refuses would have bounced, had it been taken. */
static bool record_refusal(struct office *office, const struct outbox_mail *mail, const char *reply,
                           struct error **error)
{
    log_warning("%s to %s was refused: %s", mail->dedupe, mail->envelope_recipient, reply);
    if (!store_begin(office->store, error))
        return false;
    if (store_set_mail_refused(office->store, mail->id, reply, error) &&
        poll_take_refusal(office, mail->envelope_sender, reply, error) && store_commit(office->store, error))
        return true;
    store_rollback(office->store);
    return false;
}

static bool record_outcome(struct office *office, const struct outbox_mail *mail, const struct send_result *result,
                           struct error **error)
{
    switch (result->outcome) {
    case SEND_ACCEPTED:
        return store_set_mail_sent(office->store, mail->id, office->now, result->reply, error);
    case SEND_REFUSED:
        return record_refusal(office, mail, result->reply, error);
    case SEND_LATER:
        log_warning("%s to %s will be tried again: %s", mail->dedupe, mail->envelope_recipient, result->reply);
        break;
    }
    return store_set_mail_later(office->store, mail->id, next_attempt(office->now, mail->attempts), result->reply, error);
}

static void count_outcome(struct post_counts *counts, enum send_outcome outcome, int *later_in_a_row)
{
    counts->sent += outcome == SEND_ACCEPTED;
    counts->refused += outcome == SEND_REFUSED;
    counts->later += outcome == SEND_LATER;
    *later_in_a_row = outcome == SEND_LATER ? *later_in_a_row + 1 : 0;
}

static bool send_mails(struct office *office, struct sender *sender, const struct outbox_mail *mails,
                       struct post_counts *counts, int *later_in_a_row, struct error **error)
{
    for (size_t i = 0; i < memory_count(mails) && *later_in_a_row < LATER_IN_A_ROW; i++) {
        const struct outbox_mail *mail = &mails[i];
        void *context = talloc_new(NULL);
        struct envelope envelope = {mail->envelope_sender, mail->envelope_recipient, mail->message_id};
        struct send_result *result = sender_send(context, sender, &envelope, mail->bytes, mail->length, error);
        bool done = result && record_outcome(office, mail, result, error);
        if (done)
            count_outcome(counts, result->outcome, later_in_a_row);
        talloc_free(context);
        if (!done)
            return false;
    }
    return true;
}

/* On a full disk no outcome can be recorded: then nothing is sent, or the same mail would go out with every run. */
static struct sender *begin_sending(const void *context, struct office *office, struct error **error)
{
    if (!store_note_posting(office->store, error))
        return NULL;
    return sender_open(context, office->config->transport, place_helper(context, "kairan-sender"),
                       office->config->hostname, error);
}

bool post_run(struct office *office, struct post_counts *counts, struct error **error)
{
    void *context = talloc_new(NULL);
    *counts = (struct post_counts){0};
    struct sender *sender = NULL;
    int64_t after = 0;
    int later_in_a_row = 0;
    bool done = true;
    for (bool more = true; done && more;) {
        struct outbox_mail *mails =
            store_list_due_mail(context, office->store, office->now, after, MAILS_AT_ONCE, error);
        size_t count = memory_count(mails);
        done = mails != NULL;
        if (done && count && !sender) {
            sender = begin_sending(context, office, error);
            done = sender != NULL;
        }
        done = done && send_mails(office, sender, mails, counts, &later_in_a_row, error);
        more = count == MAILS_AT_ONCE && later_in_a_row < LATER_IN_A_ROW;
        after = count ? mails[count - 1].id : after;
        talloc_free(mails);
    }
    talloc_free(context);
    return done;
}
