/* Exports and dumps of a night, to files: asked of the helper, believed only when helper and pool both say that all is well. */
#ifndef KAIRAN_XEN_STREAM_H
#define KAIRAN_XEN_STREAM_H

#include "xen/night.h"

/* Exports the snapshot of a VM to its file. False: the VM has failed, and no file is left. */
bool stream_export(struct night *night, struct night_vm *vm);

/* Keeps a dump of the pool's database beside the exports, and the newest of those before; enters it in the night's view. */
void stream_metadata(struct night *night);

#endif
