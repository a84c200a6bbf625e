/* Durable delivery into a Maildir: see maildir.h. libc only: no talloc, no base/. */
#include "mta-hooks/maildir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LONGEST_STABLE_NAME = 200, LONGEST_HOST = 128 };

static bool fail(struct maildir *maildir, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Always false, so that `return fail(…)` is one line. */
static bool fail(struct maildir *maildir, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(maildir->why, sizeof maildir->why, format, arguments);
    va_end(arguments);
    return false;
}

/* The same with the text of errno. `verb` and the path say what was tried. */
static bool fail_errno(struct maildir *maildir, const char *verb, const char *folder)
{
    return fail(maildir, "cannot %s %.300s/%s: %s", verb, maildir->path, folder, strerror(errno));
}

static bool join_path(struct maildir *maildir, const char *folder, const char *name, char path[static PATH_MAX])
{
    int length = snprintf(path, PATH_MAX, "%s/%s%s", maildir->path, folder, name);
    return (length >= 0 && length < PATH_MAX) || fail(maildir, "the path of the Maildir is too long");
}

bool maildir_create(struct maildir *maildir)
{
    static const char *const folders[] = {"", "tmp", "new", "cur"};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        char path[PATH_MAX];
        if (!join_path(maildir, folders[i], "", path))
            return false;
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return fail_errno(maildir, "make", folders[i]);
    }
    return true;
}

/* The host name as the Maildir convention wants it: what a file name cannot hold, as backslash and three digits. */
static void write_host(char *out, size_t size)
{
    char host[HOST_NAME_MAX + 1] = "localhost";
    (void)gethostname(host, sizeof host); /* only decoration: the random part makes the name unique */
    host[sizeof host - 1] = '\0';
    size_t used = 0;
    for (const unsigned char *c = (const unsigned char *)host; *c && used + 5 < size; c++) {
        if (*c > ' ' && *c < 0x7F && *c != '/' && *c != ':')
            out[used++] = (char)*c;
        else
            used += (size_t)snprintf(out + used, size - used, "\\%03o", *c);
    }
    out[used] = '\0';
}

/* Seconds first and microseconds with leading zeros: names sort by age. */
static bool make_name(struct maildir *maildir, char name[static MAILDIR_NAME_BYTES])
{
    uint64_t random;
    struct timespec now;
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random || clock_gettime(CLOCK_REALTIME, &now) != 0)
        return fail_errno(maildir, "make a name in", "tmp");
    char host[LONGEST_HOST];
    write_host(host, sizeof host);
    snprintf(name, MAILDIR_NAME_BYTES, "%lld.M%06ldP%ld_%016llx.%s", (long long)now.tv_sec, now.tv_nsec / 1000,
             (long)getpid(), (unsigned long long)random, host);
    return true;
}

bool maildir_begin(struct maildir *maildir, struct maildir_file *file)
{
    char path[PATH_MAX];
    *file = (struct maildir_file){.tmp = -1, .new = -1};
    if (!make_name(maildir, file->name) || !join_path(maildir, "new", "", path))
        return false;
    /* opened first: a folder that is missing or shut is noticed before anything is written */
    file->new = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file->new < 0)
        return fail_errno(maildir, "open", "new");
    if (!join_path(maildir, "tmp/", file->name, path))
        return false;
    file->tmp = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file->tmp >= 0)
        return true;
    file->name[0] = '\0'; /* not ours: maildir_discard must not remove it */
    return fail_errno(maildir, "make a file in", "tmp");
}

/* Drops the first `length` bytes from the pieces. */
static void consume_pieces(struct iovec *pieces, int count, size_t length)
{
    for (int i = 0; i < count && length; i++) {
        size_t part = pieces[i].iov_len < length ? pieces[i].iov_len : length;
        if (!part) /* an empty piece may have no base */
            continue;
        pieces[i].iov_base = (char *)pieces[i].iov_base + part;
        pieces[i].iov_len -= part;
        length -= part;
    }
}

bool maildir_write(struct maildir *maildir, struct maildir_file *file, struct iovec *pieces, int count)
{
    for (;;) {
        while (count && pieces->iov_len == 0) {
            pieces++;
            count--;
        }
        if (!count)
            return true;
        ssize_t written = writev(file->tmp, pieces, count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return fail_errno(maildir, "write to", "tmp");
        if (written == 0)
            return fail(maildir, "cannot write to %.300s/tmp: nothing was taken", maildir->path);
        consume_pieces(pieces, count, (size_t)written);
    }
}

bool maildir_store(struct maildir *maildir, struct maildir_file *file)
{
    /* never asked twice: after a failure the kernel may have dropped the pages, and a second fsync would say yes */
    if (fsync(file->tmp) != 0)
        return fail_errno(maildir, "make durable a file in", "tmp");
    int closed = close(file->tmp); /* network file systems tell of a full disk or quota only here */
    file->tmp = -1;
    return closed == 0 || fail_errno(maildir, "close a file in", "tmp");
}

static bool sync_folder(struct maildir *maildir, int descriptor, const char *folder)
{
    /* a file system that cannot sync a folder says so; then there is nothing more to be had */
    return fsync(descriptor) == 0 || errno == EINVAL || errno == EBADF || fail_errno(maildir, "make durable", folder);
}

/*
 * rename, not link and unlink: it is one call less, leaves no moment with two names, and there is nothing that it could
 * overwrite, for a name carries 64 random bits, or is a caller's stable one, whose file then holds the same mail.
 */
bool maildir_publish(struct maildir *maildir, struct maildir_file *file, const char *name)
{
    char path[PATH_MAX];
    const char *published = name ? name : file->name;
    if (!join_path(maildir, "tmp/", file->name, path))
        return false;
    if (renameat(AT_FDCWD, path, file->new, published) != 0)
        return fail_errno(maildir, "publish a file in", "new");
    if (!sync_folder(maildir, file->new, "new")) {
        /* the MTA will hear "try again": the copy that may not last must not be read either */
        (void)unlinkat(file->new, published, 0);
        return false;
    }
    close(file->new); /* a folder, only read: nothing can be lost here */
    file->new = -1;
    return true;
}

void maildir_discard(struct maildir *maildir, struct maildir_file *file)
{
    char path[PATH_MAX];
    if (file->tmp >= 0)
        close(file->tmp); /* the file goes away: what it says does not matter */
    if (file->new >= 0)
        close(file->new);
    if (file->name[0] && join_path(maildir, "tmp/", file->name, path))
        (void)unlink(path);
    *file = (struct maildir_file){.tmp = -1, .new = -1};
}

static bool is_stable_name(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && length <= LONGEST_STABLE_NAME && name[0] != '.' && !strpbrk(name, "/:");
}

/* Whether an entry is the name itself or the name with ":" and flags behind it. */
static bool is_named(const struct dirent *entry, const char *name)
{
    size_t length = strlen(name);
    return strncmp(entry->d_name, name, length) == 0 && (!entry->d_name[length] || entry->d_name[length] == ':');
}

enum presence { PRESENCE_UNKNOWN, PRESENCE_NO, PRESENCE_YES };

/* Looks for the name; PRESENCE_YES is durable, for a try that died before its last fsync leaves a name without it. */
static enum presence look_for(struct maildir *maildir, const char *folder, const char *name)
{
    char path[PATH_MAX];
    if (!join_path(maildir, folder, "", path))
        return PRESENCE_UNKNOWN;
    DIR *listing = opendir(path);
    if (!listing) {
        fail_errno(maildir, "list", folder);
        return PRESENCE_UNKNOWN;
    }
    enum presence presence = PRESENCE_NO;
    struct dirent *entry;
    while (errno = 0, presence == PRESENCE_NO && (entry = readdir(listing)) != NULL)
        if (is_named(entry, name))
            presence = PRESENCE_YES;
    if (errno != 0) {
        fail_errno(maildir, "list", folder);
        presence = PRESENCE_UNKNOWN;
    } else if (presence == PRESENCE_YES && !sync_folder(maildir, dirfd(listing), folder)) {
        presence = PRESENCE_UNKNOWN;
    }
    closedir(listing);
    return presence;
}

bool maildir_deliver(struct maildir *maildir, const char *name, const char *bytes, size_t length)
{
    if (!is_stable_name(name))
        return fail(maildir, "the file name \"%.100s\" is not fit for a Maildir", name);
    enum presence presence = look_for(maildir, "new", name);
    if (presence == PRESENCE_NO)
        presence = look_for(maildir, "cur", name);
    if (presence != PRESENCE_NO)
        return presence == PRESENCE_YES;
    struct iovec piece = {.iov_base = (void *)bytes, .iov_len = length}; /* writev only reads what it points to */
    struct maildir_file file;
    if (maildir_begin(maildir, &file) && maildir_write(maildir, &file, &piece, 1) && maildir_store(maildir, &file) &&
        maildir_publish(maildir, &file, name))
        return true;
    maildir_discard(maildir, &file);
    return false;
}
