/* The result of a form: counts and shares, means and medians, rankings, and what was written, in full. */
#ifndef KAIRAN_POLL_FORM_RESULT_H
#define KAIRAN_POLL_FORM_RESULT_H

#include <jansson.h>

#include "mail/office.h"
#include "poll/count.h"

/*
 * Adds to count_view() of a form, in each of its questions:
 * {"answered","lines":[{"label","padded","count","share","bar",
 * "rank"}],"numbers":{"mean","median","lowest","highest"}|null,"texts":[{"name","text"}],"seats":[{"label","capacity",
 * "taken","names","waiting"}]}; `rank` is the mean rank of a ranking, whose lines stand best first. And "rows":[{"name","cells":[text]}], null for more people than a table shows.
 */
bool form_result_add(json_t *view, struct office *office, const struct count *count, const char *language,
                     struct error **error);

#endif
