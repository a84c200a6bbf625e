/* Files: see file.h. */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/utf8.h"

char *file_join(const void *context, const char *folder, const char *name)
{
    return memory_format(context, "%s/%s", folder, name);
}

/*
 * What is read: `expected` sizes the first buffer, so that one read is the rule. It is a size that fstat() told when the
 * source is a regular file; such a one that gives just that much and not the byte more that it was asked for is at its end.
 */
struct source {
    int descriptor;
    const char *name;
    size_t expected;
    size_t maximum;
    bool is_regular;
};

static char *read_to_end(const void *context, const struct source *source, size_t *length, struct error **error)
{
    size_t capacity = source->expected + 1;
    size_t used = 0;
    char *bytes = memory_check(talloc_size(context, capacity + 1));
    for (;;) {
        ssize_t got = read(source->descriptor, bytes + used, capacity - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            error_set_errno(error, "cannot read %s", source->name);
            break;
        }
        used += (size_t)got;
        if (used > source->maximum) {
            error_set(error, ERROR_REFUSED, "%s is larger than %zu bytes", source->name, source->maximum);
            break;
        }
        if (got == 0 || (source->is_regular && used == source->expected)) {
            bytes[used] = '\0';
            *length = used;
            return bytes;
        }
        if (used == capacity) {
            capacity *= 2;
            bytes = memory_check(talloc_realloc_size(context, bytes, capacity + 1));
        }
    }
    talloc_free(bytes);
    return NULL;
}

char *file_read_descriptor(const void *context, int descriptor, const char *name, size_t maximum, size_t *length,
                           struct error **error)
{
    enum { FIRST_READ = 64 * 1024 };
    return read_to_end(context, &(struct source){descriptor, name, FIRST_READ, maximum, false}, length, error);
}

char *file_read(const void *context, const char *path, size_t maximum, size_t *length, struct error **error)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0) {
        error_set_errno(error, "cannot open %s", path);
        return NULL;
    }
    struct stat status;
    char *bytes = NULL;
    if (fstat(descriptor, &status) != 0)
        error_set_errno(error, "cannot look at %s", path);
    else if (!S_ISREG(status.st_mode))
        error_set(error, ERROR_REFUSED, "%s is not a regular file", path);
    else if (status.st_size < 0 || (size_t)status.st_size > maximum)
        error_set(error, ERROR_REFUSED, "%s is larger than %zu bytes", path, maximum);
    else
        bytes = read_to_end(context, &(struct source){descriptor, path, (size_t)status.st_size, maximum, true},
                            length, error);
    close(descriptor); /* it was only read: nothing can be lost here */
    return bytes;
}

char *file_read_text(const void *context, const char *path, size_t maximum, struct error **error)
{
    static const char mark[] = "\xEF\xBB\xBF";
    size_t length;
    char *text = file_read(context, path, maximum, &length, error);
    if (!text)
        return NULL;
    size_t valid = utf8_valid_length(text, strlen(text)); /* a NUL is no text either */
    if (valid < length) {
        int line = 1;
        for (size_t i = 0; i < valid; i++)
            line += text[i] == '\n';
        error_set(error, ERROR_REFUSED, "%s:%d is not UTF-8; save it as UTF-8", path, line);
        talloc_free(text);
        return NULL;
    }
    if (strncmp(text, mark, sizeof mark - 1) == 0)
        memmove(text, text + sizeof mark - 1, length + 1 - (sizeof mark - 1));
    return text;
}

bool file_sync_folder(const char *path, struct error **error)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return error_set_errno(error, "cannot open the folder %s", path);
    /* some file systems cannot sync a folder and say so; then there is nothing more to be had */
    bool synced = fsync(descriptor) == 0 || errno == EINVAL || errno == EBADF;
    if (!synced)
        error_set_errno(error, "cannot make the folder %s durable", path);
    close(descriptor);
    return synced;
}

static bool write_all(int descriptor, const char *bytes, size_t length)
{
    while (length) {
        ssize_t written = write(descriptor, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

static char *folder_of(const void *context, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return memory_copy_text(context, ".");
    return slash == path ? memory_copy_text(context, "/") : memory_copy_bytes(context, path, (size_t)(slash - path));
}

/* A new file, synced or not; half a file never stays. */
static bool write_new(const char *path, const char *bytes, size_t length, mode_t mode, bool syncs, struct error **error)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (descriptor < 0)
        return error_set_errno(error, "cannot make %s", path);
    bool done = write_all(descriptor, bytes, length) && (!syncs || fsync(descriptor) == 0);
    if (!done)
        error_set_errno(error, "cannot write %s", path);
    if (close(descriptor) != 0 && done)
        done = error_set_errno(error, "cannot write %s", path);
    if (!done)
        unlink(path); /* the first error is the one to tell */
    return done;
}

bool file_write(const char *path, const char *bytes, size_t length, mode_t mode, struct error **error)
{
    return write_new(path, bytes, length, mode, false, error);
}

bool file_append(int descriptor, const char *name, const char *bytes, size_t length, struct error **error)
{
    return write_all(descriptor, bytes, length) || error_set_errno(error, "cannot write %s", name);
}

bool file_create(const char *path, const char *bytes, size_t length, mode_t mode, struct error **error)
{
    if (!write_new(path, bytes, length, mode, true, error))
        return false;
    char *folder = folder_of(NULL, path);
    bool done = file_sync_folder(folder, error);
    talloc_free(folder);
    return done;
}

static bool make_one_folder(const char *path)
{
    struct stat status;
    if (mkdir(path, 0700) == 0)
        return true;
    if (errno != EEXIST || stat(path, &status) != 0)
        return false;
    errno = ENOTDIR;
    return S_ISDIR(status.st_mode);
}

bool file_make_folder(const char *path, struct error **error)
{
    if (make_one_folder(path))
        return true;
    if (errno != ENOENT)
        return error_set_errno(error, "cannot make the folder %s", path);
    char *above = folder_of(NULL, path);
    bool made = strcmp(above, path) != 0 && file_make_folder(above, error);
    talloc_free(above);
    if (!made)
        return false;
    return make_one_folder(path) || error_set_errno(error, "cannot make the folder %s", path);
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)place;
    return type == FTW_DP ? rmdir(path) : unlink(path);
}

bool file_remove_tree(const char *path, struct error **error)
{
    enum { OPEN_FOLDERS = 16 };
    return nftw(path, remove_entry, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) == 0 || errno == ENOENT ||
           error_set_errno(error, "cannot remove %s", path);
}

bool file_replace_folder(const char *path, const char *fresh, struct error **error)
{
    if (renameat2(AT_FDCWD, fresh, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return true;
    if (errno != EEXIST || renameat2(AT_FDCWD, fresh, AT_FDCWD, path, RENAME_EXCHANGE) != 0)
        return error_set_errno(error, "cannot put %s in the place of %s", fresh, path);
    return file_remove_tree(fresh, error); /* what lies there now is the old one */
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Keeps the `most` smallest names: sorts and cuts whenever twice as many have come together. */
struct name_list {
    char **names;
    size_t count;
    size_t most;
};

static void cut_to_smallest(struct name_list *list)
{
    qsort(list->names, list->count, sizeof *list->names, compare_names);
    while (list->count > list->most)
        talloc_free(list->names[--list->count]);
}

static void add_name(struct name_list *list, const char *name)
{
    if (list->count == 2 * list->most)
        cut_to_smallest(list);
    list->names[list->count++] = memory_copy_text(list->names, name);
}

static bool is_regular(int folder, const struct dirent *entry)
{
    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type == DT_REG;
    struct stat status;
    return fstatat(folder, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode);
}

char **file_list_folder(const void *context, const char *path, size_t most, struct error **error)
{
    DIR *folder = opendir(path);
    if (!folder) {
        error_set_errno(error, "cannot list the folder %s", path);
        return NULL;
    }
    /* not zeroed: as a rule few are used, and the pages of the others are not touched */
    struct name_list list = {.names = memory_resize(context, NULL, char *, 2 * most), .most = most};
    struct dirent *entry;
    while (errno = 0, (entry = readdir(folder)) != NULL)
        if (entry->d_name[0] != '.' && is_regular(dirfd(folder), entry))
            add_name(&list, entry->d_name);
    bool complete = errno == 0 || error_set_errno(error, "cannot list the folder %s", path);
    closedir(folder);
    if (!complete) {
        talloc_free(list.names);
        return NULL;
    }
    cut_to_smallest(&list);
    return memory_resize(context, list.names, char *, list.count);
}
