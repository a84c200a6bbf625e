/* The preview of a poll that has not been started: everything as it will be, for the organiser's 「はい」. */
#ifndef KAIRAN_POLL_PREVIEW_H
#define KAIRAN_POLL_PREVIEW_H

#include <jansson.h>

#include "mail/incoming.h"
#include "mail/office.h"
#include "poll/draft.h"
#include "store/poll.h"

struct preview {
    const struct draft *draft; /* what the opening mail was read as, or NULL: it has been corrected since */
    json_t *entries;           /* the transcript of corrections, borrowed; NULL: none */
    bool is_next;              /* nobody wrote it: it is the next month of a series */
    bool is_stale;             /* the reply was to a preview before the last correction */
};

/* Queues it in answer to a letter. */
bool preview_queue(struct office *office, const struct incoming *incoming, const struct poll *poll,
                   const struct preview *preview, struct error **error);

/* Queues that of the next month of a series to its organiser. */
bool preview_send(struct office *office, const struct poll *poll, struct error **error);

#endif
