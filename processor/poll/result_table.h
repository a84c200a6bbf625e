/* The ○△× table of a result: one row a person, aligned by East Asian width, and as cells for HTML. */
#ifndef KAIRAN_POLL_RESULT_TABLE_H
#define KAIRAN_POLL_RESULT_TABLE_H

#include <jansson.h>

#include "poll/tally.h"

/*
 * {"heads":[1,2,…],"rows":[ROW],"lines":["…"],"blocks":[{"heads","rows":[ROW]}]} with ROW as
 * {"name","required","cells":[flags of view_mark()]}. `lines` is the whole table as text of at most 78 columns: with many
 * choices several tables one below the other, an empty line between them. `blocks` are the same for narrow screens.
 */
json_t *result_view_table(const struct ballot_box *box, char *const *names);

#endif
