/*
 * All dates of a text, line by line: what `kairan dates` shows. A line that is written like one of an opening mail is
 * read as candidates (when.h); of any other line, and of one whose candidates have to be asked, the dates that it names
 * are listed. Pure.
 */
#ifndef KAIRAN_TEXT_WHEN_TEXT_H
#define KAIRAN_TEXT_WHEN_TEXT_H

#include <jansson.h>

#include "text/when.h"

/*
 * Reads a whole text below `context`; `about->heading` is not used: a line that names a day alone is the heading of the
 * times below it. The verdict is the worst of all lines (ask, inferred, ok); `reason` is that of the first line that
 * has to be asked, whose dates are listed all the same. A slot that is written twice is one date.
 */
struct when_result *when_read_text(const void *context, const char *text, const struct when_context *about);

/*
 * {"dates": [{text, start, end, all_day, deadline, inferred, warnings, note}], "verdict", "reason"}, for the caller to
 * release. An all-day date ends on its last day, and has the end null when that is its first.
 */
json_t *when_to_view(const struct when_result *result);

#endif
