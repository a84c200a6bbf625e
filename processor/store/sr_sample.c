/* How full storage repositories were: see sr_sample.h. */
#include "store/sr_sample.h"

#include "base/memory.h"
#include "store/sql.h"

struct sr_sample *store_list_samples(const void *context, struct store *store, const char *pool, const char *sr_uuid, time_t since,
                                     struct error **error)
{
    void *work = talloc_new(NULL);
    struct sr_sample *samples = memory_array(context, struct sr_sample, 0);
    size_t count = 0;
    struct rows *rows = sql_query(store,
                                  "SELECT taken_at, size, used FROM sr_sample WHERE pool = ? AND sr_uuid = ? AND taken_at >= ?"
                                  " ORDER BY taken_at",
                                  SQL_VALUES(sql_text(pool), sql_text(sr_uuid), sql_instant(work, since)), error);
    while (rows && rows_next(rows)) {
        samples = memory_resize(context, samples, struct sr_sample, count + 1);
        samples[count++] = (struct sr_sample){rows_instant(rows, 0), rows_integer(rows, 1), rows_integer(rows, 2)};
    }
    bool done = rows && rows_end(rows, error);
    talloc_free(work);
    if (done)
        return samples;
    talloc_free(samples);
    return NULL;
}

bool store_forget_samples(struct store *store, time_t before, struct error **error)
{
    void *context = talloc_new(NULL);
    bool done = sql_run(store, "DELETE FROM sr_sample WHERE taken_at < ?", SQL_VALUES(sql_instant(context, before)), error);
    talloc_free(context);
    return done;
}
