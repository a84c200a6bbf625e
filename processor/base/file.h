/*
 * Files: reading whole ones with a limit, replacing them durably, listing folders in order.
 * "Durably" means: when the call has returned true, the result survives a power cut.
 */
#ifndef KAIRAN_BASE_FILE_H
#define KAIRAN_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

/* The bytes of a regular file (NUL-terminated, *length without it) below `context`; refused above `maximum` bytes. */
char *file_read(const void *context, const char *path, size_t maximum, size_t *length, struct error **error);

/*
 * A text file that people write, likewise: one that is not UTF-8 is refused with file and line, and the mark that some
 * editors put in front of UTF-8 (U+FEFF) is left out.
 */
char *file_read_text(const void *context, const char *path, size_t maximum, struct error **error);

/* All that a descriptor still gives, likewise. `name` is for the sentence. */
char *file_read_descriptor(const void *context, int descriptor, const char *name, size_t maximum, size_t *length,
                           struct error **error);

/* Writes a new file of the given mode and makes it durable; refused when `path` exists already. */
bool file_create(const char *path, const char *bytes, size_t length, mode_t mode, struct error **error);

/* The same without making it durable: for what can be made again. */
bool file_write(const char *path, const char *bytes, size_t length, mode_t mode, struct error **error);

/* Writes all of it at the end of an open file; `name` is for the sentence. */
bool file_append(int descriptor, const char *name, const char *bytes, size_t length, struct error **error);

/* Makes a folder, and those above it, mode 0700; one that is there already is fine. */
bool file_make_folder(const char *path, struct error **error);

/* Makes what happened to the names in a folder durable. */
bool file_sync_folder(const char *path, struct error **error);

/* Removes a folder with all that is in it, on its file system; links are not followed. One that is not there is fine. */
bool file_remove_tree(const char *path, struct error **error);

/*
 * Puts the folder `fresh` in the place of `path` in one step, so that whoever looks sees the old one or the new one, whole;
 * the old one, if there was any, is removed.
 */
bool file_replace_folder(const char *path, const char *fresh, struct error **error);

/*
 * The names of the regular files in a folder, sorted by name, at most the `most` smallest of them, as a talloc array
 * of texts below `context` (talloc_array_length tells how many). Dot files are left out. Memory grows with `most`,
 * not with the folder.
 */
char **file_list_folder(const void *context, const char *path, size_t most, struct error **error);

/* `folder`/`name` below `context`. */
char *file_join(const void *context, const char *folder, const char *name);

#endif
