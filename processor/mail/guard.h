/* The bytes of a mail made fit to be taken apart line by line. */
#ifndef KAIRAN_MAIL_GUARD_H
#define KAIRAN_MAIL_GUARD_H

#include <stddef.h>

/*
 * A copy of a mail below `context`: without NULs, without byte order mark, mbox line and blank lines at its start, with line
 * feeds where there were only carriage returns.
 */
char *guard_copy(const void *context, const char *bytes, size_t length, size_t *copied);

#endif
