/* How long a catalogue of 2,000 updates, 2,000 records of VMs, and judging a host by the catalogue take. Prints; asserts nothing. */
#include <stdio.h>
#include <time.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "xen/catalogue.h"
#include "xen/records.h"
#include "xen/updates.h"
#include "xen/xmlrpc.h"

enum { COUNT = 2000, MOST = 64 * 1024 * 1024 };

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void tell(const char *what, size_t bytes, double start)
{
    printf("%s: %.1f ms, %.1f MB\n", what, (seconds() - start) * 1e3, (double)bytes / 1e6);
}

static struct buffer *write_catalogue(void)
{
    struct buffer *xml = buffer_new(NULL, MOST);
    buffer_add_text(xml, "<?xml version=\"1.0\"?><patchdata><serverversions><version value=\"6.5.0\" build-number=\"90233c\">");
    for (int i = 0; i < COUNT; i++)
        buffer_format(xml, "<patch uuid=\"00000000-0000-0000-0000-%012d\"/>", i);
    buffer_add_text(xml, "</version></serverversions><patches>");
    for (int i = 0; i < COUNT; i++)
        buffer_format(xml,
                      "<patch uuid=\"00000000-0000-0000-0000-%012d\" name-label=\"XS65ESP%04d\" name-description=\"Public Availability: "
                      "hotfix &lt;%d&gt;\" version=\"1.0\" after-apply-guidance=\"restartHost\" url=\"http://example.org/article/%d\" "
                      "patch-url=\"http://example.org/files/XS65ESP%04d.zip\" timestamp=\"2016-01-01T00:00:00Z\" priority=\"2\" "
                      "download-size=\"14300000\"><requiredpatches><requiredpatch uuid=\"00000000-0000-0000-0000-%012d\"/>"
                      "</requiredpatches></patch>",
                      i, i, i, i, i, i % 20 ? i - 1 : COUNT + i);
    buffer_add_text(xml, "</patches></patchdata>");
    return xml;
}

/* Records of the length that real ones of VMs have. */
static struct buffer *write_records(void)
{
    struct buffer *xml = buffer_new(NULL, MOST);
    buffer_add_text(xml, "<methodResponse><params><param><value><struct><member><name>Status</name><value>Success</value></member>"
                         "<member><name>Value</name><value><struct>");
    for (int i = 0; i < COUNT; i++) {
        buffer_format(xml, "<member><name>OpaqueRef:%d</name><value><struct>", i);
        for (int field = 0; field < 60; field++)
            buffer_format(xml, "<member><name>field_%d</name><value>%d</value></member>", field, i * field);
        buffer_add_text(xml, "<member><name>other_config</name><value><struct><member><name>a</name><value>b</value></member></struct></value>"
                             "</member><member><name>VBDs</name><value><array><data><value>OpaqueRef:x</value></data></array></value></member>"
                             "</struct></value></member>");
    }
    buffer_add_text(xml, "</struct></value></member></struct></value></param></params></methodResponse>");
    return xml;
}

int main(void)
{
    struct buffer *catalogue = write_catalogue();
    struct buffer *records = write_records();
    double start = seconds();
    struct catalogue *reader = catalogue_begin(NULL, NULL);
    json_t *read = catalogue_feed(reader, catalogue->bytes, catalogue->length, NULL) ? catalogue_end(reader, NULL) : NULL;
    tell("a catalogue of 2,000 updates", catalogue->length, start);
    start = seconds();
    json_decref(xmlrpc_read(records->bytes, records->length, NULL));
    tell("2,000 records of 62 fields", records->length, start);
    json_t *tables = json_pack("{s:{s:{s:s}}, s:{s:{s:s, s:{s:s, s:s}}}, s:{}, s:{}, s:{}}", "pool", "p", "master", "h", "host", "h", "name_label",
                               "xen1", "software_version", "product_version", "6.5.0", "build_number", "90233c", "pool_patch", "host_patch",
                               "pool_update");
    struct records *pool = records_from(NULL, tables);
    start = seconds();
    json_t *hosts = updates_view_hosts(pool);
    updates_find_missing(pool, read, hosts);
    tell("what a host lacks of it", 0, start);
    json_decref(hosts);
    json_decref(read);
    talloc_free(pool);
    talloc_free(reader);
    talloc_free(records);
    talloc_free(catalogue);
    return 0;
}
