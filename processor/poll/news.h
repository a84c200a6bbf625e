/*
 * What the organiser of a poll hears at once: a mail that did not arrive, a required person who cannot come, that all have
 * answered, that a date has reached its quorum. What happened is kept with the letter that made it happen; the mail is
 * made at the end of the run, one a poll for all of it, so that a hundred bounces are not a hundred mails.
 */
#ifndef KAIRAN_POLL_NEWS_H
#define KAIRAN_POLL_NEWS_H

#include "mail/office.h"

/*
 * Tells every organiser what is kept for them, each poll in a transaction of its own, outside of one. A poll that fails
 * does not keep the next from it.
 */
bool news_run(struct office *office, struct error **error);

#endif
