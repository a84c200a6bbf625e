/*
 * mbox files (RFC 4155): mails one behind the other, each under a line "From sender date". Read as their writers differ: a
 * separator is only what stands behind an empty line and carries a time of day, and one ">" before "From " is taken away.
 * Only lines are looked at here; what a mail says is for the reader.
 */
#ifndef KAIRAN_MAIL_MBOX_H
#define KAIRAN_MAIL_MBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "base/error.h"

/* The separator of a mail, its line end included, below `context`. */
char *mbox_separator(const void *context, const char *sender, time_t date);

struct mbox;

/* Opens a file below `context`. */
struct mbox *mbox_open(const void *context, const char *path, struct error **error);

/*
 * The next mail, NUL-terminated and *length bytes long, below `context`; NULL with *at_end set when there is no more. One
 * of more than `maximum` bytes is refused (ERROR_REFUSED): it is skipped, and the next call goes on behind it.
 */
char *mbox_read(const void *context, struct mbox *mbox, size_t maximum, size_t *length, bool *at_end,
                struct error **error);

/* Whether the start of a file is that of an mbox. */
bool mbox_begins(const char *bytes, size_t length);

#endif
