/* The ○△× table of a result: one row a person, aligned by East Asian width, and as cells for HTML. */
#ifndef KAIRAN_POLL_RESULT_TABLE_H
#define KAIRAN_POLL_RESULT_TABLE_H

#include <jansson.h>

#include "poll/tally.h"

/*
 * {"heads":[1,2,…],"rows":[{"name","cells":[{"symbol",flags…}],"required"}],"lines":["…"]}: `lines` is the whole table
 * as text, its head first, at most 78 columns wide (null when there are too many choices for that).
 */
json_t *result_view_table(const struct ballot_box *box, char *const *names);

#endif
