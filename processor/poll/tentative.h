/*
 * Tentative entries: whoever is asked may have their ○ choices as entries that hold the time, until a date is decided on;
 * the mail that tells of the decision takes them back. Each has a UID of its own, "k7q2-13-41@tc.example.ac.jp" (poll,
 * invitation, choice), and is published to one person alone (RFC 5546 section 3.2.1).
 */
#ifndef KAIRAN_POLL_TENTATIVE_H
#define KAIRAN_POLL_TENTATIVE_H

#include "mail/incoming.h"
#include "mail/office.h"
#include "poll/entry.h"
#include "store/poll.h"

/* Whether a new text asks for them: 「仮予定」, "tentative", and a courtesy at most. Pure. */
bool tentative_is_asked(const char *new_text);

/* Sends an invited person, in answer to a letter, the entries of their ○ choices; what is ○ no more is taken back. */
bool tentative_take_request(struct office *office, struct incoming *incoming, const struct poll *poll,
                            const struct invitation *invitation, struct error **error);

/*
 * Takes back what an invitation holds: *calendar is the file that does so in their calendar, below `context`, or NULL when
 * there is nothing to take back. The method of the list is not looked at.
 */
bool tentative_withdraw(const void *context, const struct entry_list *list, int64_t invitation_id, char **calendar,
                        struct error **error);

#endif
