/*
 * Streams of a pool to disk, in the helper: exports, judged while they come (xva.h), and dumps of the pool's database. A file is
 * called good only when every byte of it was judged and is on the disk.
 */
#ifndef KAIRAN_XEN_EXPORT_H
#define KAIRAN_XEN_EXPORT_H

#include "xen/https.h"

struct export_order {
    struct https_place place;
    const char *session;
    const char *task; /* that the host keeps up to date, or NULL */
    const char *uuid; /* of the VM or snapshot; NULL: the pool's database */
    const char *file; /* is made, or made anew, mode 0600 */
    long rate;        /* bytes a second; 0: any */
    long seconds;     /* at most; 0: any */
    int64_t reserve;  /* bytes of the volume that must stay free */
    size_t disks;     /* that the archive must hold at least */
};

/*
 * {"bytes": …, "chunks": …, "disks": …, "milliseconds": …, "generation": of a dump (dump.h)}, a new reference; or NULL with *kind ("damaged", "volume_full",
 * "unreachable", "stranger", "nonsense") and the error.
 */
json_t *export_stream(struct https *https, const struct export_order *order, const char **kind, struct error **error);

#endif
