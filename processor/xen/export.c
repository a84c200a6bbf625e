/* Streams of a pool to disk: see export.h. */
#include "xen/export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "xen/dump.h"
#include "xen/pipeline.h"
#include "xen/xva.h"

enum {
    LOOK_BYTES = 32 * 1024 * 1024, /* between two looks at the volume; also what is handed to the disk at once */
    WRITE_BYTES = 64 * 1024, /* at a time: the kernel copies what is longer into large pages of its cache, for twice the processor time */
    MOST_REDIRECTS = 2,
};

/* One stream on its way to the disk. While it comes, only the thread of the pipeline touches what stands here. */
struct stream {
    const struct export_order *order;
    int descriptor;
    int64_t written;
    int64_t looked; /* at the volume, after so many bytes */
    struct xva *xva;
    struct dump *dump;
    const char *kind;
    struct error *error;
};

static bool fail(struct stream *stream, const char *kind)
{
    stream->kind = kind;
    return false;
}

static bool write_all(struct stream *stream, const char *bytes, size_t length)
{
    while (length) {
        ssize_t written = write(stream->descriptor, bytes, length < WRITE_BYTES ? length : WRITE_BYTES);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            bool is_full = errno == ENOSPC || errno == EDQUOT;
            error_set_errno(&stream->error, "cannot write %s", stream->order->file);
            return fail(stream, is_full ? "volume_full" : "volume");
        }
        bytes += written;
        length -= (size_t)written;
        stream->written += written;
    }
    return true;
}

/* Others write to the volume, too: it is looked at while the stream comes, not only before. */
static bool look_at_volume(struct stream *stream)
{
    struct statvfs volume;
    if (stream->written - stream->looked < LOOK_BYTES)
        return true;
    sync_file_range(stream->descriptor, stream->looked, 0, SYNC_FILE_RANGE_WRITE); /* so that the end need not wait for all */
    stream->looked = stream->written;
    if (fstatvfs(stream->descriptor, &volume) != 0 ||
        (int64_t)volume.f_bavail * (int64_t)volume.f_frsize >= stream->order->reserve)
        return true;
    error_set(&stream->error, ERROR_TEMPORARY, "the volume of %s has come down to its reserve", stream->order->file);
    return fail(stream, "volume_full");
}

static bool take(void *closure, const char *bytes, size_t length)
{
    struct stream *stream = closure;
    bool fine = stream->xva ? xva_feed(stream->xva, bytes, length, &stream->error)
                            : dump_feed(stream->dump, bytes, length, &stream->error);
    if (!fine)
        return fail(stream, "damaged");
    return write_all(stream, bytes, length) && look_at_volume(stream);
}

static bool feed(void *closure, const char *bytes, size_t length)
{
    return pipeline_feed(closure, bytes, length);
}

static int open_file(const char *file, struct error **error)
{
    int descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        error_set_errno(error, "cannot make %s", file);
    return descriptor;
}

/* The host of "https://HOST[:PORT]/…" below `context`, or NULL. */
static char *host_of(const void *context, const char *location)
{
    static const char scheme[] = "https://";
    if (strncmp(location, scheme, sizeof scheme - 1) != 0)
        return NULL;
    const char *host = location + sizeof scheme - 1;
    size_t length = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/");
    return length && length < 256 ? memory_copy_bytes(context, host, length) : NULL;
}

/*
 * A host that cannot see the disks names another. It is followed by hand, to the same path: the session goes with a cookie, which
 * must not reach anybody whose key is not pinned.
 */
static void perform(const void *context, struct https *https, const struct export_order *order, struct pipeline *pipeline,
                    struct https_answer *answer)
{
    char *path = order->uuid ? memory_format(context, "/export?uuid=%s&use_compression=false", order->uuid)
                             : memory_copy_text(context, "/pool/xmldbdump");
    char *cookies = memory_format(context, "session_id=%s%s%s", order->session, order->task ? "; task_id=" : "",
                                  order->task ? order->task : "");
    struct https_request request = {.place = order->place, .path = path, .cookies = cookies, .seconds = order->seconds,
                                    .rate = order->rate, .take = feed, .closure = pipeline};
    for (int redirects = 0;; redirects++) {
        https_perform(https, &request, answer);
        char *host = answer->outcome == HTTPS_ANSWERED && answer->status == 302 ? host_of(context, answer->location) : NULL;
        if (!host || redirects == MOST_REDIRECTS)
            return;
        request.place.address = host;
    }
}

/* All that comes, judged and written; false only when there is no thread to do so. */
static bool receive(const void *context, struct https *https, struct stream *stream, struct https_answer *answer)
{
    struct pipeline *pipeline = pipeline_open(context, take, stream, &stream->error);
    if (!pipeline)
        return false;
    perform(context, https, stream->order, pipeline, answer);
    pipeline_close(pipeline);
    return true;
}

static bool judge(struct stream *stream, const struct https_answer *answer)
{
    if (answer->status && answer->status != 200) {
        error_free(&stream->error);
        error_set(&stream->error, ERROR_TEMPORARY, "the host answers the export with HTTP status %ld", answer->status);
        return fail(stream, "nonsense");
    }
    if (stream->error)
        return false;
    if (answer->outcome == HTTPS_ANSWERED)
        return true;
    error_set(&stream->error, ERROR_TEMPORARY, "%s", answer->problem);
    return fail(stream, answer->outcome == HTTPS_STRANGER ? "stranger" : "unreachable");
}

static bool finish(struct stream *stream, struct xva_summary *summary)
{
    bool whole = stream->xva ? xva_end(stream->xva, summary, &stream->error) : dump_end(stream->dump, &stream->error);
    if (!whole)
        return fail(stream, "damaged");
    if (fsync(stream->descriptor) == 0)
        return true;
    error_set_errno(&stream->error, "cannot make %s durable", stream->order->file);
    return fail(stream, "volume");
}

static int64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

json_t *export_stream(struct https *https, const struct export_order *order, const char **kind, struct error **error)
{
    void *context = talloc_new(NULL);
    struct stream stream = {.order = order, .kind = "volume"};
    struct xva_summary summary = {0};
    struct https_answer answer;
    int64_t start = milliseconds();
    json_t *told = NULL;
    if (order->uuid)
        stream.xva = xva_begin(context, &stream.error);
    else
        stream.dump = dump_begin(context, &stream.error);
    if (stream.xva)
        xva_expect(stream.xva, order->uuid, order->disks);
    stream.descriptor = stream.error ? -1 : open_file(order->file, &stream.error);
    if (stream.descriptor >= 0) {
        bool done = receive(context, https, &stream, &answer) && judge(&stream, &answer) && finish(&stream, &summary);
        if (close(stream.descriptor) != 0 && done)
            done = error_set_errno(&stream.error, "cannot write %s", order->file);
        if (done)
            told = json_pack("{s:I, s:I, s:i, s:I, s:I}", "bytes", (json_int_t)stream.written, "chunks",
                             (json_int_t)summary.chunks, "disks", summary.disks, "milliseconds",
                             (json_int_t)(milliseconds() - start), "generation",
                             (json_int_t)(stream.dump ? dump_generation(stream.dump) : 0));
    }
    *kind = stream.kind;
    if (stream.error && !told) {
        *error = stream.error;
    } else {
        error_free(&stream.error);
    }
    talloc_free(context);
    return told;
}
