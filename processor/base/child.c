/* Helper programs and their frames: see child.h. */
#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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

/* Frames that come in: head and bytes of a usual one arrive with one read. */
struct frames {
    int descriptor;
    long deadline; /* in milliseconds; negative: however long it takes */
    size_t start;  /* what has been read and not yet asked for … */
    size_t end;    /* … lies between these in `bytes` */
    char bytes[16 * 1024];
};

struct child {
    pid_t process;
    int to;
    struct frames *from;
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
    close(child->from->descriptor);
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
    *child = (struct child){process, input[1], frames_open(child, output[0]), memory_copy_text(child, arguments[0]),
                            now_in_milliseconds()};
    talloc_set_destructor(child, destroy);
    return child;
}

/* writev takes void * for readers' sake and writes to neither piece. */
union piece {
    const void *ours;
    void *theirs;
};

/* A negative deadline: the call that follows waits by itself. */
static bool wait_for(int descriptor, long deadline, short event, struct error **error)
{
    if (deadline < 0)
        return true;
    for (;;) {
        long left = deadline - now_in_milliseconds();
        struct pollfd waiting = {.fd = descriptor, .events = event};
        int ready = poll(&waiting, 1, left > 0 ? (int)left : 0);
        if (ready > 0)
            return true;
        if (ready == 0)
            return error_set(error, ERROR_TEMPORARY, event == POLLIN ? "no answer in time" : "nobody reads in time");
        if (errno != EINTR)
            return error_set_errno(error, "cannot wait for a frame");
    }
}

/* In one call as a rule: the other side wakes once. */
static bool write_pieces(int descriptor, long deadline, struct iovec pieces[2], struct error **error)
{
    while (pieces[0].iov_len || pieces[1].iov_len) {
        if (!wait_for(descriptor, deadline, POLLOUT, error))
            return false;
        ssize_t written = writev(descriptor, pieces, 2);
        if (written < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (written < 0)
            return error_set_errno(error, "cannot write a frame");
        for (size_t i = 0, done = (size_t)written; done; i++) {
            size_t taken = done < pieces[i].iov_len ? done : pieces[i].iov_len;
            pieces[i].iov_base = (char *)pieces[i].iov_base + taken;
            pieces[i].iov_len -= taken;
            done -= taken;
        }
    }
    return true;
}

static void write_length(unsigned char head[LENGTH_BYTES], size_t length)
{
    for (size_t i = 0; i < LENGTH_BYTES; i++)
        head[i] = (unsigned char)(length >> 8 * (LENGTH_BYTES - 1 - i));
}

static bool write_frame(int descriptor, long deadline, const char *bytes, size_t length, struct error **error)
{
    if (length > UINT32_MAX)
        return error_set(error, ERROR_REFUSED, "a frame of %zu bytes is too long", length);
    unsigned char head[LENGTH_BYTES];
    write_length(head, length);
    union piece body = {.ours = bytes};
    struct iovec pieces[2] = {{head, sizeof head}, {body.theirs, length}};
    return write_pieces(descriptor, deadline, pieces, error);
}

static bool write_frames(int descriptor, long deadline, const struct buffer *frames, struct error **error)
{
    if (frames->overflowed)
        return error_set(error, ERROR_REFUSED, "frames of more than %zu bytes are too long", frames->maximum);
    struct iovec pieces[2] = {{frames->bytes, frames->length}};
    return write_pieces(descriptor, deadline, pieces, error);
}

void frames_add(struct buffer *frames, const char *bytes, size_t length)
{
    unsigned char head[LENGTH_BYTES];
    write_length(head, length);
    buffer_add(frames, (const char *)head, sizeof head);
    buffer_add(frames, bytes, length);
}

bool frames_write(int descriptor, const struct buffer *frames, struct error **error)
{
    return write_frames(descriptor, -1, frames, error);
}

bool frame_write(int descriptor, const char *bytes, size_t length, struct error **error)
{
    return write_frame(descriptor, -1, bytes, length, error);
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
    return write_frame(child->to, child->deadline, bytes, length, error) ||
           error_add(error, "%s does not listen", child->name);
}

bool child_send_frames(struct child *child, const struct buffer *frames, struct error **error)
{
    return write_frames(child->to, child->deadline, frames, error) ||
           error_add(error, "%s does not listen", child->name);
}

size_t child_room(const struct child *child)
{
    int size = fcntl(child->to, F_GETPIPE_SZ);
    return size > 0 ? (size_t)size : 0;
}

enum read_outcome { READ_WHOLE, READ_NOTHING, READ_FAILED };

/* One read: into `bytes` when much is wanted, else into the buffer, as much as there is. READ_NOTHING: the end. */
static enum read_outcome read_some(struct frames *frames, char *bytes, size_t wanted, size_t *got, struct error **error)
{
    bool directly = wanted >= sizeof frames->bytes;
    for (;;) {
        if (!wait_for(frames->descriptor, frames->deadline, POLLIN, error))
            return READ_FAILED;
        ssize_t count = directly ? read(frames->descriptor, bytes, wanted)
                                 : read(frames->descriptor, frames->bytes, sizeof frames->bytes);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            error_set_errno(error, "cannot read a frame");
        if (count <= 0)
            return count < 0 ? READ_FAILED : READ_NOTHING;
        *got = directly ? (size_t)count : 0;
        frames->start = 0;
        frames->end = directly ? 0 : (size_t)count;
        return READ_WHOLE;
    }
}

/* Reads exactly `length` bytes. READ_NOTHING: the other side has ended before the first of them. */
static enum read_outcome read_exactly(struct frames *frames, char *bytes, size_t length, struct error **error)
{
    for (size_t used = 0; used < length;) {
        size_t taken = frames->end - frames->start < length - used ? frames->end - frames->start : length - used;
        memcpy(bytes + used, frames->bytes + frames->start, taken);
        frames->start += taken;
        used += taken;
        if (used == length)
            break;
        enum read_outcome outcome = read_some(frames, bytes + used, length - used, &taken, error);
        if (outcome == READ_NOTHING && used) {
            error_set(error, ERROR_TEMPORARY, "a frame ended in the middle");
            return READ_FAILED;
        }
        if (outcome != READ_WHOLE)
            return outcome;
        used += taken;
    }
    return READ_WHOLE;
}

static size_t read_length(const unsigned char head[LENGTH_BYTES])
{
    return (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
}

/* NULL without an error when the other side has ended between two frames. */
static char *read_frame(const void *context, struct frames *frames, size_t maximum, size_t *length,
                        struct error **error)
{
    unsigned char head[LENGTH_BYTES];
    if (read_exactly(frames, (char *)head, sizeof head, error) != READ_WHOLE)
        return NULL;
    *length = read_length(head);
    if (*length > maximum) {
        error_set(error, ERROR_REFUSED, "a frame of %zu bytes is larger than the %zu allowed", *length, maximum);
        return NULL;
    }
    char *bytes = memory_check(talloc_size(context, *length + 1));
    enum read_outcome outcome = *length ? read_exactly(frames, bytes, *length, error) : READ_WHOLE;
    if (outcome == READ_WHOLE) {
        bytes[*length] = '\0';
        return bytes;
    }
    if (outcome == READ_NOTHING)
        error_set(error, ERROR_TEMPORARY, "a frame ended in the middle");
    talloc_free(bytes);
    return NULL;
}

struct frames *frames_open(const void *context, int descriptor)
{
    struct frames *frames = memory_check(talloc(context, struct frames)); /* the buffer need not be zeroed */
    frames->descriptor = descriptor;
    frames->deadline = -1;
    frames->start = frames->end = 0;
    return frames;
}

bool frames_have_next(const struct frames *frames)
{
    size_t there = frames->end - frames->start;
    return there >= LENGTH_BYTES &&
           there - LENGTH_BYTES >= read_length((const unsigned char *)frames->bytes + frames->start);
}

char *frames_read(const void *context, struct frames *frames, size_t maximum, size_t *length, bool *at_end,
                  struct error **error)
{
    struct error *reason = NULL;
    char *bytes = read_frame(context, frames, maximum, length, &reason);
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
    child->from->deadline = child->deadline;
    char *bytes = read_frame(context, child->from, maximum, length, &reason);
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

size_t child_wait_any(struct child *const children[], size_t count)
{
    struct pollfd *waiting = memory_array(NULL, struct pollfd, count);
    size_t found = count;
    while (found == count) {
        long nearest = 0;
        size_t late = count;
        for (size_t i = 0; i < count; i++) {
            long left = children[i]->deadline - now_in_milliseconds();
            nearest = i == 0 || left < nearest ? left : nearest;
            late = left <= 0 ? i : late;
            waiting[i] = (struct pollfd){.fd = children[i]->from->descriptor, .events = POLLIN};
        }
        int ready = poll(waiting, count, nearest > 0 ? (int)(nearest < INT_MAX ? nearest : INT_MAX) : 0);
        for (size_t i = 0; ready > 0 && i < count && found == count; i++)
            found = waiting[i].revents ? i : found;
        if (found == count && (late < count || (ready < 0 && errno != EINTR)))
            found = late < count ? late : 0;
    }
    talloc_free(waiting);
    return found;
}
