/*
 * kairan-xen: speaks to hosts of XenServer pools for kairan. Frames on standard input and output, JSON each way:
 * {"do": word, …} brings {"value": …}, {"failure": [XAPI's code, parameters…]} or {"problem": sentence, "kind": word}. It alone reads
 * the password, from the file that is named where a password belongs: {"password_file": path}.
 */
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/child.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "xen/download.h"
#include "xen/export.h"
#include "xen/https.h"
#include "xen/site.h"
#include "xen/unread.h"
#include "xen/xmlrpc.h"

enum {
    REQUEST_BYTES = 1024 * 1024,
    ANSWER_BYTES = 64 * 1024 * 1024, /* the records of all VMs of a large pool are a few */
    PASSWORD_BYTES = 1024,
    CALL_SECONDS = 60,
};

/* One request and what it needs. */
struct work {
    void *context;
    struct https *https;
    const json_t *request;
};

static json_t *tell_problem(const char *kind, const char *sentence)
{
    json_t *answer = json_pack("{s:s, s:s}", "problem", sentence, "kind", kind);
    return answer ? answer : json_pack("{s:s, s:s}", "problem", "a host answers what is not UTF-8", "kind", kind);
}

static json_t *tell_error(const char *kind, struct error **error)
{
    char *text = error_text(NULL, *error);
    json_t *answer = tell_problem(kind, text);
    talloc_free(text);
    error_free(error);
    return answer;
}

static json_t *tell_answer(const struct https_answer *answer)
{
    if (answer->outcome == HTTPS_STRANGER)
        return tell_problem("stranger", answer->problem);
    return tell_problem("unreachable", answer->problem);
}

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static struct https_place place_of(const json_t *request)
{
    json_int_t port = json_integer_value(json_object_get(request, "port"));
    return (struct https_place){text_of(request, "address"), (long)port, text_of(request, "pins")};
}

/* Passwords */

static char *read_password(const void *context, const char *path, struct error **error)
{
    struct stat status;
    size_t length;
    if (stat(path, &status) != 0) {
        error_set_errno(error, "cannot look at the password file %s", path);
        return NULL;
    }
    if (status.st_mode & 077) {
        error_set(error, ERROR_INSTALLATION, "others may read the password file %s; set its mode to 0600", path);
        return NULL;
    }
    char *password = file_read(context, path, PASSWORD_BYTES, &length, error);
    if (password)
        password[strcspn(password, "\r\n")] = '\0';
    return password;
}

/* Puts the password where its file is named. */
static bool fill_in_password(void *context, json_t *params, struct error **error)
{
    size_t i;
    json_t *param;
    json_array_foreach(params, i, param) {
        const char *path = text_of(param, "password_file");
        if (!path)
            continue;
        char *password = read_password(context, path, error);
        json_t *value = password ? json_string(password) : NULL;
        if (!value)
            return password ? error_set(error, ERROR_INSTALLATION, "the password in %s is not UTF-8", path) : false;
        json_array_set_new(params, i, value);
    }
    return true;
}

/* call: one call of XAPI */

struct reading {
    struct xmlrpc_reader *reader;
    struct error *error;
};

static bool take_answer(void *closure, const char *bytes, size_t length)
{
    struct reading *reading = closure;
    return xmlrpc_feed(reading->reader, bytes, length, &reading->error);
}

static json_t *judge_answer(struct reading *reading, const struct https_answer *answer)
{
    if (answer->status && answer->status != 200) { /* what came with it is a page for people */
        char sentence[80];
        snprintf(sentence, sizeof sentence, "the host answers with HTTP status %ld", answer->status);
        error_free(&reading->error);
        return tell_problem("nonsense", sentence);
    }
    if (reading->error)
        return tell_error("nonsense", &reading->error);
    if (answer->outcome != HTTPS_ANSWERED)
        return tell_answer(answer);
    json_t *failure = NULL;
    json_t *document = xmlrpc_end(reading->reader, &reading->error);
    json_t *value = document ? xmlrpc_take_value(document, &failure, &reading->error) : NULL;
    json_decref(document);
    if (value)
        return json_pack("{s:o}", "value", value);
    if (failure)
        return json_pack("{s:o}", "failure", failure);
    return tell_error("nonsense", &reading->error);
}

static json_t *do_call(struct work *work)
{
    struct error *error = NULL;
    const char *method = text_of(work->request, "method");
    json_t *params = json_object_get(work->request, "params");
    if (!method || !json_is_array(params))
        return tell_problem("refused", "a call without method or parameters");
    if (!fill_in_password(work->context, params, &error))
        return tell_error("password", &error);
    char *body = xmlrpc_write_call(work->context, method, params);
    struct reading reading = {.reader = xmlrpc_begin(work->context, ANSWER_BYTES, &error)};
    if (!body || !reading.reader)
        return body ? tell_error("refused", &error) : tell_problem("refused", "the call is longer than XAPI takes");
    xmlrpc_leave_out(reading.reader, unread_depth(method), unread_has);
    struct https_request request = {.place = place_of(work->request), .path = "/", .body = body, .length = strlen(body),
                                    .seconds = CALL_SECONDS, .take = take_answer, .closure = &reading};
    struct https_answer answer;
    https_perform(work->https, &request, &answer);
    return judge_answer(&reading, &answer);
}

/* certificate: what a host shows of itself */

static json_t *do_certificate(struct work *work)
{
    struct https_place place = place_of(work->request);
    struct https_answer answer;
    json_t *certificate = https_certificate(work->https, &place, &answer);
    return certificate ? json_pack("{s:o}", "value", certificate) : tell_answer(&answer);
}

/* export: a VM, or without "uuid" the pool's database, to a file */

static json_t *do_export(struct work *work)
{
    const json_t *request = work->request;
    struct export_order order = {.place = place_of(request),
                                 .session = text_of(request, "session"),
                                 .task = text_of(request, "task"),
                                 .uuid = text_of(request, "uuid"),
                                 .file = text_of(request, "file"),
                                 .rate = (long)json_integer_value(json_object_get(request, "rate")),
                                 .seconds = (long)json_integer_value(json_object_get(request, "seconds")),
                                 .reserve = json_integer_value(json_object_get(request, "reserve")),
                                 .disks = (size_t)json_integer_value(json_object_get(request, "disks"))};
    struct error *error = NULL;
    const char *kind;
    if (!order.session || !order.file)
        return tell_problem("refused", "an export without session or file");
    json_t *told = export_stream(work->https, &order, &kind, &error);
    return told ? json_pack("{s:o}", "value", told) : tell_error(kind, &error);
}

/* get: a document in JSON that a host gives out beside its calls */

static bool take_text(void *closure, const char *bytes, size_t length)
{
    struct buffer *text = closure;
    buffer_add(text, bytes, length);
    return !text->overflowed;
}

static json_t *do_get(struct work *work)
{
    struct buffer *text = buffer_new(work->context, ANSWER_BYTES);
    const char *session = text_of(work->request, "session");
    struct https_request request = {.place = place_of(work->request), .path = text_of(work->request, "path"), .seconds = CALL_SECONDS,
                                    .take = take_text, .closure = text};
    struct https_answer answer;
    if (!session || !request.path)
        return tell_problem("refused", "a document without session or path");
    request.cookies = memory_format(work->context, "session_id=%s", session);
    https_perform(work->https, &request, &answer);
    if (answer.outcome != HTTPS_ANSWERED)
        return tell_answer(&answer);
    if (answer.status != 200)
        return tell_problem("nonsense", memory_format(work->context, "the host answers with HTTP status %ld", answer.status));
    json_t *value = json_loadb(text->bytes, text->length, JSON_REJECT_DUPLICATES, NULL);
    return value ? json_pack("{s:o}", "value", value) : tell_problem("nonsense", "the host answers what is no JSON");
}

/* catalogue: of updates, from their site or from a file */

static json_t *do_catalogue(struct work *work)
{
    struct error *error = NULL;
    const char *source = text_of(work->request, "source");
    const char *copy = text_of(work->request, "copy");
    if (!source || !copy)
        return tell_problem("refused", "a catalogue without source or copy");
    json_t *catalogue = site_read_catalogue(source, copy, &error);
    return catalogue ? json_pack("{s:o}", "value", catalogue) : tell_error("catalogue", &error);
}

/* download: an update, before it is needed */

static json_t *do_download(struct work *work)
{
    const json_t *request = work->request;
    struct download_order order = {.url = text_of(request, "url"),
                                   .file = text_of(request, "file"),
                                   .bytes = json_integer_value(json_object_get(request, "bytes")),
                                   .rate = (long)json_integer_value(json_object_get(request, "rate")),
                                   .seconds = (long)json_integer_value(json_object_get(request, "seconds"))};
    struct error *error = NULL;
    const char *kind;
    if (!order.url || !strstr(order.url, "://") || !order.file)
        return tell_problem("refused", "a download without URL or file");
    json_t *told = download_run(&order, &kind, &error);
    return told ? json_pack("{s:o}", "value", told) : tell_error(kind, &error);
}

static const struct {
    const char *word;
    json_t *(*run)(struct work *work);
    bool needs_host;
} words[] = {
    {"call", do_call, true},
    {"export", do_export, true},
    {"certificate", do_certificate, true},
    {"get", do_get, true},
    {"catalogue", do_catalogue, false},
    {"download", do_download, false},
};

static json_t *answer_request(struct work *work)
{
    const char *word = text_of(work->request, "do");
    for (size_t i = 0; word && i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].word, word) == 0 && (!words[i].needs_host || text_of(work->request, "address")))
            return words[i].run(work);
    return tell_problem("refused", "the helper was asked for nothing it can do");
}

static bool serve_one(struct https *https, struct frames *frames, struct error **error)
{
    struct work work = {.context = talloc_new(NULL), .https = https};
    size_t length;
    bool at_end;
    bool served = false;
    char *text = frames_read(work.context, frames, REQUEST_BYTES, &length, &at_end, error);
    if (text) {
        json_t *request = json_loadb(text, length, 0, NULL);
        work.request = request;
        json_t *answer = memory_check(answer_request(&work));
        char *bytes = memory_check(json_dumps(answer, JSON_COMPACT));
        served = frame_write(STDOUT_FILENO, bytes, strlen(bytes), error);
        free(bytes);
        json_decref(answer);
        json_decref(request);
    }
    talloc_free(work.context);
    return served;
}

int main(void)
{
    memory_start();
    log_start("kairan-xen");
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* nobody would rename what a helper without kairan exports */
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}); /* a core would hold the password */
    struct error *error = NULL;
    struct https *https = https_open(NULL, &error);
    struct frames *frames = frames_open(NULL, STDIN_FILENO);
    while (https && serve_one(https, frames, &error))
        continue;
    talloc_free(frames);
    talloc_free(https);
    if (!error)
        return EXIT_SUCCESS;
    char *text = error_text(NULL, error);
    log_error("%s", text);
    talloc_free(text);
    error_free(&error);
    return EXIT_FAILURE;
}
