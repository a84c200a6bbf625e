/*
 * Helper programs: a child that is asked and answers over two pipes, one frame each way, many times over.
 * A frame is four bytes of length (big-endian) and that many bytes. Parsing strangers' mail and speaking SMTP
 * live in such children: they link the heavy libraries, hold no secrets, and can be killed without loss.
 */
#ifndef KAIRAN_BASE_CHILD_H
#define KAIRAN_BASE_CHILD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"

struct child;

/*
 * Starts `arguments[0]` (a path; NULL-terminated list, no shell) as a talloc child of `context`: freeing it closes
 * the pipes and reaps the process, which is killed when it does not leave by itself. Its standard error is ours.
 */
struct child *child_start(const void *context, const char *const arguments[], struct error **error);

/* A list of constant words as posix_spawn wants it: char *const[], for history's sake; it writes to none of them. */
char *const *child_arguments(const char *const arguments[]);

/*
 * Begins an exchange: all that is sent and received from here on has `seconds` together, so that a child that does not
 * listen cannot hold us either.
 */
void child_begin(struct child *child, int seconds);

/* Whether the exchange has used up its time. */
bool child_is_late(const struct child *child);

/* Sends one frame. When it fails the child is of no more use: free it and start another. */
bool child_send(struct child *child, const char *bytes, size_t length, struct error **error);

/* Sends several at once (frames_add), likewise: on a machine that is busy, much cheaper than one by one. */
bool child_send_frames(struct child *child, const struct buffer *frames, struct error **error);

/* How many bytes can be on the way to the child, so that sending them does not wait for it to read; 0: nobody knows. */
size_t child_room(const struct child *child);

/* Waits for one frame of at most `maximum` bytes, below `context`. When it fails the child is of no more use, either. */
char *child_receive(struct child *child, const void *context, size_t maximum, size_t *length, struct error **error);

/*
 * Waits until one of several children, each in an exchange, has something to say or has used up its time; returns its place in the
 * list, whose child_receive() then does not wait for the first byte.
 */
size_t child_wait_any(struct child *const children[], size_t count);

/* The helper's side: frames that come in on a descriptor, read through a buffer below `context`. */
struct frames;
struct frames *frames_open(const void *context, int descriptor);

/* The next one, below `context`; NULL with *at_end set when there is no more. */
char *frames_read(const void *context, struct frames *frames, size_t maximum, size_t *length, bool *at_end,
                  struct error **error);

/* Whether the next one is in the buffer already, whole: asking for it will not wait. */
bool frames_have_next(const struct frames *frames);

/* One frame out. */
bool frame_write(int descriptor, const char *bytes, size_t length, struct error **error);

/* Several frames out at once; a buffer that has overflowed is refused. */
void frames_add(struct buffer *frames, const char *bytes, size_t length);
bool frames_write(int descriptor, const struct buffer *frames, struct error **error);

#endif
