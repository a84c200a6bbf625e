/*
 * Deciding: the organiser picks a choice, everybody is told, and the date arrives in their calendars (iMIP, RFC 6047).
 * The entry of a poll has one UID for ever, "k7q2@tc.example.ac.jp"; whatever changes about it is the next SEQUENCE of
 * the same entry. Its organiser is the poll's own reply address, so that what calendars answer comes back here.
 */
#ifndef KAIRAN_POLL_DECIDE_H
#define KAIRAN_POLL_DECIDE_H

#include <jansson.h>

#include "mail/office.h"
#include "store/poll.h"

/* What is to be decided on. */
struct wish {
    int number; /* of the choice */
    bool insists; /* although a required person cannot come, or the quorum is out of reach */
    const char *language; /* of the report */
};

/*
 * Decides on a choice: an open poll is closed, everybody invited and the organiser get the date as a mail and a calendar
 * entry. A second decision moves the entry; the same one again sends only what has changed about it since (a time or a
 * place that was corrected), or nothing. When a required person cannot come to it, or ○ and △ together are fewer than
 * the quorum, nothing is done but for who insists. Refused for drafts, cancelled polls and unknown numbers. Must run
 * inside a transaction. *report, owned by the caller, tells what was done:
 *
 *   {"title","code","n","label","is_first","is_change","is_unchanged","is_doubtful" (nothing was decided),
 *    "before" (label)|null,"mails","blocked" (names of required people who cannot come)|null,
 *    "missing" (of those who have not answered)|null,"short":{"need","yes","reach" (with △),"is_possible"}|null}
 *
 * where "short" is there when the ○ are fewer than the quorum.
 */
bool decide_choice(struct office *office, const struct poll *poll, const struct wish *wish, json_t **report,
                   struct error **error);

/*
 * Calls a poll off: whoever was asked is told, and when there was a decision, the entry leaves their calendars. Refused
 * for polls that are cancelled; a draft, of which nobody knows, just ends. *mails counts who is told. Must run inside a
 * transaction.
 */
bool decide_cancel(struct office *office, const struct poll *poll, long *mails, struct error **error);

/* Whether a choice is what has been decided on, and stands. */
bool decide_is_on(struct office *office, const struct poll *poll, const struct choice *choice, bool *is_on,
                  struct error **error);

#endif
