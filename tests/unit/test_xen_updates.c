/* xen/catalogue and xen/updates: catalogues whole, cut up and hostile; what hosts lack by them, and what waits for a restart. */
#include "xen/updates.h"

#include <libxml/parser.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/memory.h"
#include "unit.h"
#include "xen/catalogue.h"

static json_t *read_in_pieces(const char *xml, size_t length, size_t piece, struct error **error)
{
    struct catalogue *catalogue = catalogue_begin(NULL, error);
    bool fed = true;
    for (size_t at = 0; fed && at < length; at += piece)
        fed = catalogue_feed(catalogue, xml + at, length - at < piece ? length - at : piece, error);
    json_t *read = fed ? catalogue_end(catalogue, error) : NULL;
    talloc_free(catalogue);
    return read;
}

static char *read_file(size_t *length)
{
    char *xml = file_read(NULL, "tests/vectors/xen/updates.xml", 1 << 20, length, NULL);
    ck_assert(xml != NULL);
    return xml;
}

static json_t *read_vectors(void)
{
    size_t length;
    char *xml = read_file(&length);
    struct error *error = NULL;
    json_t *catalogue = read_in_pieces(xml, length, length, &error);
    ck_assert(catalogue != NULL);
    talloc_free(xml);
    return catalogue;
}

static const char *id_of(json_t *catalogue, const char *name)
{
    const char *id;
    json_t *patch;
    json_object_foreach(json_object_get(catalogue, "patches"), id, patch)
        if (strcmp(record_text(patch, "name"), name) == 0)
            return id;
    ck_abort_msg("no %s in the catalogue", name);
}

/* A pool of one host that has the named updates, its uuids in capitals as some write them. */
static struct records *make_pool(json_t *entry, json_t *catalogue, const char *applied_at)
{
    json_t *host = json_pack("{s:s, s:s, s:{s:O, s:O, s:s, s:s}, s:{s:s, s:s}}", "uuid", "u1", "name_label", "xen1", "software_version",
                             "product_version", json_object_get(entry, "version"), "build_number", json_object_get(entry, "build"),
                             "platform_version", "1.9.0", "product_brand", "XenServer", "other_config", "boot_time", "1767200000.",
                             "agent_start_time", "1767200060.");
    json_t *tables = json_pack("{s:{s:{s:s}}, s:{s:o}, s:{}, s:{}, s:{}}", "pool", "OpaqueRef:p", "master", "OpaqueRef:h", "host",
                               "OpaqueRef:h", host, "pool_patch", "host_patch", "pool_update");
    size_t i;
    const json_t *name;
    json_array_foreach(json_object_get(entry, "applied"), i, name) {
        char ref[40];
        char uuid[40] = "";
        snprintf(ref, sizeof ref, "OpaqueRef:%zu", i);
        strncpy(uuid, id_of(catalogue, json_string_value(name)), sizeof uuid - 1);
        for (char *letter = uuid; *letter; letter++)
            *letter = (char)(*letter >= 'a' && *letter <= 'z' ? *letter - 'a' + 'A' : *letter);
        json_object_set_new(json_object_get(tables, "pool_patch"), ref,
                            json_pack("{s:s, s:O, s:[s]}", "uuid", uuid, "name_label", name, "after_apply_guidance",
                                      i % 2 ? "restartXAPI" : "restartHost"));
        json_object_set_new(json_object_get(tables, "host_patch"), ref,
                            json_pack("{s:s, s:s, s:b, s:s}", "pool_patch", ref, "host", "OpaqueRef:h", "applied", 1,
                                      "timestamp_applied", applied_at));
    }
    return records_from(NULL, tables);
}

static bool holds(const json_t *missing, const char *name)
{
    size_t i;
    const json_t *update;
    json_array_foreach(missing, i, update)
        if (strcmp(record_text(update, "name"), name) == 0)
            return true;
    return false;
}

static bool same_names(const json_t *wanted, const json_t *missing, size_t count)
{
    bool same = !wanted || json_array_size(wanted) <= json_array_size(missing);
    if (wanted && count != SIZE_MAX)
        same = json_array_size(wanted) == count;
    for (size_t i = 0; same && i < json_array_size(wanted); i++)
        same = strcmp(json_string_value(json_array_get(wanted, i)), record_text(json_array_get(missing, i), "name")) == 0;
    return same;
}

static json_t *list_next(const json_t *missing)
{
    json_t *next = json_array();
    size_t i;
    json_t *update;
    json_array_foreach(missing, i, update)
        if (record_flag(update, "is_next"))
            json_array_append(next, update);
    return next;
}

static bool check_missing(json_t *entry)
{
    json_t *catalogue = read_vectors();
    struct records *records = make_pool(entry, catalogue, "20260101T00:00:00Z");
    json_t *hosts = updates_view_hosts(records);
    updates_find_missing(records, catalogue, hosts);
    const json_t *host = json_array_get(hosts, 0);
    const json_t *missing = json_object_get(host, "missing");
    const json_t *known = json_object_get(entry, "known");
    const json_t *without = json_object_get(entry, "without");
    json_t *next = list_next(missing);
    bool right = (json_int_t)json_array_size(json_object_get(host, "listed")) == json_integer_value(json_object_get(entry, "offered")) &&
                 same_names(json_object_get(entry, "missing"), missing, json_array_size(missing)) &&
                 same_names(json_object_get(entry, "first"), missing, SIZE_MAX) &&
                 same_names(json_object_get(entry, "next"), next, json_array_size(next)) &&
                 json_is_true(json_object_get(host, "is_known")) == (!known || json_is_true(known)) &&
                 !(without && holds(missing, json_string_value(json_array_get(without, 0)))) &&
                 strcmp(record_text(host, "eligibility"), record_text(entry, "eligibility")) == 0;
    if (!right)
        json_dumpf(host, stderr, JSON_INDENT(1));
    json_decref(next);
    json_decref(hosts);
    json_decref(catalogue);
    talloc_free(records);
    return right;
}

START_TEST(hosts_lack_what_their_version_lists)
{
    unit_check_vectors("xen/missing.jsonl", check_missing);
}
END_TEST

START_TEST(what_was_applied_since_the_last_start_waits)
{
    json_t *catalogue = read_vectors();
    json_t *entry = json_pack("{s:s, s:s, s:[s, s]}", "version", "6.5.0", "build", "90233c", "applied", "XS65ESP1", "XS65ESP1010");
    for (int later = 0; later < 2; later++) {
        struct records *records = make_pool(entry, catalogue, later ? "20260102T00:00:00Z" : "20251201T00:00:00Z");
        json_t *hosts = updates_view_hosts(records);
        const json_t *host = json_array_get(hosts, 0);
        ck_assert_uint_eq(json_array_size(json_object_get(host, "restart_host")), (size_t)later);
        ck_assert_uint_eq(json_array_size(json_object_get(host, "restart_toolstack")), (size_t)later);
        ck_assert_int_eq(json_integer_value(json_object_get(host, "applied")), 2);
        json_decref(hosts);
        talloc_free(records);
    }
    json_decref(entry);
    json_decref(catalogue);
}
END_TEST

START_TEST(hosts_that_differ_are_told)
{
    json_t *tables = json_loads(
        "{\"pool\":{\"p\":{\"master\":\"a\"}},"
        "\"host\":{\"a\":{\"name_label\":\"xen1\",\"software_version\":{\"product_version\":\"7.0.0\",\"build_number\":\"125380c\"}},"
        "\"b\":{\"name_label\":\"xen2\",\"software_version\":{\"product_version\":\"7.0.0\",\"build_number\":\"125380c\"}}},"
        "\"pool_patch\":{\"1\":{\"uuid\":\"X\",\"name_label\":\"XS70E004\"},\"2\":{\"uuid\":\"Y\",\"name_label\":\"XS70E005\"}},"
        "\"host_patch\":{\"h\":{\"pool_patch\":\"1\",\"host\":\"a\",\"applied\":true,\"timestamp_applied\":\"20260101T00:00:00Z\"}},"
        "\"pool_update\":{}}",
        0, NULL);
    struct records *records = records_from(NULL, tables);
    json_t *differences = updates_find_differences(records);
    const json_t *update = json_array_get(json_object_get(differences, "updates"), 0);
    ck_assert(!record_flag(differences, "versions"));
    ck_assert_str_eq(record_text(update, "name"), "XS70E004");
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(update, "without"), 0)), "xen2");
    json_t *uploads = updates_find_uploads(records);
    ck_assert_uint_eq(json_array_size(uploads), 1);
    ck_assert_str_eq(json_string_value(json_array_get(uploads, 0)), "XS70E005");
    ck_assert_int_eq(updates_last_applied(records), 1767225600);
    json_decref(uploads);
    json_decref(differences);
    talloc_free(records);
}
END_TEST

START_TEST(catalogues_are_the_same_wherever_they_are_cut)
{
    size_t length;
    char *xml = read_file(&length);
    json_t *whole = read_vectors();
    static const size_t pieces[] = {1, 7, 64, 1000, 4096};
    ck_assert_uint_eq(json_array_size(json_object_get(whole, "versions")), 3);
    ck_assert_uint_eq(json_object_size(json_object_get(whole, "patches")), 45);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        json_t *cut = read_in_pieces(xml, length, pieces[i], NULL);
        ck_assert(json_equal(cut, whole));
        json_decref(cut);
    }
    for (size_t end = 0; end + 12 < length; end += (size_t)(length / (size_t)unit_rounds(200)) + 1) { /* cut off: never a catalogue */
        struct error *error = NULL;
        ck_assert(read_in_pieces(xml, end, 512, &error) == NULL);
        ck_assert(error != NULL);
        error_free(&error);
    }
    json_decref(whole);
    talloc_free(xml);
}
END_TEST

START_TEST(hostile_catalogues_are_refused)
{
    static const char *const hostile[] = {
        "",
        "<html><body>Please log in</body></html>",
        "<!DOCTYPE patchdata [<!ENTITY a \"aaaa\">]><patchdata><patches><patch uuid=\"1\" name-label=\"&a;\"/></patches></patchdata>",
        "<!DOCTYPE patchdata SYSTEM \"http://127.0.0.1:9/x.dtd\"><patchdata/>",
        "<patchdata><patches><patch uuid=\"1\"></patches></patchdata>",
        "<patchdata>\x01</patchdata>",
        "<patchdata/><patchdata/>",
        "<patchdata><a><b><c><d><e><f><g><h><i><j><k><l><m><n><o><p/></o></n></m></l></k></j></i></h></g></f></e></d></c></b></a></patchdata>",
    };
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        struct error *error = NULL;
        ck_assert_msg(read_in_pieces(hostile[i], strlen(hostile[i]), 4096, &error) == NULL, "%s", hostile[i]);
        ck_assert(error != NULL);
        error_free(&error);
    }
    char *long_value = memory_array(NULL, char, 40000);
    size_t used = (size_t)snprintf(long_value, 40000, "<patchdata><patches><patch uuid=\"1\" name-label=\"%020000d\"/></patches></patchdata>", 7);
    struct error *error = NULL;
    ck_assert(read_in_pieces(long_value, used, 4096, &error) == NULL && error != NULL);
    error_free(&error);
    talloc_free(long_value);
}
END_TEST

/* Ten years of updates: a chain, each requiring the one before, written last first. */
START_TEST(two_thousand_updates_take_no_time)
{
    enum { COUNT = 2000 };
    size_t capacity = 1 << 20;
    char *buffer = memory_array(NULL, char, capacity);
    size_t used = (size_t)snprintf(buffer, capacity, "<patchdata><serverversions><version value=\"9\" build-number=\"b\">");
    for (int i = COUNT - 1; i >= 0; i--)
        used += (size_t)snprintf(buffer + used, capacity - used, "<patch uuid=\"u%d\"/>", i);
    used += (size_t)snprintf(buffer + used, capacity - used, "</version></serverversions><patches>");
    for (int i = 0; i < COUNT; i++)
        used += (size_t)snprintf(buffer + used, capacity - used,
                                 "<patch uuid=\"u%d\" name-label=\"P%d\"><requiredpatches><requiredpatch uuid=\"u%d\"/></requiredpatches></patch>",
                                 i, i, i % 20 ? i - 1 : i + COUNT);
    used += (size_t)snprintf(buffer + used, capacity - used, "</patches></patchdata>");
    clock_t start = clock();
    json_t *catalogue = read_in_pieces(buffer, used, 65536, NULL);
    ck_assert(catalogue != NULL);
    json_t *entry = json_pack("{s:s, s:s, s:[]}", "version", "9", "build", "b", "applied");
    struct records *records = make_pool(entry, catalogue, "");
    json_t *hosts = updates_view_hosts(records);
    updates_find_missing(records, catalogue, hosts);
    const json_t *missing = json_object_get(json_array_get(hosts, 0), "missing");
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    ck_assert_uint_eq(json_array_size(missing), COUNT);
    ck_assert_msg(record_flag(json_array_get(missing, 0), "is_blocked"), "what requires the unknown is blocked, with all behind it");
    ck_assert_msg(getenv("KAIRAN_VALGRIND") || seconds < 1.0, "it took %.2f s", seconds);
    json_decref(hosts);
    json_decref(entry);
    json_decref(catalogue);
    talloc_free(records);
    talloc_free(buffer);
}
END_TEST

static Suite *updates_suite(void)
{
    Suite *suite = suite_create("updates");
    TCase *cases = tcase_create("updates");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, hosts_lack_what_their_version_lists);
    tcase_add_test(cases, what_was_applied_since_the_last_start_waits);
    tcase_add_test(cases, hosts_that_differ_are_told);
    tcase_add_test(cases, catalogues_are_the_same_wherever_they_are_cut);
    tcase_add_test(cases, hostile_catalogues_are_refused);
    tcase_add_test(cases, two_thousand_updates_take_no_time);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(updates_suite())
