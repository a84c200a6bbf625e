/* One Kairan at a time: see lock.h. */
#include "job/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
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

static struct lock *take(const void *context, const char *path, const char *what, struct error **error)
{
    int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        error_set_errno(error, "cannot open %s", path);
        return NULL;
    }
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            error_set(error, ERROR_TEMPORARY, "another %s is at work on this instance (%s); try again later", what, path);
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

struct lock *lock_take(const void *context, const struct config *config, struct error **error)
{
    char *path = memory_format(NULL, "%s.lock", config->database);
    struct lock *lock = take(context, path, "kairan", error);
    talloc_free(path);
    return lock;
}

struct lock *lock_wait(const void *context, const struct config *config, int seconds, struct error **error)
{
    enum { TRIES_A_SECOND = 5 };
    for (long tries = (long)seconds * TRIES_A_SECOND;; tries--) {
        struct error *reason = NULL;
        struct lock *lock = lock_take(context, config, &reason);
        if (lock)
            return lock;
        if (tries <= 0 || reason->class != ERROR_TEMPORARY) {
            if (error)
                *error = reason;
            else
                error_free(&reason);
            return NULL;
        }
        error_free(&reason);
        nanosleep(&(struct timespec){.tv_nsec = 1000 * 1000 * 1000 / TRIES_A_SECOND}, NULL);
    }
}

struct lock *lock_take_job(const void *context, const struct config *config, const char *name, struct error **error)
{
    char *path = memory_format(NULL, "%s.%s.lock", config->database, name);
    char *what = memory_format(NULL, "run of the job \"%s\"", name);
    struct lock *lock = take(context, path, what, error);
    talloc_free(path);
    talloc_free(what);
    return lock;
}
