/*
 * Downloaded updates, looked at before they are believed: a site that wants a login, or has an error, answers with a page and status 200.
 * What is taken is a ZIP archive that is whole, whose members have the checksums that it names, with the update in it. The signature is
 * checked by the hosts when it is uploaded; here is no key for it.
 */
#ifndef KAIRAN_XEN_PACKAGE_H
#define KAIRAN_XEN_PACKAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Whether bytes begin as a ZIP archive does; `length` of at least PACKAGE_MAGIC, else it is not yet known and true. */
enum { PACKAGE_MAGIC = 4 };
bool package_begins_well(const char *bytes, size_t length);

/*
 * Reads the whole archive: every member comes out with its checksum, and one is an update: *.xsupdate, or *.iso that is an image of a
 * disc. False with what is wrong.
 */
bool package_check(const char *path, struct error **error);

/* The SHA-256 of a file in hexadecimal, below `context`. */
char *package_digest(const void *context, const char *path, struct error **error);

#endif
