/*
 * The archive for browsers: a folder of HTML pages that needs no server and no script — a page a thread, lists by year and
 * by tag, and the attachments. Whatever people wrote is text in it: escaped, never markup, and no name from a mail is the
 * name of a file.
 */
#ifndef KAIRAN_NOTE_ARCHIVE_H
#define KAIRAN_NOTE_ARCHIVE_H

#include <stdint.h>

#include "mail/office.h"

/*
 * Writes the archive into a folder that is new or holds an earlier archive, which is replaced in one step; *count tells how
 * many notes and comments are in it. `language` is that of its own words.
 */
bool archive_write(struct office *office, const char *path, const char *language, int64_t *count, struct error **error);

#endif
