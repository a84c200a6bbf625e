/* How long a catalogue of 2,000 updates, 2,000 records of VMs, and judging a host by the catalogue take. Prints; asserts nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "xen/catalogue.h"
#include "xen/records.h"
#include "xen/unread.h"
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

/* A record of a VM as XenServer 7.0 writes it: its members, and what each holds. */
static const char *const fields[][2] = {
    {"uuid", "9c3c8b3e-3f5b-9a36-4b0f-0d5b8a3f6d11"},
    {"allowed_operations", "<array><data><value>changing_dynamic_range</value><value>migrate_send</value><value>pool_migrate</value>"
                           "<value>changing_VCPUs_live</value><value>suspend</value><value>hard_reboot</value><value>hard_shutdown</value>"
                           "<value>clean_reboot</value><value>clean_shutdown</value><value>pause</value><value>checkpoint</value>"
                           "<value>snapshot</value></data></array>"},
    {"current_operations", "<struct/>"},
    {"name_label", "研究室サーバ &lt;1&gt;"},
    {"name_description", "Installed via xe CLI"},
    {"power_state", "Running"},
    {"user_version", "1"},
    {"is_a_template", "<boolean>0</boolean>"},
    {"suspend_VDI", "OpaqueRef:NULL"},
    {"resident_on", "OpaqueRef:b5b38b5b-7d3e-0d06-2037-545e64afae6f"},
    {"affinity", "OpaqueRef:b5b38b5b-7d3e-0d06-2037-545e64afae6f"},
    {"memory_overhead", "20971520"},
    {"memory_target", "2147483648"},
    {"memory_static_max", "2147483648"},
    {"memory_dynamic_max", "2147483648"},
    {"memory_dynamic_min", "2147483648"},
    {"memory_static_min", "536870912"},
    {"VCPUs_params", "<struct/>"},
    {"VCPUs_max", "2"},
    {"VCPUs_at_startup", "2"},
    {"actions_after_shutdown", "destroy"},
    {"actions_after_reboot", "restart"},
    {"actions_after_crash", "restart"},
    {"consoles", "<array><data><value>OpaqueRef:0c0bd5f0-f2c5-5b0a-0b0f-9a9a5f6a2c11</value></data></array>"},
    {"VIFs", "<array><data><value>OpaqueRef:2f0e9a1e-11cb-cb85-4c2a-1c3f2d5a7b90</value></data></array>"},
    {"VBDs", "<array><data><value>OpaqueRef:89c3cdc8-01d5-0130-94a5-8d1f09129ff7</value><value>OpaqueRef:f1c</value></data></array>"},
    {"crash_dumps", "<array><data/></array>"},
    {"VTPMs", "<array><data/></array>"},
    {"PV_bootloader", "pygrub"},
    {"PV_kernel", ""},
    {"PV_ramdisk", ""},
    {"PV_args", "graphical utf8"},
    {"PV_bootloader_args", ""},
    {"PV_legacy_args", ""},
    {"HVM_boot_policy", ""},
    {"HVM_boot_params", "<struct/>"},
    {"HVM_shadow_multiplier", "<double>1</double>"},
    {"platform", "<struct><member><name>nx</name><value>true</value></member><member><name>acpi</name><value>1</value></member>"
                 "<member><name>apic</name><value>true</value></member><member><name>pae</name><value>true</value></member></struct>"},
    {"PCI_bus", ""},
    {"other_config", "<struct><member><name>base_template_name</name><value>Debian Wheezy 7.0 (64-bit)</value></member>"
                     "<member><name>mac_seed</name><value>7d1a0a3c-6c3f-0a43-8e6a-9a5f3f1b5c11</value></member></struct>"},
    {"domid", "12"},
    {"domarch", ""},
    {"last_boot_CPU_flags", "<struct><member><name>vendor</name><value>GenuineIntel</value></member></struct>"},
    {"is_control_domain", "<boolean>0</boolean>"},
    {"metrics", "OpaqueRef:c35882e4-34cd-e84a-ad35-40652ad2178c"},
    {"guest_metrics", "OpaqueRef:4d16a60c-0b4f-6dd1-271d-6797b88cd513"},
    {"last_booted_record", ""},
    {"recommendations", "&lt;restrictions&gt;&lt;restriction field=&quot;memory-static-max&quot; max=&quot;137438953472&quot; /&gt;"
                        "&lt;restriction field=&quot;vcpus-max&quot; max=&quot;16&quot; /&gt;&lt;/restrictions&gt;"},
    {"xenstore_data", "<struct><member><name>vm-data</name><value/></member></struct>"},
    {"ha_always_run", "<boolean>0</boolean>"},
    {"ha_restart_priority", "restart"},
    {"is_a_snapshot", "<boolean>0</boolean>"},
    {"snapshot_of", "OpaqueRef:NULL"},
    {"snapshots", "<array><data/></array>"},
    {"snapshot_time", "<dateTime.iso8601>19700101T00:00:00Z</dateTime.iso8601>"},
    {"transportable_snapshot_id", ""},
    {"blobs", "<struct/>"},
    {"tags", "<array><data/></array>"},
    {"blocked_operations", "<struct/>"},
    {"snapshot_info", "<struct/>"},
    {"snapshot_metadata", ""},
    {"parent", "OpaqueRef:NULL"},
    {"children", "<array><data/></array>"},
    {"bios_strings", "<struct/>"},
    {"protection_policy", "OpaqueRef:NULL"},
    {"is_snapshot_from_vmpp", "<boolean>0</boolean>"},
    {"appliance", "OpaqueRef:NULL"},
    {"start_delay", "0"},
    {"shutdown_delay", "0"},
    {"order", "0"},
    {"VGPUs", "<array><data/></array>"},
    {"attached_PCIs", "<array><data/></array>"},
    {"suspend_SR", "OpaqueRef:NULL"},
    {"version", "0"},
    {"generation_id", "0:0"},
    {"hardware_platform_version", "0"},
};

static struct buffer *write_records(void)
{
    struct buffer *xml = buffer_new(NULL, MOST);
    buffer_add_text(xml, "<methodResponse><params><param><value><struct><member><name>Status</name><value>Success</value></member>"
                         "<member><name>Value</name><value><struct>");
    for (int i = 0; i < COUNT; i++) {
        buffer_format(xml, "<member><name>OpaqueRef:%d</name><value><struct>", i);
        for (size_t field = 0; field < sizeof fields / sizeof *fields; field++)
            buffer_format(xml, "<member><name>%s</name><value>%s</value></member>", fields[field][0], fields[field][1]);
        buffer_add_text(xml, "</struct></value></member>");
    }
    buffer_add_text(xml, "</struct></value></member></struct></value></param></params></methodResponse>");
    return xml;
}

/* As a helper reads them, and hands them on. */
static void read_records(const struct buffer *xml)
{
    struct xmlrpc_reader *reader = xmlrpc_begin(NULL, MOST, NULL);
    double start = seconds();
    xmlrpc_leave_out(reader, unread_depth("VM.get_all_records"), unread_has);
    json_t *read = xmlrpc_feed(reader, xml->bytes, xml->length, NULL) ? xmlrpc_end(reader, NULL) : NULL;
    tell("2,000 records of VMs", xml->length, start);
    start = seconds();
    char *text = json_dumps(read, JSON_COMPACT);
    json_t *heard = json_loads(text, 0, NULL);
    tell("the way from the helper to those who asked", strlen(text), start);
    free(text);
    json_decref(heard);
    json_decref(read);
    talloc_free(reader);
}

int main(void)
{
    memory_start();
    struct buffer *catalogue = write_catalogue();
    struct buffer *records = write_records();
    double start = seconds();
    struct catalogue *reader = catalogue_begin(NULL, NULL);
    json_t *read = catalogue_feed(reader, catalogue->bytes, catalogue->length, NULL) ? catalogue_end(reader, NULL) : NULL;
    tell("a catalogue of 2,000 updates", catalogue->length, start);
    read_records(records);
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
