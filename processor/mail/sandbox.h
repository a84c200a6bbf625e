/*
 * The sandbox of the reader: what a process may still do after it has opened everything it needs. It can read and write
 * the descriptors it has, take and give back memory, and end; no file, no network, no other process, no debugger.
 */
#ifndef KAIRAN_MAIL_SANDBOX_H
#define KAIRAN_MAIL_SANDBOX_H

#include <stdbool.h>

#include "base/error.h"

/*
 * Locks the calling process in, for good. False with *error when the kernel does not filter system calls: the limits on
 * memory, files and processes then still hold, and the caller decides whether that is enough.
 */
bool sandbox_enter(struct error **error);

#endif
