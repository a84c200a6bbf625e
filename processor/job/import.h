/*
 * Importing notes from Maildirs, mbox files and single mails. What cannot be read is told in a sentence and left out, the
 * rest goes on; run again, it takes in what it has not yet.
 */
#ifndef KAIRAN_JOB_IMPORT_H
#define KAIRAN_JOB_IMPORT_H

#include "mail/office.h"
#include "note/import.h"

/* Takes in one path. False when it could not go on; what was counted until then is in. */
bool import_run(struct office *office, const char *path, struct import_counts *counts, struct error **error);

#endif
