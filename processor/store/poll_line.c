/* Polls in one line each, for digests: see poll.h. */
#include <ctype.h>

#include "base/memory.h"
#include "store/poll.h"
#include "store/sql.h"

struct poll_line *store_list_poll_lines(const void *context, struct store *store, int64_t person_id, time_t from, time_t to,
                                        struct error **error)
{
    struct poll_line *lines = memory_array(context, struct poll_line, 0);
    struct bind begin = sql_instant(lines, from);
    struct bind end = sql_instant(lines, to);
    struct rows *rows = sql_query(store,
                                  "SELECT code, title, choice.starts, choice.all_day FROM invitation"
                                  " JOIN poll ON poll.id = invitation.poll_id"
                                  " LEFT JOIN decision ON decision.poll_id = poll.id AND decision.cancelled = 0"
                                  " LEFT JOIN choice ON choice.id = decision.choice_id"
                                  " WHERE person_id = ? AND poll.state <> 'cancelled'"
                                  " AND ((closed_at >= ? AND closed_at < ?) OR (decided_at >= ? AND decided_at < ?))"
                                  " ORDER BY closed_at, poll.id",
                                  SQL_VALUES(sql_integer(person_id), begin, end, begin, end), error);
    for (size_t count = 0; rows && rows_next(rows); count++) {
        lines = memory_resize(context, lines, struct poll_line, count + 1);
        lines[count] = (struct poll_line){rows_text(lines, rows, 0), rows_text(lines, rows, 1), rows_text(lines, rows, 2),
                                          rows_integer(rows, 3) != 0};
        for (char *c = lines[count].code; *c; c++)
            *c = (char)toupper((unsigned char)*c);
    }
    if (rows && rows_end(rows, error))
        return lines;
    talloc_free(lines);
    return NULL;
}
