/* Choices of a poll that change while it is open: each change belongs to an edition (README, "How it works"). */
#ifndef KAIRAN_STORE_CHOICE_H
#define KAIRAN_STORE_CHOICE_H

#include "store/poll.h"

/* The next edition of a poll's choices begins; poll->edition says which it is. */
bool store_begin_edition(struct store *store, struct poll *poll, struct error **error);

/* Asks for one more choice from the present edition on, and gives it its id. */
bool store_add_choice(struct store *store, const struct poll *poll, struct choice *choice, struct error **error);

/* From the present edition on a choice is no longer asked for. Votes on it stay, and count for nothing. */
bool store_end_choice(struct store *store, const struct poll *poll, int64_t choice_id, struct error **error);

/* The largest number that any choice of a poll has had. */
bool store_last_choice_number(struct store *store, const struct poll *poll, int *number, struct error **error);

/* Numbers what a draft asks for anew, without gaps: nobody has seen its numbers but the organiser. */
bool store_renumber_choices(struct store *store, struct poll *poll, struct error **error);

/*
 * Finds the state of every invitation, and whom the poll waits for, by the votes on what is asked for now. What is asked for
 * in a form does not change, nor do the states.
 */
bool store_recount_poll(struct store *store, int64_t poll_id, struct error **error);

#endif
