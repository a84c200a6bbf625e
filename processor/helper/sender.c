/*
 * kairan-sender: speaks SMTP for kairan. Frames on standard input, two a mail: {"url", "hostname", "from", "to"} and
 * the bytes; one frame back: {"outcome", "reply"}. The connection stays open from mail to mail. Without "from" and "to"
 * nothing is sent: the server is only asked whether it is there (NOOP).
 */
#include <curl/curl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/memory.h"

enum {
    REQUEST_BYTES_MAXIMUM = 8 * 1024,
    MAIL_BYTES_MAXIMUM = LIMIT_MAIL_OUT_BYTES + 1024 * 1024,
    REPLY_BYTES = 512, /* RFC 5321 section 4.5.3.1.5 */
    CONNECT_SECONDS = 10,
    MAIL_SECONDS = 300, /* a server may scan before it answers; giving up too early sends the mail twice */
};

/* One mail on its way to the server. */
struct transfer {
    const char *bytes;
    size_t length;
    size_t given;            /* to libcurl */
    char reply[REPLY_BYTES]; /* the server's last line */
};

struct verdict {
    const char *outcome;
    char reply[REPLY_BYTES + CURL_ERROR_SIZE];
};

/* libcurl doubles leading dots; the bytes have CRLF already. */
static size_t give_bytes(char *room, size_t size, size_t count, void *user)
{
    struct transfer *transfer = user;
    size_t length = transfer->length - transfer->given;
    if (length > size * count)
        length = size * count;
    memcpy(room, transfer->bytes + transfer->given, length);
    transfer->given += length;
    return length;
}

/* libcurl ends a refused transfer with QUIT: the 221 to that is not the answer to our mail. */
static size_t keep_reply(char *line, size_t size, size_t count, void *user)
{
    struct transfer *transfer = user;
    size_t length = size * count;
    if (length >= 3 && memcmp(line, "221", 3) == 0)
        return length;
    while (length && (unsigned char)line[length - 1] <= ' ')
        length--;
    if (length >= sizeof transfer->reply)
        length = sizeof transfer->reply - 1;
    memcpy(transfer->reply, line, length);
    transfer->reply[length] = '\0';
    return size * count;
}

/* What stays the same for every mail over this handle. */
static bool set_up(CURL *curl)
{
    return curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK && /* or all_proxy of the environment would count */
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_bytes) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, keep_reply) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)MAIL_SECONDS) == CURLE_OK;
}

static bool set_mail(CURL *curl, const char *url, const char *from, struct transfer *transfer)
{
    return curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, NULL) == CURLE_OK && /* of an earlier question */
           curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from) == CURLE_OK && /* "" becomes MAIL FROM:<> */
           curl_easy_setopt(curl, CURLOPT_READDATA, transfer) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HEADERDATA, transfer) == CURLE_OK;
}

/* A connection that lay idle may have been closed by the server; then nothing of this mail has been heard. */
static bool was_stale(CURL *curl, CURLcode code, long status, const struct transfer *transfer)
{
    long connections = 1;
    curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connections);
    return code != CURLE_OK && connections == 0 && transfer->given == 0 && (status < 400 || status == 421);
}

static CURLcode transmit(CURL *curl, struct transfer *transfer, long *status)
{
    transfer->given = 0;
    transfer->reply[0] = '\0';
    *status = 0;
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
    return code;
}

/*
 * For good is only a 5xx to MAIL, RCPT and DATA, which libcurl calls a failed send, or to the text. A 5xx to the
 * greeting or EHLO speaks of this host, not of the mail: it waits until somebody has repaired that.
 */
static const char *judge(CURLcode code, long status, const struct transfer *transfer)
{
    if (code == CURLE_OK)
        return "accepted";
    bool about_mail = code == CURLE_SEND_ERROR || transfer->given > 0;
    return about_mail && status >= 500 && status <= 599 ? "refused" : "later";
}

static void send_mail(CURL *curl, struct transfer *transfer, struct verdict *verdict)
{
    char problem[CURL_ERROR_SIZE] = "";
    long status;
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, problem);
    CURLcode code = transmit(curl, transfer, &status);
    if (was_stale(curl, code, status, transfer)) {
        curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
        code = transmit(curl, transfer, &status);
        curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 0L);
    }
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL);
    verdict->outcome = judge(code, status, transfer);
    const char *reason = *problem ? problem : curl_easy_strerror(code);
    bool from_server = code == CURLE_OK || status >= 400;
    snprintf(verdict->reply, sizeof verdict->reply, "%s", from_server && *transfer->reply ? transfer->reply : reason);
}

static void greet(CURL *curl, const char *url, struct transfer *transfer, struct verdict *verdict)
{
    if (curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK && curl_easy_setopt(curl, CURLOPT_UPLOAD, 0L) == CURLE_OK &&
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "NOOP") == CURLE_OK &&
        curl_easy_setopt(curl, CURLOPT_HEADERDATA, transfer) == CURLE_OK)
        send_mail(curl, transfer, verdict);
}

/* Carries out one request; what is wrong with the request itself is told as "later", for the caller is at fault. */
static void answer_request(CURL *curl, const json_t *request, struct transfer *transfer, struct verdict *verdict)
{
    const char *url = json_string_value(json_object_get(request, "url"));
    const char *hostname = json_string_value(json_object_get(request, "hostname"));
    const char *from = json_string_value(json_object_get(request, "from"));
    const char *to = json_string_value(json_object_get(request, "to"));
    *verdict = (struct verdict){"later", "the sender helper was asked for nothing it can do"};
    if (!url || !hostname || !from != !to)
        return;
    char *whole_url = memory_format(NULL, "%s/%s", url, hostname); /* the path is the EHLO name */
    struct curl_slist *recipients = to ? curl_slist_append(NULL, to) : NULL;
    if (!to)
        greet(curl, whole_url, transfer, verdict);
    else if (recipients && set_mail(curl, whole_url, from, transfer) &&
        curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients) == CURLE_OK)
        send_mail(curl, transfer, verdict);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, NULL);
    curl_slist_free_all(recipients);
    talloc_free(whole_url);
}

/* A server's reply may hold any bytes; JSON takes UTF-8 only. */
static void make_ascii(char *text)
{
    for (; *text; text++)
        if (*text < ' ' || *text > '~')
            *text = '?';
}

static bool write_verdict(struct verdict *verdict, struct error **error)
{
    make_ascii(verdict->reply);
    json_t *answer = json_pack("{s:s, s:s}", "outcome", verdict->outcome, "reply", verdict->reply);
    char *text = json_dumps(memory_check(answer), JSON_COMPACT);
    bool written = frame_write(STDOUT_FILENO, memory_check(text), strlen(text), error);
    free(text);
    json_decref(answer);
    return written;
}

/* One mail; false at the end of the input, and with *error set when the two sides do not understand each other. */
static bool serve_one(CURL *curl, struct frames *frames, struct error **error)
{
    void *context = talloc_new(NULL);
    struct transfer transfer = {0};
    struct verdict verdict;
    size_t length;
    bool at_end;
    bool served = false;
    char *text = frames_read(context, frames, REQUEST_BYTES_MAXIMUM, &length, &at_end, error);
    if (text) {
        json_t *request = json_loadb(text, length, 0, NULL);
        transfer.bytes = frames_read(context, frames, MAIL_BYTES_MAXIMUM, &transfer.length, &at_end, error);
        if (transfer.bytes) {
            answer_request(curl, request, &transfer, &verdict);
            served = write_verdict(&verdict, error);
        }
        json_decref(request);
    }
    talloc_free(context);
    return served;
}

int main(void)
{
    log_start("kairan-sender");
    memory_start();
    struct error *error = NULL;
    CURL *curl = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_easy_init() : NULL;
    if (!curl || !set_up(curl)) {
        log_error("libcurl does not start");
        return EXIT_FAILURE;
    }
    struct frames *frames = frames_open(NULL, STDIN_FILENO);
    while (serve_one(curl, frames, &error))
        continue;
    talloc_free(frames);
    curl_easy_cleanup(curl);
    curl_global_cleanup();
    if (!error)
        return EXIT_SUCCESS;
    char *text = error_text(NULL, error);
    log_error("%s", text);
    talloc_free(text);
    error_free(&error);
    return EXIT_FAILURE;
}
