/* Tasks of a pool: what takes long runs as one, and is watched until it ends. See client.h. */
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "xen/client_parts.h"

enum {
    FIRST_WAIT = 50,    /* milliseconds between two looks at a task, doubled each time … */
    LONGEST_WAIT = 15000, /* … up to this */
};

char *client_create_task(const void *context, struct client *client, const char *label, struct error **error)
{
    json_t *task = client_call(client, "task.create", json_pack("[s, s]", label, "kairan"), error);
    char *ref = task ? memory_copy_text(context, json_string_value(task)) : NULL;
    json_decref(task);
    return ref;
}

void client_destroy_task(struct client *client, const char *task)
{
    client_do(client, "task.destroy", json_pack("[s]", task), NULL); /* the pool forgets it by itself after an hour */
}

static json_t *task_record(struct client *client, const char *task, struct error **error)
{
    json_t *record = client_call(client, "task.get_record", json_pack("[s]", task), error);
    if (!record && client_failed_with(client, "HANDLE_INVALID"))
        client_set_reason(client, "task_lost", "the pool has forgotten the task; whether its work was done is not known");
    return record;
}

char *client_task_status(const void *context, struct client *client, const char *task, struct error **error)
{
    json_t *record = task_record(client, task, error);
    const char *status = json_string_value(json_object_get(record, "status"));
    const json_t *info = json_object_get(record, "error_info");
    char *copy = record ? memory_copy_text(context, status ? status : "") : NULL;
    if (copy && json_array_size(info)) {
        struct reason reason = client_reason_of(NULL, info);
        client_set_reason(client, reason.code, reason.raw);
        talloc_free(reason.code);
        talloc_free(reason.raw);
    }
    json_decref(record);
    return copy;
}

/* "<value>OpaqueRef:…</value>" on newer hosts, the bare ref on older ones. */
static char *bare_result(const void *context, const char *result)
{
    static const char opening[] = "<value>";
    if (!result)
        return memory_copy_text(context, "");
    if (strncmp(result, opening, sizeof opening - 1) != 0)
        return memory_copy_text(context, result);
    result += sizeof opening - 1;
    return memory_copy_bytes(context, result, strcspn(result, "<"));
}

/* The end of a task: its result, or NULL with the reason set. */
static char *judge_task(const void *context, struct client *client, const char *method, const json_t *record,
                        struct error **error)
{
    const char *status = json_string_value(json_object_get(record, "status"));
    if (status && strcmp(status, "success") == 0)
        return bare_result(context, json_string_value(json_object_get(record, "result")));
    const json_t *info = json_object_get(record, "error_info");
    struct reason reason = json_array_size(info) ? client_reason_of(NULL, info)
                                                 : client_make_reason(NULL, "TASK_CANCELLED", "TASK_CANCELLED");
    client_set_reason(client, reason.code, reason.raw);
    error_set(error, ERROR_REFUSED, "%s: %s", method, reason.raw);
    talloc_free(reason.code);
    talloc_free(reason.raw);
    return NULL;
}

static char *wait_for_task(const void *context, struct client *client, const char *method, const char *task, int seconds,
                           struct error **error)
{
    struct timespec start;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int wait = FIRST_WAIT;; wait = wait * 2 < LONGEST_WAIT ? wait * 2 : LONGEST_WAIT) {
        json_t *record = task_record(client, task, error);
        if (!record)
            return NULL;
        const char *status = json_string_value(json_object_get(record, "status"));
        bool pending = status && (strcmp(status, "pending") == 0 || strcmp(status, "cancelling") == 0);
        char *result = pending ? NULL : judge_task(context, client, method, record, error);
        json_decref(record);
        if (!pending)
            return result;
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (now.tv_sec - start.tv_sec >= seconds) {
            client_do(client, "task.cancel", json_pack("[s]", task), NULL);
            client_fail(client, "timeout", "the task took too long and was cancelled", error);
            return NULL;
        }
        int64_t left = (seconds - (now.tv_sec - start.tv_sec)) * (int64_t)1000;
        client_sleep(left < wait ? (int)left : wait);
    }
}

char *client_run(const void *context, struct client *client, const char *method, json_t *params, int seconds,
                 struct error **error)
{
    char *async = memory_format(NULL, "Async.%s", method);
    json_t *task = client_call(client, async, params, error);
    char *result = NULL;
    if (task) {
        result = wait_for_task(context, client, method, json_string_value(task), seconds, error);
        const struct reason *told = client_reason(client);
        struct reason kept = told->code ? client_make_reason(client, told->code, told->raw) : *told;
        client_destroy_task(client, json_string_value(task));
        client_set_reason(client, kept.code, kept.raw); /* what the task said matters, not that it is gone */
        talloc_free(kept.code);
        talloc_free(kept.raw);
    }
    json_decref(task);
    talloc_free(async);
    return result;
}
