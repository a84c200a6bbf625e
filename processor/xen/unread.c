/* Fields that nobody reads: see unread.h. */
#include "xen/unread.h"

#include <stdlib.h>
#include <string.h>

/* In the order of strcmp(). */
static const char *const fields[] = {
    "HVM_boot_params",
    "HVM_boot_policy",
    "HVM_shadow_multiplier",
    "MAC",
    "MTU",
    "NVRAM",
    "PCI_bus",
    "PV_args",
    "PV_bootloader",
    "PV_bootloader_args",
    "PV_kernel",
    "PV_legacy_args",
    "PV_ramdisk",
    "VCPUs_at_startup",
    "VCPUs_max",
    "VCPUs_params",
    "VGPUs",
    "VIFs",
    "VTPMs",
    "VUSBs",
    "actions_after_crash",
    "actions_after_reboot",
    "actions_after_shutdown",
    "actions_after_softreboot",
    "affinity",
    "allow_caching",
    "appliance",
    "attached_PCIs",
    "bios_strings",
    "blobs",
    "blocked_operations",
    "bootable",
    "children",
    "consoles",
    "cpu_info",
    "crash_dumps",
    "crashdumps",
    "domain_type",
    "domarch",
    "domid",
    "generation_id",
    "groups",
    "guest_metrics",
    "ha_always_run",
    "hardware_platform_version",
    "has_vendor_device",
    "host_CPUs",
    "is_default_template",
    "is_snapshot_from_vmpp",
    "is_tools_iso",
    "is_vmss_snapshot",
    "last_boot_CPU_flags",
    "last_booted_record",
    "memory_dynamic_max",
    "memory_static_max",
    "memory_static_min",
    "memory_target",
    "metadata_latest",
    "metadata_of_pool",
    "name_description",
    "on_boot",
    "pending_guidances_full",
    "pending_guidances_recommended",
    "platform",
    "protection_policy",
    "qos_algorithm_params",
    "qos_algorithm_type",
    "qos_supported_algorithms",
    "read_only",
    "recommendations",
    "reference_label",
    "requires_reboot",
    "runtime_properties",
    "scheduled_to_be_resident_on",
    "secureboot_certificates_state",
    "sharable",
    "shutdown_delay",
    "snapshot_info",
    "snapshot_metadata",
    "snapshot_schedule",
    "start_delay",
    "status_code",
    "status_detail",
    "storage_lock",
    "suspend_SR",
    "transportable_snapshot_id",
    "unpluggable",
    "user_version",
    "userdevice",
    "xenstore_data",
};

static int compare(const void *name, const void *entry)
{
    return strcmp(name, *(const char *const *)entry);
}

bool unread_has(const char *field)
{
    return bsearch(field, fields, sizeof fields / sizeof *fields, sizeof *fields, compare) != NULL;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text);
    return length >= strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

int unread_depth(const char *method)
{
    enum { RECORD = 2, TABLE = 3, EVENTS = 4 }; /* {Value: {field …}}, {Value: {ref: {field …}}}, {Value: {events: [{snapshot: {field …}}]}} */
    if (ends_with(method, ".get_record"))
        return RECORD;
    if (ends_with(method, ".get_all_records"))
        return TABLE;
    return strcmp(method, "event.from") == 0 ? EVENTS : 0;
}
