/* Helper programs and their frames: see child.h. */
#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"

extern char **environ;

enum { LENGTH_BYTES = 4 };

struct child {
    pid_t process;
    int to;
    int from;
    char *name;
};

static void close_both(const int ends[2])
{
    close(ends[0]);
    close(ends[1]);
}

/* A helper ends by itself when its input ends; one that hangs is not waited for. */
static void reap(pid_t process)
{
    for (int tries = 0; tries < 200; tries++) {
        pid_t reaped = waitpid(process, NULL, WNOHANG);
        if (reaped == process || (reaped < 0 && errno != EINTR))
            return;
        nanosleep(&(struct timespec){.tv_nsec = 5 * 1000 * 1000}, NULL);
    }
    kill(process, SIGKILL);
    while (waitpid(process, NULL, 0) < 0 && errno == EINTR)
        continue;
}

static int destroy(struct child *child)
{
    close(child->to);
    close(child->from);
    reap(child->process);
    return 0;
}

static int spawn(const char *const arguments[], const int input[2], const int output[2], pid_t *process)
{
    posix_spawn_file_actions_t actions;
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed)
        return failed;
    failed = posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
    if (!failed)
        failed = posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
    if (!failed) /* posix_spawn takes char *const[] but writes to none of them */
        failed = posix_spawn(process, arguments[0], &actions, NULL, (char *const *)(uintptr_t)arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

struct child *child_start(const void *context, const char *const arguments[], struct error **error)
{
    int input[2];
    int output[2];
    if (pipe2(input, O_CLOEXEC) != 0) {
        error_set_errno(error, "cannot make a pipe for %s", arguments[0]);
        return NULL;
    }
    if (pipe2(output, O_CLOEXEC) != 0) {
        error_set_errno(error, "cannot make a pipe for %s", arguments[0]);
        close_both(input);
        return NULL;
    }
    pid_t process;
    int failed = spawn(arguments, input, output, &process);
    close(input[0]);
    close(output[1]);
    if (failed) {
        error_set(error, ERROR_TEMPORARY, "cannot start %s: %s", arguments[0], strerror(failed));
        close(input[1]);
        close(output[0]);
        return NULL;
    }
    struct child *child = memory_new(context, struct child);
    *child = (struct child){process, input[1], output[0], memory_copy_text(child, arguments[0])};
    talloc_set_destructor(child, destroy);
    return child;
}

bool frame_write(int descriptor, const char *bytes, size_t length, struct error **error)
{
    if (length > UINT32_MAX)
        return error_set(error, ERROR_REFUSED, "a frame of %zu bytes is too long", length);
    unsigned char head[LENGTH_BYTES] = {(unsigned char)(length >> 24), (unsigned char)(length >> 16),
                                        (unsigned char)(length >> 8), (unsigned char)length};
    struct iovec parts[2] = {{head, sizeof head}, {(void *)(uintptr_t)bytes, length}};
    struct iovec *part = parts;
    int left = 2;
    while (left) {
        ssize_t written = writev(descriptor, part, left);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return error_set_errno(error, "cannot write a frame");
        size_t done = (size_t)written;
        while (left && done >= part->iov_len) {
            done -= part->iov_len;
            part++;
            left--;
        }
        if (left) {
            part->iov_base = (char *)part->iov_base + done;
            part->iov_len -= done;
        }
    }
    return true;
}

bool child_send(struct child *child, const char *bytes, size_t length, struct error **error)
{
    return frame_write(child->to, bytes, length, error) || error_add(error, "%s does not listen", child->name);
}

static long now_in_milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum read_outcome { READ_WHOLE, READ_NOTHING, READ_FAILED };

/* Reads exactly `length` bytes before `deadline` (milliseconds; negative: no limit). */
static enum read_outcome read_exactly(int descriptor, char *bytes, size_t length, long deadline, struct error **error)
{
    size_t used = 0;
    while (used < length) {
        if (deadline >= 0) {
            long left = deadline - now_in_milliseconds();
            struct pollfd waiting = {.fd = descriptor, .events = POLLIN};
            int ready = poll(&waiting, 1, left > 0 ? (int)left : 0);
            if (ready < 0 && errno == EINTR)
                continue;
            if (ready <= 0) {
                error_set(error, ERROR_TEMPORARY, "no answer in time");
                return READ_FAILED;
            }
        }
        ssize_t got = read(descriptor, bytes + used, length - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            error_set_errno(error, "cannot read a frame");
            return READ_FAILED;
        }
        if (got == 0) {
            if (used == 0)
                return READ_NOTHING;
            error_set(error, ERROR_TEMPORARY, "a frame ended in the middle");
            return READ_FAILED;
        }
        used += (size_t)got;
    }
    return READ_WHOLE;
}

static char *read_frame(const void *context, int descriptor, size_t maximum, long deadline, size_t *length,
                        bool *at_end, struct error **error)
{
    unsigned char head[LENGTH_BYTES];
    *at_end = false;
    enum read_outcome outcome = read_exactly(descriptor, (char *)head, sizeof head, deadline, error);
    if (outcome != READ_WHOLE) {
        *at_end = outcome == READ_NOTHING;
        return NULL;
    }
    size_t announced = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    if (announced > maximum) {
        error_set(error, ERROR_REFUSED, "a frame of %zu bytes is larger than the %zu allowed", announced, maximum);
        return NULL;
    }
    char *bytes = memory_check(talloc_size(context, announced + 1));
    outcome = announced ? read_exactly(descriptor, bytes, announced, deadline, error) : READ_WHOLE;
    if (outcome == READ_WHOLE) {
        bytes[announced] = '\0';
        *length = announced;
        return bytes;
    }
    if (outcome == READ_NOTHING)
        error_set(error, ERROR_TEMPORARY, "a frame ended in the middle");
    talloc_free(bytes);
    return NULL;
}

char *frame_read(const void *context, int descriptor, size_t maximum, size_t *length, bool *at_end,
                 struct error **error)
{
    return read_frame(context, descriptor, maximum, -1, length, at_end, error);
}

char *child_receive(struct child *child, const void *context, size_t maximum, int seconds, size_t *length,
                    struct error **error)
{
    bool at_end;
    long deadline = now_in_milliseconds() + seconds * 1000L;
    char *bytes = read_frame(context, child->from, maximum, deadline, length, &at_end, error);
    if (bytes)
        return bytes;
    if (at_end)
        error_set(error, ERROR_TEMPORARY, "%s ended without an answer", child->name);
    else
        error_add(error, "%s failed", child->name);
    return NULL;
}
