/*
 * What snapshots cost on a storage repository, reckoned before one is taken. LVM repositories hold VHDs in logical volumes: a
 * disk that can be written always takes its whole size and more, and the snapshot of one needs room for the data that it
 * holds, which XAPI does not tell. Bytes throughout. Pure.
 */
#ifndef KAIRAN_XEN_SPACE_H
#define KAIRAN_XEN_SPACE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "xen/records.h"

/* A writable VHD of the virtual size `size` in a logical volume, and the node of a snapshot. */
int64_t space_full(int64_t size);
int64_t space_thin(void);

/* Whether disks of a repository can be snapshot, and whether its numbers mean anything. */
bool space_is_storage(const json_t *sr);
int64_t space_free(const json_t *sr);

/*
 * What a snapshot of the disk `vdi_ref` may need on its repository: on LVM the whole disk when it has none yet, else the larger of
 * the largest base that this disk left behind and a tenth of it; elsewhere a tenth. Never less than what the driver demands.
 */
int64_t space_need(struct records *records, const char *vdi_ref);

/* What must stay free: the configured part of the repository, and on LVM never less than its largest disk may need to be merged. */
int64_t space_reserve(struct records *records, const char *sr_ref, long percent);

/* How many nodes a disk stands on; drivers refuse a snapshot of one that stands on 30. */
int space_chain(struct records *records, const char *vdi_ref);

#endif
