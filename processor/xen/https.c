/* HTTPS to hosts of a pool: see https.h. */
#include "xen/https.h"

#include <curl/curl.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/memory.h"

enum {
    CONNECT_SECONDS = 10,
    SILENCE_SECONDS = 1800, /* compressing hosts are silent for minutes before the first byte */
    BUFFER_BYTES = 256 * 1024,
    FIRST_OTHER = 300,        /* status that is no success */
    PAGE_BYTES = 1024 * 1024, /* of what comes with one */
};

struct https {
    CURL *curl;
};

static int destroy(struct https *https)
{
    curl_easy_cleanup(https->curl);
    return 0;
}

struct https *https_open(const void *context, struct error **error)
{
    CURL *curl = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_easy_init() : NULL;
    if (!curl) {
        error_set(error, ERROR_TEMPORARY, "libcurl does not start");
        return NULL;
    }
    struct https *https = memory_new(context, struct https);
    https->curl = curl;
    talloc_set_destructor(https, destroy);
    return https;
}

/* One transfer, as libcurl's callbacks see it. */
struct transfer {
    const struct https_request *request;
    struct https_answer *answer;
    CURL *curl;
    size_t skipped;
    bool stopped;
};

static size_t take_bytes(char *bytes, size_t size, size_t count, void *user)
{
    struct transfer *transfer = user;
    const struct https_request *request = transfer->request;
    long status = 0;
    curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &status);
    if (status >= FIRST_OTHER) { /* a page that goes with a redirect or a failure is not what was asked for */
        transfer->skipped += size * count;
        return transfer->skipped <= PAGE_BYTES ? size * count : 0;
    }
    if (!request->take || request->take(request->closure, bytes, size * count))
        return size * count;
    transfer->stopped = true;
    return 0;
}

static size_t take_header(char *line, size_t size, size_t count, void *user)
{
    static const char location[] = "location:";
    struct transfer *transfer = user;
    size_t length = size * count;
    if (length <= sizeof location || strncasecmp(line, location, sizeof location - 1) != 0)
        return length;
    size_t start = sizeof location - 1;
    size_t end = length;
    while (start < end && line[start] == ' ')
        start++;
    while (end > start && (unsigned char)line[end - 1] <= ' ')
        end--;
    if (end - start < sizeof transfer->answer->location) {
        memcpy(transfer->answer->location, line + start, end - start);
        transfer->answer->location[end - start] = '\0';
    }
    return length;
}

/* As libcurl wants several pins. */
static char *join_pins(const void *context, const char *pins)
{
    char *joined = memory_copy_text(context, "");
    while (pins && *pins) {
        pins += strspn(pins, " ,\t");
        size_t length = strcspn(pins, " ,\t");
        if (length)
            joined = memory_format(context, "%s%s%.*s", joined, *joined ? ";" : "", (int)length, pins);
        pins += length;
    }
    return joined;
}

/* The pin is all the proof there is; ciphers and keys that Debian refuses by default are what old hosts have. */
static bool set_security(CURL *curl, const char *pins)
{
    return curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PINNEDPUBLICKEY, pins) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_0) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_SSL_CIPHER_LIST, "DEFAULT@SECLEVEL=0") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK; /* or https_proxy of the environment would count */
}

static bool set_limits(CURL *curl, const struct https_request *request)
{
    return curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT, request->seconds) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)SILENCE_SECONDS) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, (long)BUFFER_BYTES) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_MAX_RECV_SPEED_LARGE, (curl_off_t)request->rate) == CURLE_OK;
}

static bool set_request(CURL *curl, const struct https_request *request, const char *url, struct curl_slist *headers)
{
    bool done = curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_COOKIE, request->cookies) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK;
    if (!request->body)
        return done && curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L) == CURLE_OK;
    return done && curl_easy_setopt(curl, CURLOPT_POST, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->length) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body) == CURLE_OK;
}

static bool set_callbacks(CURL *curl, struct transfer *transfer, char *problem)
{
    return curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HEADERDATA, transfer) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, problem) == CURLE_OK;
}

static char *make_url(const void *context, const struct https_place *place, const char *path)
{
    bool is_ipv6 = strchr(place->address, ':') && place->address[0] != '[';
    return memory_format(context, is_ipv6 ? "https://[%s]:%ld%s" : "https://%s:%ld%s", place->address, place->port, path);
}

static void judge(struct https_answer *answer, CURLcode code, const struct transfer *transfer, const char *problem)
{
    const struct https_place *place = &transfer->request->place;
    const char *reason = *problem ? problem : curl_easy_strerror(code);
    if (code == CURLE_OK) {
        answer->outcome = HTTPS_ANSWERED;
    } else if (transfer->stopped) {
        answer->outcome = HTTPS_STOPPED;
        snprintf(answer->problem, sizeof answer->problem, "the transfer was stopped");
    } else if (code == CURLE_SSL_PINNEDPUBKEYNOTMATCH) {
        answer->outcome = HTTPS_STRANGER;
        snprintf(answer->problem, sizeof answer->problem, "%s shows a key that is not pinned", place->address);
    } else {
        answer->outcome = HTTPS_UNREACHABLE;
        snprintf(answer->problem, sizeof answer->problem, "%s: %s", place->address, reason);
    }
}

void https_perform(struct https *https, const struct https_request *request, struct https_answer *answer)
{
    void *context = talloc_new(NULL);
    CURL *curl = https->curl;
    char problem[CURL_ERROR_SIZE] = "";
    struct transfer transfer = {.request = request, .answer = answer, .curl = curl};
    const char *pins = join_pins(context, request->place.pins);
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: text/xml");
    headers = curl_slist_append(headers, "Expect:");
    *answer = (struct https_answer){.outcome = HTTPS_UNREACHABLE};
    curl_easy_reset(curl);
    if (!*pins) {
        answer->outcome = HTTPS_STRANGER;
        snprintf(answer->problem, sizeof answer->problem, "no key is pinned for %s (kairan xen show-pin prints it)",
                 request->place.address);
    } else if (!set_security(curl, pins) || !set_limits(curl, request) ||
               !set_request(curl, request, make_url(context, &request->place, request->path), headers) ||
               !set_callbacks(curl, &transfer, problem)) {
        snprintf(answer->problem, sizeof answer->problem, "libcurl cannot do this request");
    } else {
        CURLcode code = curl_easy_perform(curl);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->status);
        judge(answer, code, &transfer, problem);
    }
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL);
    curl_slist_free_all(headers);
    talloc_free(context);
}

/* Certificates */

static char *pin_of(const void *context, X509 *certificate)
{
    unsigned char *der = NULL;
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned char text[2 * EVP_MAX_MD_SIZE];
    unsigned length = 0;
    int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    bool done = size > 0 && EVP_Digest(der, (size_t)size, digest, &length, EVP_sha256(), NULL) == 1;
    OPENSSL_free(der);
    if (!done)
        return NULL;
    EVP_EncodeBlock(text, digest, (int)length);
    return memory_format(context, "sha256//%s", (const char *)text);
}

static json_t *describe(const void *context, X509 *certificate)
{
    struct tm expires = {0};
    char subject[256] = "";
    char *pin = pin_of(context, certificate);
    EVP_PKEY *key = X509_get0_pubkey(certificate);
    X509_NAME_oneline(X509_get_subject_name(certificate), subject, sizeof subject);
    if (!pin || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &expires) != 1)
        return NULL;
    return json_pack("{s:s, s:s, s:I, s:i}", "pin", pin, "subject", subject, "expires", (json_int_t)timegm(&expires), "bits",
                     key ? EVP_PKEY_get_bits(key) : 0);
}

/* The host's own certificate among what libcurl kept of the handshake. */
static json_t *find_certificate(const void *context, CURL *curl)
{
    struct curl_certinfo *chain = NULL;
    json_t *described = NULL;
    if (curl_easy_getinfo(curl, CURLINFO_CERTINFO, &chain) != CURLE_OK || !chain || chain->num_of_certs < 1)
        return NULL;
    for (struct curl_slist *line = chain->certinfo[0]; line && !described; line = line->next) {
        if (strncmp(line->data, "Cert:", 5) != 0)
            continue;
        BIO *bio = BIO_new_mem_buf(line->data + 5, -1);
        X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
        described = certificate ? describe(context, certificate) : NULL;
        X509_free(certificate);
        BIO_free(bio);
    }
    return described;
}

json_t *https_certificate(struct https *https, const struct https_place *place, struct https_answer *answer)
{
    void *context = talloc_new(NULL);
    CURL *curl = https->curl;
    char problem[CURL_ERROR_SIZE] = "";
    const char *pins = join_pins(context, place->pins);
    struct https_request request = {.place = *place, .seconds = CONNECT_SECONDS};
    struct transfer transfer = {.request = &request, .answer = answer, .curl = curl};
    json_t *described = NULL;
    *answer = (struct https_answer){.outcome = HTTPS_UNREACHABLE};
    curl_easy_reset(curl);
    if (set_security(curl, *pins ? pins : NULL) && set_limits(curl, &request) &&
        set_request(curl, &request, make_url(context, place, "/"), NULL) && set_callbacks(curl, &transfer, problem) &&
        curl_easy_setopt(curl, CURLOPT_CERTINFO, 1L) == CURLE_OK &&
        curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L) == CURLE_OK &&
        curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L) == CURLE_OK) {
        judge(answer, curl_easy_perform(curl), &transfer, problem);
        if (answer->outcome == HTTPS_ANSWERED)
            described = find_certificate(context, curl);
        if (answer->outcome == HTTPS_ANSWERED && !described)
            snprintf(answer->problem, sizeof answer->problem, "%s shows no certificate that can be read", place->address);
    }
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL);
    talloc_free(context);
    return described;
}
