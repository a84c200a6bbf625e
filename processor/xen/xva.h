/*
 * Exported VMs (.xva), judged while they stream by: a tar of ova.xml, then disk by disk chunks of 1 MiB "Ref:7/00000003", each
 * with its checksum (SHA-1, on newer hosts xxHash) behind it. Hosts answer 200 and an orderly end even when an export failed
 * halfway, so only the archive itself can say whether it is whole: every checksum is computed, chunks must rise, and the last
 * one of every disk must end where ova.xml says that the disk ends. Memory does not grow with the archive.
 */
#ifndef KAIRAN_XEN_XVA_H
#define KAIRAN_XEN_XVA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct xva;

struct xva_summary {
    int64_t bytes;  /* of the archive */
    int64_t chunks; /* whose checksums were right */
    int disks;      /* that are whole */
};

struct xva *xva_begin(const void *context, struct error **error);

/* Which VM the archive must be of (its uuid, or NULL for any), and how many disks it must have at least. Before the first byte. */
void xva_expect(struct xva *xva, const char *uuid, size_t disks);

/* The next bytes. False when the archive is damaged; it stays so. */
bool xva_feed(struct xva *xva, const char *bytes, size_t length, struct error **error);

/* The end of the bytes: whether all of it came and all of it was right. */
bool xva_end(struct xva *xva, struct xva_summary *summary, struct error **error);

#endif
