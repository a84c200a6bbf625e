/* The site that updates come from: see site.h. */
#include "xen/site.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/memory.h"
#include "xen/catalogue.h"

enum {
    CONNECT_SECONDS = 20,
    SILENCE_SECONDS = 60,
    MOST_REDIRECTS = 5,
    CATALOGUE_SECONDS = 60,
    CATALOGUE_BYTES = 16 * 1024 * 1024,
};

struct transfer {
    const struct site_request *request;
    bool stopped;
};

static size_t take_bytes(char *bytes, size_t size, size_t count, void *user)
{
    struct transfer *transfer = user;
    if (transfer->request->take(transfer->request->closure, bytes, size * count))
        return size * count;
    transfer->stopped = true;
    return 0;
}

static bool set_options(CURL *curl, const struct site_request *request, struct transfer *transfer, char *problem)
{
    return curl_easy_setopt(curl, CURLOPT_URL, request->source) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)MOST_REDIRECTS) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_USERAGENT, "kairan") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT, request->seconds) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)SILENCE_SECONDS) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_MAX_RECV_SPEED_LARGE, (curl_off_t)request->rate) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_RESUME_FROM_LARGE, (curl_off_t)request->from) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, problem) == CURLE_OK;
}

static bool fetch_url(const struct site_request *request, struct site_answer *answer, struct error **error)
{
    char problem[CURL_ERROR_SIZE] = "";
    struct transfer transfer = {.request = request};
    CURL *curl = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_easy_init() : NULL;
    bool ready = curl && set_options(curl, request, &transfer, problem);
    CURLcode code = ready ? curl_easy_perform(curl) : CURLE_FAILED_INIT;
    curl_off_t length = -1;
    if (ready) {
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->status);
        curl_easy_getinfo(curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    }
    curl_easy_cleanup(curl);
    answer->length = length;
    answer->was_stopped = transfer.stopped;
    answer->cannot_resume = code == CURLE_RANGE_ERROR;
    if (code == CURLE_OK && (answer->status == 200 || answer->status == 206))
        return true;
    if (code == CURLE_OK)
        return error_set(error, ERROR_TEMPORARY, "%s answers with HTTP status %ld", request->source, answer->status);
    return error_set(error, ERROR_TEMPORARY, "%s: %s", request->source, *problem ? problem : curl_easy_strerror(code));
}

static bool fetch_file(const struct site_request *request, struct site_answer *answer, struct error **error)
{
    size_t length;
    char *bytes = file_read(NULL, request->source, CATALOGUE_BYTES, &length, error);
    bool taken = bytes && request->take(request->closure, bytes, length);
    answer->length = (int64_t)length;
    answer->was_stopped = bytes && !taken;
    talloc_free(bytes);
    return taken || (bytes && error_set(error, ERROR_REFUSED, "%s was not read to its end", request->source));
}

bool site_fetch(const struct site_request *request, struct site_answer *answer, struct error **error)
{
    *answer = (struct site_answer){.length = -1};
    return strstr(request->source, "://") ? fetch_url(request, answer, error) : fetch_file(request, answer, error);
}

/* Catalogues */

struct reading {
    struct catalogue *catalogue;
    struct buffer *bytes;
    struct error *error;
};

static bool take_piece(void *closure, const char *bytes, size_t length)
{
    struct reading *reading = closure;
    if (reading->bytes)
        buffer_add(reading->bytes, bytes, length);
    return catalogue_feed(reading->catalogue, bytes, length, &reading->error);
}

/* Reads it from a URL or a file; with `bytes` what came is kept there as well. */
static json_t *read_catalogue(const void *context, const char *source, struct buffer *bytes, struct error **error)
{
    struct reading reading = {.catalogue = catalogue_begin(context, error), .bytes = bytes};
    struct site_request request = {.source = source, .seconds = CATALOGUE_SECONDS, .take = take_piece, .closure = &reading};
    struct site_answer answer;
    struct error *problem = NULL;
    if (!reading.catalogue)
        return NULL;
    if (site_fetch(&request, &answer, &problem))
        return catalogue_end(reading.catalogue, error);
    bool is_bad = reading.error != NULL; /* what is wrong with it, rather than that it was not read on */
    struct error *why = is_bad ? reading.error : problem;
    if (is_bad)
        error_free(&problem);
    if (error)
        *error = why;
    else
        error_free(&why);
    return NULL;
}

static bool keep_copy(const void *context, const char *copy, const struct buffer *bytes)
{
    char *fresh = memory_format(context, "%s.new", copy);
    unlink(fresh);
    return !bytes->overflowed && file_create(fresh, bytes->bytes, bytes->length, 0600, NULL) && rename(fresh, copy) == 0;
}

static json_t *describe(json_t *catalogue, const char *problem, time_t fetched_at)
{
    if (catalogue) {
        json_object_set_new(catalogue, "problem", problem ? json_string(problem) : json_null());
        json_object_set_new(catalogue, "fetched_at", json_integer((json_int_t)fetched_at));
    }
    return catalogue;
}

json_t *site_read_catalogue(const char *source, const char *copy, struct error **error)
{
    void *context = talloc_new(NULL);
    struct buffer *bytes = buffer_new(context, CATALOGUE_BYTES);
    struct error *problem = NULL;
    struct stat status;
    json_t *catalogue = describe(read_catalogue(context, source, bytes, &problem), NULL, time(NULL));
    if (catalogue) {
        keep_copy(context, copy, bytes); /* best effort: without one only the next failure is worse */
    } else {
        char *sentence = error_text(context, problem);
        if (stat(copy, &status) == 0)
            catalogue = describe(read_catalogue(context, copy, NULL, NULL), sentence, status.st_mtime);
    }
    if (!catalogue && error)
        *error = problem;
    else
        error_free(&problem);
    talloc_free(context);
    return catalogue;
}
