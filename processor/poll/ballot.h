/* The ballot: the mail that asks. Its text is also what replies are compared with, to tell our lines from theirs. */
#ifndef KAIRAN_POLL_BALLOT_H
#define KAIRAN_POLL_BALLOT_H

#include <jansson.h>

#include "mail/office.h"
#include "store/poll.h"

/*
 * What the ballot mail shows to one invitation: view_poll() and {"invitees","more_invitees","reference","sample_marks",
 * "sample_number","sample_day","mail_to","all_yes","all_no","is_reminder"}; `shown` are the first invitations of the poll.
 */
json_t *ballot_view(struct office *office, const struct poll *poll, const char *organiser,
                    const struct invitation *shown, const char *reference, const char *language);

/* The text of a ballot with this view and reference, below `context`. */
char *ballot_render(const void *context, struct office *office, json_t *view, const char *reference,
                    const char *language, struct error **error);

/* Queues the ballot of every invitation of a poll that is open (`reminder`: only of those who have not answered). */
bool ballot_queue_all(struct office *office, const struct poll *poll, bool reminder, long *queued,
                      struct error **error);

/*
 * Queues the ballot once more to some of the invited (a talloc array) who have not answered everything; each person gets
 * at most one a day.
 */
bool ballot_remind(struct office *office, const struct poll *poll, const struct invitation *some, long *queued,
                   struct error **error);

/* The same for those whom the clock reminds. */
bool ballot_remind_by_clock(struct office *office, const struct poll *poll, const struct invitation *some, long *queued,
                            struct error **error);

/* Queues the ballot to people (a talloc array) whom a letter of the organiser's has invited. */
bool ballot_invite(struct office *office, const struct poll *poll, const struct invitation *invited, int64_t letter_id,
                   long *queued, struct error **error);

/* Keeps the text of the ballot of a poll as it is now: what replies to other mails that ask for the same quote. */
bool ballot_keep_text(struct office *office, const struct poll *poll, const char *language, struct error **error);

/* The organiser's name for a poll, below `context`. */
char *ballot_organiser(const void *context, struct office *office, const struct poll *poll, struct error **error);

/* How many invitees a ballot names. */
enum { BALLOT_INVITEES_SHOWN = 8 };

#endif
