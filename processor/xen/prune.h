/* What goes of old and of failed backups. The newest good one of a VM always stays. */
#ifndef KAIRAN_XEN_PRUNE_H
#define KAIRAN_XEN_PRUNE_H

#include "xen/night.h"

/* Removes what is past its time of a VM's backups; only behind a good one of tonight. */
void prune_backups(struct night *night, const struct night_vm *vm);

/* Failed tries leave no snapshot behind; what cannot go now stays unfinished, and the next night tries again. */
void prune_failed(struct night *night, struct night_vm *vm);

#endif
