/* Bytes handed over to a thread of their own: see pipeline.h. Nothing but the ring below is touched by both sides. */
#include "xen/pipeline.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "base/memory.h"

enum { PIECES = 4, PIECE_BYTES = 512 * 1024 };

struct pipeline {
    bool (*take)(void *closure, const char *bytes, size_t length);
    void *closure;
    pthread_t thread;
    bool is_joined;
    size_t filling; /* bytes in the piece that is being filled; the feeding side's own */
    /* under the lock */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t put;   /* pieces handed over so far … */
    size_t taken; /* … and done with */
    bool is_over; /* no more will come */
    bool failed;  /* no more are wanted */
    size_t lengths[PIECES];
    char bytes[PIECES][PIECE_BYTES];
};

static void *run(void *user)
{
    struct pipeline *pipeline = user;
    pthread_mutex_lock(&pipeline->lock);
    while (!pipeline->failed) {
        if (pipeline->taken < pipeline->put) {
            size_t place = pipeline->taken % PIECES;
            pthread_mutex_unlock(&pipeline->lock);
            bool fine = pipeline->take(pipeline->closure, pipeline->bytes[place], pipeline->lengths[place]);
            pthread_mutex_lock(&pipeline->lock);
            pipeline->taken++;
            pipeline->failed = !fine;
            pthread_cond_signal(&pipeline->changed);
        } else if (pipeline->is_over) {
            break;
        } else {
            pthread_cond_wait(&pipeline->changed, &pipeline->lock);
        }
    }
    pthread_mutex_unlock(&pipeline->lock);
    return NULL;
}

static int destroy(struct pipeline *pipeline)
{
    pipeline_close(pipeline);
    pthread_cond_destroy(&pipeline->changed);
    pthread_mutex_destroy(&pipeline->lock);
    return 0;
}

struct pipeline *pipeline_open(const void *context, bool (*take)(void *closure, const char *bytes, size_t length), void *closure,
                               struct error **error)
{
    struct pipeline *pipeline = memory_new(context, struct pipeline);
    pipeline->take = take;
    pipeline->closure = closure;
    pthread_mutex_init(&pipeline->lock, NULL);
    pthread_cond_init(&pipeline->changed, NULL);
    int failed = pthread_create(&pipeline->thread, NULL, run, pipeline);
    if (!failed) {
        talloc_set_destructor(pipeline, destroy);
        return pipeline;
    }
    errno = failed;
    error_set_errno(error, "cannot start a thread");
    talloc_free(pipeline);
    return NULL;
}

/* Hands the piece that is being filled over, and waits until the next one is free. */
static bool hand_over(struct pipeline *pipeline)
{
    pthread_mutex_lock(&pipeline->lock);
    pipeline->lengths[pipeline->put % PIECES] = pipeline->filling;
    pipeline->put++;
    pipeline->filling = 0;
    pthread_cond_signal(&pipeline->changed);
    while (!pipeline->failed && pipeline->put - pipeline->taken == PIECES)
        pthread_cond_wait(&pipeline->changed, &pipeline->lock);
    bool wanted = !pipeline->failed;
    pthread_mutex_unlock(&pipeline->lock);
    return wanted;
}

bool pipeline_feed(struct pipeline *pipeline, const char *bytes, size_t length)
{
    while (length) {
        size_t fits = PIECE_BYTES - pipeline->filling < length ? PIECE_BYTES - pipeline->filling : length;
        memcpy(pipeline->bytes[pipeline->put % PIECES] + pipeline->filling, bytes, fits);
        pipeline->filling += fits;
        bytes += fits;
        length -= fits;
        if (pipeline->filling == PIECE_BYTES && !hand_over(pipeline))
            return false;
    }
    return true;
}

bool pipeline_close(struct pipeline *pipeline)
{
    if (pipeline->is_joined)
        return !pipeline->failed;
    if (pipeline->filling)
        hand_over(pipeline);
    pthread_mutex_lock(&pipeline->lock);
    pipeline->is_over = true;
    pthread_cond_signal(&pipeline->changed);
    pthread_mutex_unlock(&pipeline->lock);
    pthread_join(pipeline->thread, NULL);
    pipeline->is_joined = true;
    return !pipeline->failed;
}
