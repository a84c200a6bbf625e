/*
 * Editions: the choices of a poll change (one is added, dropped, moved), the mails that asked for the earlier ones stay
 * in people's mailboxes. A reply is read against the choices of the mail that it answers, and what it says then is
 * carried over to what is asked now: a mark never counts for another date than the one its writer saw.
 */
#ifndef KAIRAN_POLL_EDITION_H
#define KAIRAN_POLL_EDITION_H

#include "mail/incoming.h"
#include "mail/office.h"
#include "poll/answer.h"
#include "poll/question.h"
#include "store/poll.h"

struct edition_answer {
    struct answer *answer;   /* its marks are those of the poll's present choices */
    const struct poll *then; /* the poll with the choices that were answered */
    enum mark *given;        /* what was said, one a choice of `then` */
};

/*
 * Reads a letter as the answer of an invitation below `context`. When it does not show which edition it answers and
 * there have been several, its marks are only proposed.
 */
struct edition_answer *edition_read_answer(const void *context, struct office *office, const struct incoming *incoming,
                                           const struct poll *poll, const struct invitation *invitation,
                                           struct error **error);

/* The same for a letter of somebody else, which the person is to confirm: it may say for whom it speaks. */
struct edition_answer *edition_read_proxy(const void *context, struct office *office, const struct incoming *incoming,
                                          const struct poll *poll, const struct invitation *invitation,
                                          struct error **error);

/* Makes of an answer a mere proposal, to be confirmed: it records nothing. `count` is that of its marks. */
void edition_only_propose(struct answer *answer, size_t count);

/* Reads words that somebody else writes about the poll as it is now, below `context`. */
struct edition_answer *edition_read_words(const void *context, const struct question *question, const struct poll *poll,
                                          const char *words, time_t now);

/* Marks of an edition (one a choice of it) as marks of the poll's present choices, below `context`. */
enum mark *edition_carry_marks(const void *context, struct office *office, const struct poll *poll, int edition,
                               const enum mark *marks, struct error **error);

/* The marks that count for nothing, because their date is not asked for any more: [{"n","label","symbol"}]. */
json_t *edition_view_lapsed(const struct edition_answer *read, const struct poll *poll, const char *language);

#endif
