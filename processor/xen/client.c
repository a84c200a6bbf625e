/* A client of XAPI: see client.h. */
#include "xen/client.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "base/child.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/place.h"
#include "xen/client_parts.h"

enum {
    ANSWER_BYTES = 256 * 1024 * 1024, /* JSON of what the helper reads at most */
    CALL_SECONDS = 90,                /* more than the helper grants the host, so that its own sentence arrives */
    MOST_REDIRECTS = 4,
    MOST_TRIES = 3,                   /* of a read whose connection broke */
    RAW_BYTES = 2000,
};

struct client {
    const struct xen_settings *settings;
    struct child *child;
    char **addresses;
    char *address; /* where the session is */
    char *session; /* NULL: none */
    struct reason reason;
    long calls;
};

/* Best effort: a session that stays behind is thrown away by the pool after a day. */
static int log_out(struct client *client)
{
    if (client->session)
        client_do(client, "session.logout", NULL, NULL);
    return 0;
}

struct client *client_new(const void *context, const struct xen_settings *settings)
{
    struct client *client = memory_new(context, struct client);
    client->settings = settings;
    client->addresses = settings_split(client, settings->addresses);
    talloc_set_destructor(client, log_out);
    return client;
}

const struct reason *client_reason(const struct client *client)
{
    return &client->reason;
}

bool client_failed_with(const struct client *client, const char *code)
{
    return client->reason.code && strcmp(client->reason.code, code) == 0;
}

const char *client_address(const struct client *client)
{
    return client->address ? client->address : "";
}

long client_calls(const struct client *client)
{
    return client->calls;
}

void client_sleep(int milliseconds)
{
    struct timespec wait = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    nanosleep(&wait, NULL);
}

struct reason client_make_reason(const void *context, const char *code, const char *raw)
{
    return (struct reason){memory_copy_text(context, code), memory_copy_text(context, raw)};
}

void client_set_reason(struct client *client, const char *code, const char *raw)
{
    struct reason reason = code ? client_make_reason(client, code, raw) : (struct reason){NULL, NULL};
    talloc_free(client->reason.code);
    talloc_free(client->reason.raw);
    client->reason = reason;
}

bool client_fail(struct client *client, const char *code, const char *sentence, struct error **error)
{
    client_set_reason(client, code, sentence);
    return error_set(error, ERROR_TEMPORARY, "%s", sentence);
}

/* "SR_FULL(12, 10)" of ["SR_FULL", "12", "10"]. */
static char *format_failure(const void *context, const json_t *failure)
{
    struct buffer *raw = buffer_new(context, RAW_BYTES);
    size_t count = json_array_size(failure);
    for (size_t i = 0; i < count; i++) {
        const char *part = json_string_value(json_array_get(failure, i));
        buffer_add_text(raw, i == 0 ? "" : i == 1 ? "(" : ", ");
        buffer_add_text(raw, part ? part : "");
    }
    if (count > 1)
        buffer_add_byte(raw, ')');
    return buffer_take(raw, context);
}

struct reason client_reason_of(const void *context, const json_t *failure)
{
    const char *code = json_string_value(json_array_get(failure, 0));
    char *raw = format_failure(context, failure);
    return (struct reason){memory_copy_text(context, code ? code : "nonsense"), raw};
}

json_t *client_take_answer(const void *context, const json_t *answer, struct reason *reason)
{
    json_t *value = json_object_get(answer, "value");
    const json_t *failure = json_object_get(answer, "failure");
    const char *problem = json_string_value(json_object_get(answer, "problem"));
    const char *kind = json_string_value(json_object_get(answer, "kind"));
    *reason = (struct reason){NULL, NULL};
    if (value)
        return json_incref(value);
    if (failure)
        *reason = client_reason_of(context, failure);
    else
        *reason = client_make_reason(context, kind ? kind : "nonsense", problem ? problem : "the helper gave no answer");
    return NULL;
}

struct child *client_start_helper(const void *context, struct error **error)
{
    char *helper = place_helper(NULL, "kairan-xen");
    struct child *child = child_start(context, (const char *const[]){helper, NULL}, error);
    talloc_free(helper);
    return child;
}

/* One exchange with the helper; one that died or hangs is replaced next time. */
static json_t *exchange(struct client *client, json_t *request, struct error **error)
{
    struct error *problem = NULL;
    size_t length;
    json_t *answer = NULL;
    char *text = json_dumps(request, JSON_COMPACT);
    json_decref(request);
    if (!client->child)
        client->child = client_start_helper(client, &problem);
    if (client->child && text) {
        child_begin(client->child, CALL_SECONDS);
        char *bytes = child_send(client->child, text, strlen(text), &problem)
                          ? child_receive(client->child, NULL, ANSWER_BYTES, &length, &problem)
                          : NULL;
        answer = bytes ? json_loadb(bytes, length, JSON_ALLOW_NUL, NULL) : NULL;
        talloc_free(bytes);
    }
    free(text);
    if (answer)
        return answer;
    talloc_free(client->child);
    client->child = NULL;
    char *sentence = problem ? error_text(NULL, problem) : memory_copy_text(NULL, "kairan-xen gave no answer");
    client_fail(client, "helper", sentence, error);
    talloc_free(sentence);
    error_free(&problem);
    return NULL;
}

json_t *client_complete_request(const struct client *client, json_t *request)
{
    json_object_set_new(request, "port", json_integer(client->settings->port));
    json_object_set_new(request, "pins", json_string(client->settings->pins));
    if (!json_object_get(request, "address"))
        json_object_set_new(request, "address", json_string(client_address(client)));
    if (client->session)
        json_object_set_new(request, "session", json_string(client->session));
    return request;
}

/* A call to one address, without any second thoughts. */
static json_t *call_once(struct client *client, const char *address, const char *method, json_t *params, struct error **error)
{
    json_t *request = json_pack("{s:s, s:s, s:s, s:O}", "do", "call", "address", address, "method", method, "params", params);
    json_t *answer = exchange(client, client_complete_request(client, memory_check(request)), error);
    if (!answer)
        return NULL;
    struct reason reason;
    void *context = talloc_new(NULL);
    json_t *value = client_take_answer(context, answer, &reason);
    client->calls++;
    client_set_reason(client, reason.code, reason.raw);
    if (!value)
        error_set(error, json_object_get(answer, "failure") ? ERROR_REFUSED : ERROR_TEMPORARY, "%s: %s", method, reason.raw);
    json_decref(answer);
    talloc_free(context);
    return value;
}

json_t *client_certificate(struct client *client, const char *address, bool any, struct error **error)
{
    json_t *request = json_pack("{s:s, s:s}", "do", "certificate", "address", address);
    client_complete_request(client, memory_check(request));
    if (any)
        json_object_set_new(request, "pins", json_string(""));
    json_t *answer = exchange(client, request, error);
    struct reason reason = {NULL, NULL};
    void *context = talloc_new(NULL);
    json_t *value = answer ? client_take_answer(context, answer, &reason) : NULL;
    if (answer && !value)
        client_fail(client, reason.code, reason.raw, error);
    json_decref(answer);
    talloc_free(context);
    return value;
}

/* Logging in */

static bool is_among(char **addresses, size_t count, const char *address)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(addresses[i], address) == 0)
            return true;
    return false;
}

static bool try_login(struct client *client, const char *address, struct error **error)
{
    json_t *params = json_pack("[s, {s:s}, s, s]", client->settings->user, "password_file", client->settings->password_file,
                               "2.3", "kairan");
    json_t *session = call_once(client, address, "session.login_with_password", memory_check(params), error);
    json_decref(params);
    if (!session)
        return false;
    talloc_free(client->session);
    client->session = memory_copy_text(client, json_string_value(session));
    json_decref(session);
    if (!client->session)
        return client_fail(client, "nonsense", "the pool logs us in without a session", error);
    talloc_free(client->address);
    client->address = memory_copy_text(client, address);
    return true;
}

/* An account that is refused, a key that is not pinned, a password that cannot be read: another address does not help. */
static bool is_final(const struct client *client)
{
    return client_failed_with(client, "SESSION_AUTHENTICATION_FAILED") || client_failed_with(client, "password") ||
           client_failed_with(client, "helper");
}

/*
 * Walks the addresses; a host that is not the master names it, and that one is asked next, once. Each address is asked once, so
 * hosts that name each other end the walk.
 */
static bool find_master(struct client *client, struct error **error)
{
    void *context = talloc_new(NULL);
    size_t count = memory_count(client->addresses);
    char **asked = memory_array(context, char *, count + MOST_REDIRECTS);
    size_t asked_count = 0;
    size_t slaves = 0;
    bool done = false;
    const char *named = NULL;
    struct error *last = NULL;
    for (size_t i = 0; !done && asked_count < count + MOST_REDIRECTS;) {
        const char *address = named && !is_among(asked, asked_count, named) ? named : i < count ? client->addresses[i++] : NULL;
        named = NULL;
        if (!address)
            break;
        if (is_among(asked, asked_count, address))
            continue;
        asked[asked_count++] = memory_copy_text(context, address);
        error_free(&last);
        done = try_login(client, address, &last);
        if (!done && is_final(client))
            break;
        if (!done && client_failed_with(client, "HOST_IS_SLAVE")) {
            slaves++;
            const char *open = strchr(client->reason.raw, '(');
            named = open ? memory_copy_bytes(context, open + 1, strcspn(open + 1, ",)")) : NULL;
        }
    }
    if (!done && slaves && !is_final(client))
        error_set(&last, ERROR_TEMPORARY, "the pool %s has no master that answers", client->settings->name);
    if (!done && slaves && !is_final(client))
        client_set_reason(client, "no_master", last->sentence);
    if (!done && !asked_count)
        error_set(&last, ERROR_REFUSED, "the pool %s has no addresses", client->settings->name);
    if (!done && error && !*error)
        *error = last;
    else
        error_free(&last);
    talloc_free(context);
    return done;
}

bool client_login(struct client *client, struct error **error)
{
    return find_master(client, error);
}

/* Calling */

static json_t *with_session(const struct client *client, const json_t *params)
{
    json_t *all = json_array();
    json_array_append_new(all, json_string(client->session ? client->session : ""));
    for (size_t i = 0; i < json_array_size(params); i++)
        json_array_append(all, json_array_get(params, i));
    return all;
}

static bool is_read(const char *method)
{
    return strstr(method, ".get_") != NULL || strcmp(method, "event.from") == 0;
}

/* Whether another try makes sense, and what has to be done before it. */
static bool prepare_retry(struct client *client, const char *method, int tries)
{
    bool forgotten = client_failed_with(client, "SESSION_INVALID") && tries == 1;
    bool broken = is_read(method) && tries < MOST_TRIES &&
                  (client_failed_with(client, "unreachable") || client_failed_with(client, "nonsense"));
    if (!forgotten && !broken)
        return false;
    struct reason kept = client_make_reason(NULL, client->reason.code, client->reason.raw);
    if (broken)
        client_sleep(tries * tries * 200);
    char *address = client->address;
    json_t *old = json_pack("[s]", client->session ? client->session : "");
    client->address = NULL;
    bool ready = find_master(client, NULL);
    json_decref(ready ? call_once(client, address, "session.logout", old, NULL) : NULL);
    json_decref(old);
    if (ready)
        talloc_free(address);
    else
        client->address = address;
    if (!ready && !client->reason.code)
        client_set_reason(client, kept.code, kept.raw);
    talloc_free(kept.code);
    talloc_free(kept.raw);
    return ready;
}

json_t *client_call(struct client *client, const char *method, json_t *params, struct error **error)
{
    json_t *value = NULL;
    struct error *problem = NULL;
    for (int tries = 1; !value; tries++) {
        error_free(&problem);
        json_t *all = with_session(client, params);
        value = call_once(client, client_address(client), method, all, &problem);
        json_decref(all);
        if (!value && !prepare_retry(client, method, tries))
            break;
    }
    json_decref(params);
    if (!value && error && !*error)
        *error = problem;
    else
        error_free(&problem);
    return value;
}

bool client_do(struct client *client, const char *method, json_t *params, struct error **error)
{
    json_t *value = client_call(client, method, params, error);
    json_decref(value);
    return value != NULL;
}
