/*
 * Dates in running text, of any tense: what a sentence names, wherever it stands in it. Unlike a line of candidates
 * (when.h), which has one meaning in the future or is asked, a date without a year here is the nearest one, a date of
 * the past is a date, and words that name a stretch of time (8月, last week, 昨晩) are read as its beginning. Pure.
 */
#ifndef KAIRAN_TEXT_WHEN_FIND_H
#define KAIRAN_TEXT_WHEN_FIND_H

#include "text/when.h"

/*
 * The dates of one line below `context`, in the order in which they stand there; at most 200, and of a line only the
 * first 64 kB are looked at. Verdicts: WHEN_NONE; WHEN_OK; WHEN_INFERRED, when something beside the year was filled in;
 * WHEN_ASK, when a date stands against itself (weekday), may be two (05/01/2026 is read as the first of May), is blurred by
 * the words beside it (15日前後, around the 15th, 1/15以外) or is none of the calendar (then it is not listed). Rules that
 * many days follow (毎週火曜, the second Tuesday) are no dates. Months, years and weeks are all-day dates without an end.
 */
struct when_result *when_find(const void *context, const char *line, const struct when_context *about);

#endif
