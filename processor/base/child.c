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

enum { LENGTH_BYTES = 4 };

struct child {
    pid_t process;
    int to;
    int from;
    char *name;
    long deadline; /* of the exchange, in milliseconds */
};

static long now_in_milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

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

char *const *child_arguments(const char *const arguments[])
{
    union {
        const char *const *ours;
        char *const *theirs;
    } list = {.ours = arguments};
    return list.theirs;
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
    if (!failed)
        failed = posix_spawn(process, arguments[0], &actions, NULL, child_arguments(arguments), environ);
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
    pid_t process = 0;
    /* our end alone: a child that does not read must not hold us */
    int failed = fcntl(input[1], F_SETFL, O_NONBLOCK) != 0 ? errno : spawn(arguments, input, output, &process);
    close(input[0]);
    close(output[1]);
    if (failed) {
        errno = failed;
        error_set_errno(error, "cannot start %s", arguments[0]);
        close(input[1]);
        close(output[0]);
        return NULL;
    }
    struct child *child = memory_new(context, struct child);
    *child = (struct child){process, input[1], output[0], memory_copy_text(child, arguments[0]), now_in_milliseconds()};
    talloc_set_destructor(child, destroy);
    return child;
}

/* writev takes void * for readers' sake and writes to neither piece. */
union piece {
    const void *ours;
    void *theirs;
};

/* Where frames come from or go to, and until when (milliseconds; negative: however long it takes). */
struct line {
    int descriptor;
    long deadline;
};

static bool wait_for(const struct line *line, short event, struct error **error)
{
    if (line->deadline < 0)
        return true;
    for (;;) {
        long left = line->deadline - now_in_milliseconds();
        struct pollfd waiting = {.fd = line->descriptor, .events = event};
        int ready = poll(&waiting, 1, left > 0 ? (int)left : 0);
        if (ready > 0)
            return true;
        if (ready == 0)
            return error_set(error, ERROR_TEMPORARY, event == POLLIN ? "no answer in time" : "nobody reads in time");
        if (errno != EINTR)
            return error_set_errno(error, "cannot wait for a frame");
    }
}

/* Head and bytes in one call as a rule: the other side wakes once. */
static bool write_frame(const struct line *line, const char *bytes, size_t length, struct error **error)
{
    if (length > UINT32_MAX)
        return error_set(error, ERROR_REFUSED, "a frame of %zu bytes is too long", length);
    unsigned char head[LENGTH_BYTES] = {(unsigned char)(length >> 24), (unsigned char)(length >> 16),
                                        (unsigned char)(length >> 8), (unsigned char)length};
    union piece body = {.ours = bytes};
    struct iovec pieces[2] = {{head, sizeof head}, {body.theirs, length}};
    while (pieces[0].iov_len || pieces[1].iov_len) {
        if (!wait_for(line, POLLOUT, error))
            return false;
        ssize_t written = writev(line->descriptor, pieces, 2);
        if (written < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (written < 0)
            return error_set_errno(error, "cannot write a frame");
        for (size_t i = 0, done = (size_t)written; i < 2; i++) {
            size_t taken = done < pieces[i].iov_len ? done : pieces[i].iov_len;
            pieces[i].iov_base = (char *)pieces[i].iov_base + taken;
            pieces[i].iov_len -= taken;
            done -= taken;
        }
    }
    return true;
}

bool frame_write(int descriptor, const char *bytes, size_t length, struct error **error)
{
    return write_frame(&(struct line){descriptor, -1}, bytes, length, error);
}

void child_begin(struct child *child, int seconds)
{
    child->deadline = now_in_milliseconds() + seconds * 1000L;
}

bool child_is_late(const struct child *child)
{
    return now_in_milliseconds() >= child->deadline;
}

bool child_send(struct child *child, const char *bytes, size_t length, struct error **error)
{
    return write_frame(&(struct line){child->to, child->deadline}, bytes, length, error) ||
           error_add(error, "%s does not listen", child->name);
}

enum read_outcome { READ_WHOLE, READ_NOTHING, READ_FAILED };

/* Reads exactly `length` bytes. READ_NOTHING: the other side has ended before the first of them. */
static enum read_outcome read_exactly(const struct line *line, char *bytes, size_t length, struct error **error)
{
    size_t used = 0;
    while (used < length) {
        if (!wait_for(line, POLLIN, error))
            return READ_FAILED;
        ssize_t got = read(line->descriptor, bytes + used, length - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0 && used == 0)
            return READ_NOTHING;
        if (got <= 0) {
            if (got < 0)
                error_set_errno(error, "cannot read a frame");
            else
                error_set(error, ERROR_TEMPORARY, "a frame ended in the middle");
            return READ_FAILED;
        }
        used += (size_t)got;
    }
    return READ_WHOLE;
}

/* NULL without an error when the other side has ended between two frames. */
static char *read_frame(const void *context, const struct line *line, size_t maximum, size_t *length,
                        struct error **error)
{
    unsigned char head[LENGTH_BYTES];
    if (read_exactly(line, (char *)head, sizeof head, error) != READ_WHOLE)
        return NULL;
    *length = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    if (*length > maximum) {
        error_set(error, ERROR_REFUSED, "a frame of %zu bytes is larger than the %zu allowed", *length, maximum);
        return NULL;
    }
    char *bytes = memory_check(talloc_size(context, *length + 1));
    enum read_outcome outcome = *length ? read_exactly(line, bytes, *length, error) : READ_WHOLE;
    if (outcome == READ_WHOLE) {
        bytes[*length] = '\0';
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
    struct error *reason = NULL;
    char *bytes = read_frame(context, &(struct line){descriptor, -1}, maximum, length, &reason);
    *at_end = !bytes && !reason;
    if (error)
        *error = reason;
    else
        error_free(&reason);
    return bytes;
}

char *child_receive(struct child *child, const void *context, size_t maximum, size_t *length, struct error **error)
{
    struct error *reason = NULL;
    struct line line = {child->from, child->deadline};
    char *bytes = read_frame(context, &line, maximum, length, &reason);
    if (bytes)
        return bytes;
    if (reason)
        error_add(&reason, "%s failed", child->name);
    else
        error_set(&reason, ERROR_TEMPORARY, "%s ended without an answer", child->name);
    if (error)
        *error = reason;
    else
        error_free(&reason);
    return NULL;
}
