/* SHA-256 as people and file names write it. */
#ifndef KAIRAN_BASE_HASH_H
#define KAIRAN_BASE_HASH_H

#include <stddef.h>

/* 64 lower-case hex digits below `context`. */
char *hash_sha256(const void *context, const char *bytes, size_t length);

#endif
