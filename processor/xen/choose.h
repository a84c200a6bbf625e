/* Which VMs a pool's file means: by tag, by custom field, by name, or all. Pure. */
#ifndef KAIRAN_XEN_CHOOSE_H
#define KAIRAN_XEN_CHOOSE_H

#include <stdbool.h>

#include "xen/records.h"
#include "xen/settings.h"

/* Whether a VM is to be backed up. Templates, snapshots and control domains never are. */
bool choose_takes(const struct xen_settings *settings, const json_t *vm);

/* The refs of the VMs to be backed up, by name, as a talloc array below `context`. The table "VM" must have been read. */
const char **choose_vms(const void *context, const struct xen_settings *settings, struct records *records);

/* The names in the file (without * and ?) that no VM has, as a talloc array below `context`. */
char **choose_missing(const void *context, const struct xen_settings *settings, struct records *records);

#endif
