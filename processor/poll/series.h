/*
 * Polls that come back every month: a poll with rules (「繰り返し: 第3水曜 13:00-15:00」) becomes the draft of its next
 * month in time, and its organiser's 「はい」 opens that one.
 */
#ifndef KAIRAN_POLL_SERIES_H
#define KAIRAN_POLL_SERIES_H

#include "mail/office.h"

/*
 * Drafts what is due: as long before its first date as the poll before it was made, at least one week and at most four.
 * Each in a transaction of its own, outside of one; one that fails does not keep the next from it.
 */
bool series_run(struct office *office, struct error **error);

#endif
