/*
 * Dumps of a pool's database, judged while they stream by: XML that is whole, and that tells of virtual machines. Ten seconds of
 * work, and the most valuable backup of all.
 */
#ifndef KAIRAN_XEN_DUMP_H
#define KAIRAN_XEN_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct dump;

struct dump *dump_begin(const void *context, struct error **error);
bool dump_feed(struct dump *dump, const char *bytes, size_t length, struct error **error);
bool dump_end(struct dump *dump, struct error **error);

/* How often the database had been changed when it was dumped, by its own count; 0 when it does not say. */
int64_t dump_generation(const struct dump *dump);

#endif
