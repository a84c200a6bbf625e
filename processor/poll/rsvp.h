/*
 * Who comes: what people's calendars answer to the entry that a decision sent them (RFC 5546). It is noted for the
 * organiser and never answered, because nobody waits for an answer to a button.
 */
#ifndef KAIRAN_POLL_RSVP_H
#define KAIRAN_POLL_RSVP_H

#include <jansson.h>

#include "mail/incoming.h"
#include "mail/office.h"
#include "store/poll.h"

/*
 * Takes a calendar's answer for an invitation. `is_own`: it came from an address of the invited person; otherwise it counts
 * when it names that person, and is passed on to the organiser when it does not. A proposal of another time, a remark,
 * and a required person who declines are passed on as well. The organiser of an anonymous poll gets remarks and proposals
 * without a name.
 */
bool rsvp_take(struct office *office, struct incoming *incoming, const struct poll *poll,
               const struct invitation *invitation, bool is_own, struct error **error);

/*
 * What was decided and who comes: *view becomes {"n" (null: no longer asked for),"label","is_cancelled","coming","perhaps","declining","silent"
 * (NAMES, see result.h; in an anonymous poll their "names" are null)}, or null when nothing was decided.
 */
bool rsvp_view(struct office *office, const struct poll *poll, const char *language, json_t **view,
               struct error **error);

#endif
