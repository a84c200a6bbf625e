/*
 * Exports and dumps of a night, to files: asked of helpers, one each, so that several exports can run side by side; believed only
 * when helper and pool both say that all is well.
 */
#ifndef KAIRAN_XEN_STREAM_H
#define KAIRAN_XEN_STREAM_H

#include "xen/night.h"

/* Begins the export of a VM's snapshot to its file. False: the VM has failed, and no file is left. */
bool stream_begin(struct night *night, struct night_vm *vm);

/*
 * Waits until one of the exports that were begun has ended, and judges it: the VM has its archive under its own name, or has failed
 * and left no file. There must be one.
 */
struct night_vm *stream_wait(struct night *night);

/* Keeps a dump of the pool's database beside the exports, and the newest of those before; enters it in the night's view. */
void stream_metadata(struct night *night);

#endif
