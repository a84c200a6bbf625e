/*
 * Snapshots of ours: taken under a name that nobody else uses, tagged at once, and removed only when they are proven ours. The
 * name alone is no proof when people rename, the tag alone none when a VM is reverted, so a removal looks at both, at the VM
 * and at every disk.
 */
#ifndef KAIRAN_XEN_SNAPSHOT_H
#define KAIRAN_XEN_SNAPSHOT_H

#include "xen/night.h"

/* The key of other_config that every snapshot of ours has, and no other. */
extern const char snapshot_job_tag[];

/* Takes the snapshot of a VM and tags it. False: the VM has failed or was skipped, and says why. */
bool snapshot_take(struct night *night, struct night_vm *vm);

/*
 * Removes the snapshot of a backup with its disks. True also when it is gone already. False with the error: it is not ours after
 * all, it is busy, or the pool would not.
 */
bool snapshot_remove(struct night *night, const struct vm_backup *backup, struct error **error);

/* Removes what killed runs left of disks they were destroying. */
bool snapshot_remove_doomed(struct night *night, struct error **error);

/* Whether a name is of the form that we give; no proof of anything. */
bool snapshot_is_named_ours(const char *name);

/* The uuid of a snapshot of that name among the records that were read, below the night; NULL when there is none. */
char *snapshot_find(struct night *night, const char *name);

/* Whether a snapshot of that uuid is among the records that were read. */
bool snapshot_is_known(struct night *night, const char *uuid);

/* Whether the record of a snapshot carries our tag. */
bool snapshot_is_ours(const struct night *night, const json_t *vm);

#endif
