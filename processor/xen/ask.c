/* One question to a helper of its own: see ask.h. */
#include "xen/ask.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { ANSWER_BYTES = 64 * 1024 * 1024 };

struct child *ask_begin(const void *context, const struct client *client, json_t *request, int seconds, struct reason *reason)
{
    struct error *error = NULL;
    memory_check(request);
    char *text = json_dumps(client ? client_complete_request(client, request) : request, JSON_COMPACT);
    struct child *child = text ? client_start_helper(context, &error) : NULL;
    if (child)
        child_begin(child, seconds);
    if (!child || !child_send(child, text, strlen(text), &error)) {
        *reason = client_make_reason(context, "helper", error ? error->sentence : "kairan-xen does not start");
        talloc_free(child);
        child = NULL;
    }
    json_decref(request);
    free(text);
    error_free(&error);
    return child;
}

json_t *ask_end(const void *context, struct child *child, struct reason *reason)
{
    struct error *error = NULL;
    size_t length;
    char *bytes = child_receive(child, child, ANSWER_BYTES, &length, &error);
    json_t *answer = bytes ? json_loadb(bytes, length, JSON_ALLOW_NUL, NULL) : NULL;
    json_t *value = client_take_answer(context, answer, reason);
    if (!answer)
        *reason = client_make_reason(context, "helper", error ? error->sentence : "kairan-xen gave no answer");
    json_decref(answer);
    talloc_free(child);
    error_free(&error);
    return value;
}

json_t *ask_helper(const void *context, const struct client *client, json_t *request, int seconds, struct reason *reason)
{
    struct child *child = ask_begin(context, client, request, seconds, reason);
    return child ? ask_end(context, child, reason) : NULL;
}
