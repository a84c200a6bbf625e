/* Inviting: a participant of an opening mail or of a command becomes a person with an invitation to a poll. */
#ifndef KAIRAN_POLL_INVITE_H
#define KAIRAN_POLL_INVITE_H

#include "mail/office.h"
#include "poll/draft.h"
#include "store/poll.h"

/*
 * Invites a participant, who becomes known as a person; poll->invited counts them. Whoever is invited already stays as
 * they are, and who was removed is invited again: *invitation (below `context`) is theirs, *is_new tells.
 */
bool invite_participant(const void *context, struct office *office, struct poll *poll,
                        const struct participant *participant, struct invitation **invitation, bool *is_new,
                        struct error **error);

#endif
