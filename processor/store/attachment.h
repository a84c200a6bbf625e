/*
 * The folder of attachments: each content once, under its SHA-256. A name from a mail never becomes a path, and what is
 * handed out again has the hash that it was kept under. Nothing in it is ever changed.
 */
#ifndef KAIRAN_STORE_ATTACHMENT_H
#define KAIRAN_STORE_ATTACHMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Keeps a content durably; one that is there already stays as it is. */
bool attachment_keep(const char *folder, const char *sha256, const char *bytes, size_t length, struct error **error);

/* The content below `context`; an error when it is missing or no more what it was. */
char *attachment_read(const void *context, const char *folder, const char *sha256, size_t size, struct error **error);

#endif
