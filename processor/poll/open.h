/* Opening a poll: the organiser's mail, the preview that goes back, 「はい」, and the ballots that then go out. */
#ifndef KAIRAN_POLL_OPEN_H
#define KAIRAN_POLL_OPEN_H

#include "mail/incoming.h"
#include "mail/office.h"
#include "poll/draft.h"
#include "store/poll.h"

/*
 * Takes a letter that opens a poll: keeps it as a draft and queues the preview, or queues a mail that says what is
 * missing. Nothing goes to third parties before the organiser has confirmed by replying to the preview.
 */
bool poll_take_opening(struct office *office, struct incoming *incoming, const struct draft *draft,
                       struct error **error);

/* A code that no poll has yet, below `context`. */
char *poll_find_free_code(const void *context, struct office *office, struct error **error);

/* Opens a draft: its ballots are queued. */
bool poll_open(struct office *office, const struct poll *poll, struct error **error);

/* Whether an address may open polls (configuration key `organisers`). */
bool poll_may_open(const struct config *config, const char *address);

#endif
