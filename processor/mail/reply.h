/* Answering a letter: the one place that minds whether it may be answered at all, and one-word replies. */
#ifndef KAIRAN_MAIL_REPLY_H
#define KAIRAN_MAIL_REPLY_H

#include "mail/incoming.h"
#include "mail/office.h"

/*
 * The language of the sender below `context`: as known, else as a circle names it; *language is NULL when nothing says
 * it. False: the store failed.
 */
bool reply_find_language(const void *context, struct office *office, const struct incoming *incoming, char **language,
                         struct error **error);

/* The subject of the letter without "Re:" in front. */
const char *reply_subject(const struct incoming *incoming);

/* Queues a mail in answer to a letter, unless that letter must not be answered (then nothing happens, with true). */
bool reply_queue(struct office *office, const struct incoming *incoming, const struct outgoing *outgoing,
                 struct error **error);

/*
 * Refuses a letter: `queue` queues the mail that says why, and the letter is settled as "refused". A stranger (not of the
 * center, in no circle, never written to, without a genuine token) gets no mail: most of what strangers send has a forged
 * sender.
 */
bool reply_refuse_by(struct office *office, struct incoming *incoming, const char *reason,
                     bool (*queue)(const void *context, struct office *office, const struct incoming *incoming,
                                   const char *reason, struct error **error),
                     struct error **error);

enum reply_word {
    REPLY_WORD_NONE,
    REPLY_WORD_YES,    /* はい, OK, yes, and nothing else that matters */
    REPLY_WORD_CANCEL, /* 中止, cancel */
};

/* A new text without courtesies, punctuation and blanks, folded, below `context`: 「状況をお願いします。」 is 「状況」. */
char *reply_read_bare(const void *context, const char *new_text);

/* Reads a new text that should be one word; anything more than a courtesy beside it is REPLY_WORD_NONE. */
enum reply_word reply_read_word(const char *new_text);

#endif
