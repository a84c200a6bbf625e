/*
 * Catalogues of updates: whole and in two pieces they come to the same, and a host is judged by them in the end, whatever they require of
 * what. Seeds are in tests/fuzz/seeds/catalogue/.
 */
#include <jansson.h>
#include <string.h>

#include "fuzz.h"
#include "xen/catalogue.h"
#include "xen/records.h"
#include "xen/updates.h"

static json_t *read_cut(const void *context, const char *bytes, size_t length, size_t cut)
{
    struct catalogue *catalogue = catalogue_begin(context, NULL);
    bool fed = catalogue_feed(catalogue, bytes, cut, NULL) && catalogue_feed(catalogue, bytes + cut, length - cut, NULL);
    return fed ? catalogue_end(catalogue, NULL) : NULL;
}

/* A host of the version that the seeds are about, with one of their updates. */
static struct records *make_pool(const void *context)
{
    json_t *tables = json_pack("{s:{s:{s:s}}, s:{s:{s:s, s:{s:s, s:s}}}, s:{s:{s:s, s:s}}, s:{s:{s:s, s:s, s:b}}, s:{}}", "pool", "p", "master",
                               "h", "host", "h", "name_label", "xen1", "software_version", "product_version", "6.5.0", "build_number",
                               "90233c", "pool_patch", "a", "uuid", "1", "name_label", "XS65ESP1", "host_patch", "b", "pool_patch", "a",
                               "host", "h", "applied", 1, "pool_update");
    return records_from(context, tables);
}

void fuzz_one(const void *context, const char *bytes, size_t length)
{
    json_t *whole = read_cut(context, bytes, length, length);
    json_t *cut = read_cut(context, bytes, length, length / 2);
    FUZZ_DEMAND((whole == NULL) == (cut == NULL));
    if (whole) {
        struct records *records = make_pool(context);
        json_t *hosts = updates_view_hosts(records);
        FUZZ_DEMAND(json_equal(whole, cut));
        updates_find_missing(records, whole, hosts);
        const json_t *missing = json_object_get(json_array_get(hosts, 0), "missing");
        size_t i;
        const json_t *update;
        json_array_foreach(missing, i, update) {
            const char *id = json_string_value(json_object_get(update, "id"));
            FUZZ_DEMAND(id && strcmp(id, "1") != 0);
            FUZZ_DEMAND(json_object_get(json_object_get(whole, "patches"), id) != NULL);
        }
        json_decref(hosts);
    }
    json_decref(whole);
    json_decref(cut);
}
