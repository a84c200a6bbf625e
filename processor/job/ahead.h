/*
 * Reading ahead: the files of a listing of the spool are read, and announced to the reader, before their turn comes, several
 * at once. So kairan and its reader take turns a few times where they would once a letter, and on two cores both work.
 */
#ifndef KAIRAN_JOB_AHEAD_H
#define KAIRAN_JOB_AHEAD_H

#include <stddef.h>

#include "base/error.h"
#include "job/reading.h"

struct ahead;

/* Over the files `names` (a talloc array) of `folder`, none larger than `maximum`; all three outlive it. Nothing is read yet. */
struct ahead *ahead_open(const void *context, struct reading *reading, const char *folder, char **names, size_t maximum);

/*
 * The bytes of the file at `place` below `context`, to be asked of the reader now. Places are taken in rising order; one
 * that was left out costs time only.
 */
char *ahead_read(struct ahead *ahead, const void *context, size_t place, size_t *length, struct error **error);

#endif
