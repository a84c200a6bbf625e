/*
 * Telling people that a poll has changed: all changes of one letter of the organiser's are one mail to each person whom
 * they concern, and it asks for what that person has not answered.
 */
#ifndef KAIRAN_POLL_CHANGE_H
#define KAIRAN_POLL_CHANGE_H

#include <stdint.h>

#include "mail/office.h"
#include "store/poll.h"

struct moved_choice {
    struct choice before;
    struct choice after;
};

struct change {
    bool has_new_deadline; /* concerns those who have not answered everything; all else concerns everybody */
    bool has_new_place;    /* concerns everybody, as all but a new deadline does */
    bool is_reopened;
    struct choice *added; /* talloc arrays */
    struct choice *dropped;
    struct moved_choice *moved;
};

/* Nothing has changed yet. */
struct change *change_new(const void *context);

/*
 * Queues the mails about a change that a letter made; `poll` is as it has become. Nothing is queued when nothing changed
 * or nobody knows of the poll. *queued counts them.
 */
bool change_queue(struct office *office, const struct poll *poll, const struct change *change, int64_t letter_id,
                  long *queued, struct error **error);

#endif
