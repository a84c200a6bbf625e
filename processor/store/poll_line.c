/* Polls in one line each, for digests: see poll.h. */
#include <ctype.h>

#include "base/memory.h"
#include "store/poll.h"
#include "store/sql.h"

struct poll_line *store_list_closed_polls_of(const void *context, struct store *store, int64_t person_id, time_t from,
                                             time_t to, struct error **error)
{
    struct poll_line *lines = memory_array(context, struct poll_line, 0);
    struct rows *rows = sql_query(store,
                                  "SELECT code, title FROM invitation JOIN poll ON poll.id = invitation.poll_id"
                                  " WHERE person_id = ? AND closed_at >= ? AND closed_at < ?"
                                  " AND poll.state <> 'cancelled' ORDER BY closed_at, poll.id",
                                  SQL_VALUES(sql_integer(person_id), sql_instant(lines, from), sql_instant(lines, to)),
                                  error);
    for (size_t count = 0; rows && rows_next(rows); count++) {
        lines = memory_resize(context, lines, struct poll_line, count + 1);
        lines[count] = (struct poll_line){rows_text(lines, rows, 0), rows_text(lines, rows, 1)};
        for (char *c = lines[count].code; *c; c++)
            *c = (char)toupper((unsigned char)*c);
    }
    if (rows && rows_end(rows, error))
        return lines;
    talloc_free(lines);
    return NULL;
}
