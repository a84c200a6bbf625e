/*
 * What killed runs left: half files, snapshots nobody will finish, disks that were being destroyed. Each was entered in the store
 * before it was made, so that nothing is removed that is not known to be ours.
 */
#ifndef KAIRAN_XEN_LEFTOVER_H
#define KAIRAN_XEN_LEFTOVER_H

#include "xen/night.h"

/* Cleans up and tells in night->unfinished; what cannot go now is tried again the next night. False: the store cannot be written. */
bool leftover_clear(struct night *night, struct error **error);

#endif
