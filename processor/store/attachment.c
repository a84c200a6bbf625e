/* The folder of attachments: see attachment.h. */
#include "store/attachment.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"

enum { FANOUT = 2 }; /* letters of the hash that name a folder: 256 of them */

static char *folder_of(const void *context, const char *folder, const char *sha256)
{
    return memory_format(context, "%s/%.*s", folder, (int)FANOUT, sha256);
}

/* Under another name first: a file of that hash is whole, whenever the power goes. */
static bool write_whole(const void *context, const char *folder, const char *path, const char *bytes, size_t length,
                        struct error **error)
{
    char *unfinished = memory_format(context, "%s.part", path);
    if (unlink(unfinished) != 0 && errno != ENOENT)
        return error_set_errno(error, "cannot remove %s", unfinished);
    if (!file_make_folder(folder, error) || !file_create(unfinished, bytes, length, 0600, error))
        return false;
    if (rename(unfinished, path) != 0)
        return error_set_errno(error, "cannot move %s to %s", unfinished, path);
    return file_sync_folder(folder, error);
}

bool attachment_keep(const char *folder, const char *sha256, const char *bytes, size_t length, struct error **error)
{
    void *context = talloc_new(NULL);
    char *place = folder_of(context, folder, sha256);
    char *path = file_join(context, place, sha256);
    struct stat status;
    bool kept = (stat(path, &status) == 0 && (size_t)status.st_size == length) ||
                write_whole(context, place, path, bytes, length, error);
    talloc_free(context);
    return kept;
}

char *attachment_read(const void *context, const char *folder, const char *sha256, size_t size, struct error **error)
{
    void *work = talloc_new(NULL);
    char *path = file_join(work, folder_of(work, folder, sha256), sha256);
    size_t length;
    char *bytes = file_read(work, path, size, &length, error);
    if (bytes && (length != size || strcmp(hash_sha256(work, bytes, length), sha256) != 0)) {
        error_set(error, ERROR_INSTALLATION, "%s is no more what was kept there; restore it", path);
        bytes = NULL;
    }
    talloc_steal(context, bytes);
    talloc_free(work);
    return bytes;
}
