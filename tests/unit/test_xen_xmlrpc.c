/* xen/xmlrpc: documents of both generations, recorded traffic byte for byte, hostile ones. */
#include "xen/instant.h"
#include "xen/unread.h"
#include "xen/xmlrpc.h"

#include <dirent.h>
#include <libxml/parser.h>
#include <string.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/memory.h"
#include "unit.h"

static const char recorded[] = "../shared/xen/data/cassettes/extracted";

static const char *field(json_t *entry, const char *name)
{
    return json_string_value(json_object_get(entry, name));
}

/* The document fed in pieces of `piece` bytes; the same must come of it wherever it is cut. */
static json_t *read_in_pieces(const char *xml, size_t length, size_t piece, struct error **error)
{
    struct xmlrpc_reader *reader = xmlrpc_begin(NULL, 1 << 20, error);
    bool done = true;
    for (size_t at = 0; done && at < length; at += piece)
        done = xmlrpc_feed(reader, xml + at, length - at < piece ? length - at : piece, error);
    json_t *document = done ? xmlrpc_end(reader, error) : NULL;
    talloc_free(reader);
    return document;
}

static bool check_document(json_t *entry, size_t piece)
{
    struct error *error = NULL;
    const char *xml = field(entry, "xml");
    json_t *document = read_in_pieces(xml, strlen(xml), piece, &error);
    const char *expected = field(entry, "error");
    char *text = error ? error_text(NULL, error) : memory_copy_text(NULL, "");
    const char *method = field(entry, "method");
    const char *found = document ? json_string_value(json_object_get(document, "method")) : NULL;
    bool right = expected ? !document && strstr(text, expected)
                          : document && json_equal(json_object_get(document, "params"), json_object_get(entry, "params")) &&
                                (!method || (found && strcmp(found, method) == 0)) &&
                                (!json_object_get(entry, "fault") ||
                                 json_equal(json_object_get(document, "fault"), json_object_get(entry, "fault")));
    if (!right)
        fprintf(stderr, "in pieces of %zu: %s: %s\n", piece, xml, text);
    json_decref(document);
    talloc_free(text);
    error_free(&error);
    return right;
}

static bool check_case(json_t *entry)
{
    return check_document(entry, 1) && check_document(entry, 7) && check_document(entry, 1 << 20);
}

START_TEST(documents_are_read_wherever_they_are_cut)
{
    unit_check_vectors("xen/xmlrpc.jsonl", check_case);
}
END_TEST

START_TEST(calls_are_written_as_xapi_wants_them)
{
    void *context = talloc_new(NULL);
    json_t *params = json_pack("[s, I, b, o, [], {}, f]", "a<&>\x01\"", (json_int_t)42, 1, instant_make(1768446000), 0.5);
    ck_assert_str_eq(xmlrpc_write_call(context, "x.y", params),
                     "<?xml version=\"1.0\" ?><methodCall><methodName>x.y</methodName><params>"
                     "<param><value><string>a&lt;&amp;&gt;\"</string></value></param><param><value><string>42</string></value></param>"
                     "<param><value><boolean>1</boolean></value></param><param><value><dateTime.iso8601>20260115T03:00:00Z"
                     "</dateTime.iso8601></value></param><param><value><array><data/></array></value></param>"
                     "<param><value><struct/></value></param><param><value><double>0.500000</double></value></param>"
                     "</params></methodCall>\n");
    json_decref(params);
    json_t *large = json_array();
    for (int i = 0; i < 20000; i++)
        json_array_append_new(large, json_string("twenty bytes of text"));
    ck_assert_ptr_null(xmlrpc_write_call(context, "x.y", large));
    json_decref(large);
    talloc_free(context);
}
END_TEST

START_TEST(instants_are_read_in_every_form)
{
    static const struct {
        const char *text;
        time_t instant;
    } cases[] = {{"20260115T03:00:00Z", 1768446000}, {"2026-01-15T03:00:00Z", 1768446000}, {"20260115T03:00:00", 1768446000},
                 {"2026-01-15T12:00:00+09:00", 1768446000}, {"19700101T00:00:00Z", 0}, {"", 0}, {"tomorrow", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        time_t instant = 0;
        json_t *value = json_string(cases[i].text);
        bool read = instant_parse(value, &instant);
        json_decref(value);
        ck_assert_msg(read == (cases[i].instant != 0) && (!read || instant == cases[i].instant), "%s", cases[i].text);
    }
}
END_TEST

START_TEST(answers_are_values_or_failures)
{
    static const struct {
        const char *xml;
        const char *value;
        const char *code;
    } cases[] = {
        {"<struct><member><name>Value</name><value>v</value></member><member><name>Status</name><value>Success</value></member></struct>", "v", NULL},
        {"<struct><member><name>Status</name><value>Failure</value></member><member><name>ErrorDescription</name><value><array><data>"
         "<value>HOST_IS_SLAVE</value><value>10.0.0.1</value></data></array></value></member></struct>", NULL, "HOST_IS_SLAVE"},
        {"<struct><member><name>Status</name><value>Failure</value></member></struct>", NULL, NULL},
        {"<struct><member><name>Status</name><value>Success</value></member></struct>", NULL, NULL},
        {"", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error *error = NULL;
        json_t *failure = NULL;
        char *xml = memory_format(NULL, "<methodResponse><params><param><value>%s</value></param></params></methodResponse>", cases[i].xml);
        json_t *document = xmlrpc_read(xml, strlen(xml), NULL);
        json_t *value = xmlrpc_take_value(document, &failure, &error);
        ck_assert_msg(!value == !cases[i].value && !failure == !cases[i].code && !error == (value || failure), "%s", xml);
        if (failure)
            ck_assert_str_eq(json_string_value(json_array_get(failure, 0)), cases[i].code);
        json_decref(value);
        json_decref(failure);
        json_decref(document);
        error_free(&error);
        talloc_free(xml);
    }
}
END_TEST

static json_t *read_table(const char *fields, const char *method)
{
    struct error *error = NULL;
    struct xmlrpc_reader *reader = xmlrpc_begin(NULL, 1 << 20, &error);
    xmlrpc_leave_out(reader, unread_depth(method), unread_has);
    char *xml = memory_format(reader,
                              "<methodResponse><params><param><value><struct><member><name>Value</name><value><struct><member><name>"
                              "OpaqueRef:1</name><value><struct>%s</struct></value></member></struct></value></member></struct></value>"
                              "</param></params></methodResponse>",
                              fields);
    json_t *document = NULL;
    bool fed = true;
    for (size_t at = 0; fed && xml[at]; at++)
        fed = xmlrpc_feed(reader, xml + at, 1, &error);
    if (fed)
        document = xmlrpc_end(reader, &error);
    json_t *table = json_object_get(json_array_get(json_object_get(document, "params"), 0), "Value");
    json_t *record = json_incref(json_object_get(table, "OpaqueRef:1"));
    json_decref(document);
    error_free(&error);
    talloc_free(reader);
    return record;
}

START_TEST(fields_that_nobody_reads_are_left_out_of_records_only)
{
    static const char fields[] =
        "<member><name>platform</name><value><struct><member><name>nx</name><value>true</value></member></struct></value></member>"
        "<member><name>other_config</name><value><struct><member><name>platform</name><value>kept</value></member></struct></value></member>"
        "<member> <name>domid</name> <value/> </member><member><name>VIFs</name></member>"
        "<member><name>uuid</name><value>u</value></member><member><name>affinity</name><value><array><data><value>1</value></data></array>"
        "</value></member>";
    json_t *record = read_table(fields, "VM.get_all_records");
    json_t *expected = json_pack("{s:{s:s}, s:s}", "other_config", "platform", "kept", "uuid", "u");
    ck_assert(json_equal(record, expected));
    json_decref(record);
    record = read_table(fields, "host.call_plugin");
    ck_assert_uint_eq(json_object_size(record), 5);
    json_decref(record);
    json_decref(expected);
    ck_assert_ptr_null(read_table("<member><name>domid</name><value>1</value><value>2</value></member>", "VM.get_all_records"));
    ck_assert_ptr_null(read_table("<member><name>domid</name><value>1</value></membre>", "VM.get_all_records"));
    ck_assert_int_eq(unread_depth("VM.get_record"), 2);
    ck_assert_int_eq(unread_depth("event.from"), 4);
    ck_assert(!unread_has("uuid") && unread_has("HVM_boot_params") && unread_has("xenstore_data"));
}
END_TEST

START_TEST(what_is_too_deep_or_too_long_is_refused)
{
    struct buffer *xml = buffer_new(NULL, 1 << 20);
    struct error *error = NULL;
    for (int i = 0; i < 300; i++)
        buffer_add_text(xml, "<value><array><data>");
    ck_assert_ptr_null(read_in_pieces(xml->bytes, xml->length, 100, &error));
    ck_assert_ptr_nonnull(strstr(error->sentence, "nested"));
    error_free(&error);
    buffer_clear(xml);
    buffer_add_text(xml, "<value>");
    while (xml->length < (1 << 20) - 10)
        buffer_add_text(xml, "ninebytes");
    struct xmlrpc_reader *reader = xmlrpc_begin(xml, 1 << 19, NULL);
    ck_assert(!xmlrpc_feed(reader, xml->bytes, xml->length, &error));
    ck_assert_ptr_nonnull(strstr(error->sentence, "longer than"));
    error_free(&error);
    talloc_free(xml);
}
END_TEST

/* Recorded traffic: our writer in the manner of the host that was recorded must give back every byte. */

static void write_as_host(struct buffer *out, const json_t *value);

static void add_text(struct buffer *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("&<>\"", *text))
            buffer_add_text(out, *text == '&' ? "&amp;" : *text == '<' ? "&lt;" : *text == '>' ? "&gt;" : "&quot;");
        else
            buffer_add_byte(out, *text);
    }
}

static void write_members(struct buffer *out, json_t *object)
{
    const char *key;
    json_t *member;
    buffer_add_text(out, json_object_size(object) ? "<struct>" : "<struct/>");
    json_object_foreach(object, key, member) {
        buffer_add_text(out, "<member><name>");
        add_text(out, key);
        buffer_add_text(out, "</name>");
        write_as_host(out, member);
        buffer_add_text(out, "</member>");
    }
    buffer_add_text(out, json_object_size(object) ? "</struct>" : "");
}

static void write_as_host(struct buffer *out, const json_t *value)
{
    union {
        const json_t *given;
        json_t *iterated;
    } same = {.given = value};
    const char *text = json_string_value(value);
    if (text && !*text) {
        buffer_add_text(out, "<value/>");
        return;
    }
    const char *instant = json_string_value(json_object_get(value, "dateTime.iso8601"));
    buffer_add_text(out, "<value>");
    if (instant) {
        buffer_format(out, "<dateTime.iso8601>%s</dateTime.iso8601>", instant);
    } else if (text) {
        add_text(out, text);
    } else if (json_is_boolean(value)) {
        buffer_format(out, "<boolean>%d</boolean>", json_is_true(value));
    } else if (json_is_real(value)) {
        buffer_format(out, "<double>%g</double>", json_real_value(value));
    } else if (json_is_object(value)) {
        write_members(out, same.iterated);
    } else {
        buffer_add_text(out, json_array_size(value) ? "<array><data>" : "<array><data/>");
        for (size_t i = 0; i < json_array_size(value); i++)
            write_as_host(out, json_array_get(value, i));
        buffer_add_text(out, json_array_size(value) ? "</data></array>" : "</array>");
    }
    buffer_add_text(out, "</value>");
}

static void replay(const char *name)
{
    void *context = talloc_new(NULL);
    size_t length;
    char *bytes = file_read(context, file_join(context, recorded, name), 1 << 20, &length, NULL);
    ck_assert_ptr_nonnull(bytes);
    json_t *document = xmlrpc_read(bytes, length, NULL);
    ck_assert_msg(document != NULL, "%s cannot be read", name);
    const json_t *params = json_object_get(document, "params");
    const char *method = json_string_value(json_object_get(document, "method"));
    if (method) {
        ck_assert_msg(strcmp(xmlrpc_write_call(context, method, params), bytes) == 0, "%s is written otherwise", name);
    } else {
        struct buffer *out = buffer_new(context, 1 << 20);
        buffer_add_text(out, "<methodResponse><params><param>");
        write_as_host(out, json_array_get(params, 0));
        buffer_add_text(out, "</param></params></methodResponse>");
        bytes[strcspn(bytes, "\n") < length && bytes[length - 1] == '\n' ? length - 1 : length] = '\0';
        ck_assert_msg(strcmp(out->bytes, bytes) == 0, "%s lost something:\n%.300s\n%.300s", name, out->bytes, bytes);
    }
    json_decref(document);
    talloc_free(context);
}

START_TEST(recorded_traffic_is_replayed_byte_for_byte)
{
    DIR *folder = opendir(recorded);
    if (!folder)
        return; /* the recordings are not ours to ship; main() has said so */
    int count = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (!strstr(entry->d_name, ".xml"))
            continue;
        replay(entry->d_name);
        count++;
    }
    closedir(folder);
    ck_assert_int_eq(count, 98);
}
END_TEST

START_TEST(mutations_do_no_harm)
{
    static const char seed[] = "<?xml version=\"1.0\"?><methodResponse><params><param><value><struct><member><name>Status</name>"
                               "<value>Success</value></member><member><name>Value</name><value><array><data><value><boolean>1"
                               "</boolean></value><value>&lt;a&gt;</value></data></array></value></member></struct></value></param>"
                               "</params></methodResponse>";
    srand(7);
    for (int round = 0; round < unit_rounds(20000); round++) {
        char bytes[sizeof seed];
        memcpy(bytes, seed, sizeof seed);
        for (int i = 0; i <= rand() % 4; i++)
            bytes[(size_t)rand() % (sizeof seed - 1)] = "<>/&;ab\0\xff "[rand() % 10];
        json_decref(xmlrpc_read(bytes, (size_t)rand() % sizeof seed, NULL));
    }
}
END_TEST

static Suite *xmlrpc_suite(void)
{
    Suite *suite = suite_create("xmlrpc");
    TCase *cases = tcase_create("xmlrpc");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, documents_are_read_wherever_they_are_cut);
    tcase_add_test(cases, calls_are_written_as_xapi_wants_them);
    tcase_add_test(cases, instants_are_read_in_every_form);
    tcase_add_test(cases, answers_are_values_or_failures);
    tcase_add_test(cases, fields_that_nobody_reads_are_left_out_of_records_only);
    tcase_add_test(cases, what_is_too_deep_or_too_long_is_refused);
    tcase_add_test(cases, recorded_traffic_is_replayed_byte_for_byte);
    tcase_add_test(cases, mutations_do_no_harm);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    if (access(recorded, F_OK) != 0)
        printf("# recorded traffic is not there: its replay is skipped\n");
    return unit_run(xmlrpc_suite());
}
