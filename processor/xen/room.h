/*
 * The guards of a night: refused before, with the numbers (needed, free, reserve), rather than by a full repository halfway through
 * it. What is needed of a repository is reckoned (space.h); what is needed of the volume of exports is what the VM took last time.
 */
#ifndef KAIRAN_XEN_ROOM_H
#define KAIRAN_XEN_ROOM_H

#include "xen/night.h"

/* Whether a VM can be snapshot and there is room for it. False: it was skipped or has failed, and says why. */
bool room_for_snapshot(struct night *night, struct night_vm *vm);

/* Whether the volume of exports has room for its archive beside those that are being written; the same. */
bool room_for_export(struct night *night, struct night_vm *vm);

#endif
