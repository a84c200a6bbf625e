/* One Kairan at a time: see lock.h. */
#include "job/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/memory.h"

struct lock {
    int descriptor;
};

static int release(struct lock *lock)
{
    close(lock->descriptor); /* the lock goes with it; the file stays, for removing it would let two in */
    return 0;
}

struct lock *lock_take(const void *context, const struct config *config, struct error **error)
{
    char *path = memory_format(context, "%s.lock", config->database);
    int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        error_set_errno(error, "cannot open %s", path);
        return NULL;
    }
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            error_set(error, ERROR_TEMPORARY, "another kairan is at work on this instance (%s); try again later", path);
        else
            error_set_errno(error, "cannot lock %s", path);
        close(descriptor);
        return NULL;
    }
    struct lock *lock = memory_new(context, struct lock);
    lock->descriptor = descriptor;
    talloc_set_destructor(lock, release);
    return lock;
}
