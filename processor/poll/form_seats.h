/*
 * Places: a choice of a form may have only so many. They go by the time at which the hook took the letters that asked
 * for them; who comes later waits, and moves up when a place becomes free. Nothing of this is stored: it follows from
 * the responses and their times.
 */
#ifndef KAIRAN_POLL_FORM_SEATS_H
#define KAIRAN_POLL_FORM_SEATS_H

#include <jansson.h>

#include "mail/office.h"
#include "store/poll.h"
#include "store/question.h"

struct seat {
    int invitation_number;
    int64_t choice_id;
    size_t waiting; /* how many wait up to here, this one included; 0: the place is theirs */
};

/* Whether any choice of a form has places. */
bool seats_are_limited(const struct poll *poll);

/* Who has a place or waits for one, by choice and in order, below `context`, as a talloc array. */
struct seat *seats_list(const void *context, struct office *office, const struct poll *poll, struct error **error);

/* The seat of an invitation on a choice, or NULL. */
const struct seat *seats_find(const struct seat *seats, int invitation_number, int64_t choice_id);

/* Sets "left" in the choices of view_poll()'s questions. */
bool seats_set_left(json_t *view, struct office *office, const struct poll *poll, struct error **error);

/*
 * Tells those whose place has become free or was lost since `before`, but not `but_number` (who is answered anyway);
 * each gets one mail a letter.
 */
bool seats_tell(struct office *office, const struct poll *poll, const struct seat *before, const struct seat *after,
                int but_number, int64_t letter_id, struct error **error);

#endif
