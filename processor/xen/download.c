/* Downloads of updates: see download.h. */
#include "xen/download.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "xen/package.h"
#include "xen/site.h"

static const int64_t most_bytes = (int64_t)4 << 30; /* the largest real one has 1.5 GB */

struct download {
    const struct download_order *order;
    const char *part;
    int descriptor;
    int64_t there; /* bytes of the part */
    char begins[PACKAGE_MAGIC];
    const char *kind;
    struct error *error;
};

static bool fail(struct download *download, const char *kind, const char *sentence)
{
    download->kind = kind;
    error_free(&download->error);
    return error_set(&download->error, ERROR_REFUSED, "%s: %s", download->order->url, sentence);
}

static bool write_all(struct download *download, const char *bytes, size_t length)
{
    while (length) {
        ssize_t written = write(download->descriptor, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            download->kind = "volume";
            return error_set_errno(&download->error, "cannot write %s", download->part);
        }
        bytes += written;
        length -= (size_t)written;
        download->there += written;
    }
    return true;
}

/* A page for people is known by its first bytes; no more of it is wanted. */
static bool take(void *closure, const char *bytes, size_t length)
{
    struct download *download = closure;
    int64_t before = download->there;
    int64_t most = download->order->bytes ? download->order->bytes : most_bytes;
    for (size_t i = 0; before + (int64_t)i < PACKAGE_MAGIC && i < length; i++)
        download->begins[before + (int64_t)i] = bytes[i];
    size_t known = before + (int64_t)length < PACKAGE_MAGIC ? (size_t)before + length : PACKAGE_MAGIC;
    if (before < PACKAGE_MAGIC && !package_begins_well(download->begins, known))
        return fail(download, "not_update", "what came is no ZIP archive, but perhaps a page that wants a login");
    if (before + (int64_t)length > most)
        return fail(download, "not_update", "more came than the update has");
    return write_all(download, bytes, length);
}

static bool open_part(struct download *download, struct error **error)
{
    struct stat status;
    download->descriptor = open(download->part, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (download->descriptor < 0 || fstat(download->descriptor, &status) != 0)
        return error_set_errno(error, "cannot open %s", download->part);
    download->there = status.st_size;
    return true;
}

static bool begin_anew(struct download *download)
{
    download->there = 0;
    return ftruncate(download->descriptor, 0) == 0;
}

/* A part that is as long as the whole must be is not asked for again. */
static bool fetch(struct download *download, struct error **error)
{
    const struct download_order *order = download->order;
    struct site_request request = {.source = order->url, .seconds = order->seconds, .rate = order->rate, .from = download->there,
                                   .take = take, .closure = download};
    struct site_answer answer;
    if (order->bytes && download->there > order->bytes && !begin_anew(download))
        return error_set_errno(error, "cannot cut %s", download->part);
    if (order->bytes && download->there == order->bytes)
        return true;
    request.from = download->there;
    bool came = site_fetch(&request, &answer, error);
    bool is_useless = !came && request.from && (answer.cannot_resume || answer.status == 416);
    if (is_useless && begin_anew(download)) {
        error_free(error);
        request.from = 0;
        came = site_fetch(&request, &answer, error);
    }
    return came;
}

static bool put_in_place(const void *context, struct download *download, const char *digest, struct error **error)
{
    const char *file = download->order->file;
    char *folder = memory_copy_text(context, file);
    char *name = memory_copy_text(context, file);
    char *note = memory_format(context, "%s.sha256", file);
    char *text = memory_format(context, "%s  %s\n", digest, basename(name));
    unlink(note);
    if (fsync(download->descriptor) != 0)
        return error_set_errno(error, "cannot write %s", download->part);
    if (!file_create(note, text, strlen(text), 0600, error))
        return false;
    if (rename(download->part, file) != 0)
        return error_set_errno(error, "cannot rename %s", download->part);
    return file_sync_folder(dirname(folder), error);
}

/* What is wrong once it has come whole cannot be mended by going on. */
static json_t *judge(const void *context, struct download *download, int64_t resumed, const char **kind, struct error **error)
{
    const struct download_order *order = download->order;
    *kind = "not_update";
    if (order->bytes && download->there != order->bytes) {
        error_set(error, ERROR_REFUSED, "%s has %lld bytes, not the %lld of the catalogue", order->url, (long long)download->there,
                  (long long)order->bytes);
    } else if (package_check(download->part, error)) {
        *kind = "volume";
        char *digest = package_digest(context, download->part, error);
        if (digest && put_in_place(context, download, digest, error))
            return json_pack("{s:I, s:s, s:I}", "bytes", (json_int_t)download->there, "sha256", digest, "resumed", (json_int_t)resumed);
    }
    if (strcmp(*kind, "not_update") == 0)
        unlink(download->part);
    return NULL;
}

json_t *download_run(const struct download_order *order, const char **kind, struct error **error)
{
    void *context = talloc_new(NULL);
    struct download download = {.order = order, .part = memory_format(context, "%s.part", order->file), .descriptor = -1};
    json_t *done = NULL;
    *kind = "volume";
    if (open_part(&download, error)) {
        struct error *problem = NULL;
        int64_t resumed = download.there;
        if (fetch(&download, &problem)) {
            done = judge(context, &download, resumed, kind, error);
        } else {
            *kind = download.kind ? download.kind : "unreachable";
            if (error)
                *error = download.error ? download.error : problem;
            if (download.error && error)
                error_free(&problem);
            if (strcmp(*kind, "not_update") == 0)
                unlink(download.part);
        }
    }
    if (download.descriptor >= 0)
        close(download.descriptor);
    talloc_free(context);
    return done;
}
