/*
 * Bytes handed over to a thread of their own: while the next ones are received and deciphered, those before are judged and written.
 * Nothing is reordered and nothing is dropped; whoever hands over waits when the other side is behind.
 */
#ifndef KAIRAN_XEN_PIPELINE_H
#define KAIRAN_XEN_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct pipeline;

/* Starts the thread, which calls take(closure, …) for piece after piece until one call is false. Below `context`. */
struct pipeline *pipeline_open(const void *context, bool (*take)(void *closure, const char *bytes, size_t length), void *closure,
                               struct error **error);

/* The next bytes. False: no more are wanted. */
bool pipeline_feed(struct pipeline *pipeline, const char *bytes, size_t length);

/* The end: waits until all was taken. False when a call of take() was; only now may its closure be looked at again. */
bool pipeline_close(struct pipeline *pipeline);

#endif
