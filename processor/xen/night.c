/* What the parts of a night's backup share: see night.h. */
#include "xen/night.h"

#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"

int64_t night_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int night_seconds_left(const struct night *night)
{
    int64_t left = (night->deadline - night_clock()) / 1000;
    return left > 0 ? (int)left : 0;
}

bool night_enter(struct night *night, struct night_vm *vm, const char *state, struct error **error)
{
    vm->backup.state = state;
    if (!store_begin(night->store, error))
        return false;
    bool done = vm->backup.id ? store_update_backup(night->store, &vm->backup, error)
                              : store_enter_backup(night->store, &vm->backup, error);
    if (done && store_commit(night->store, error))
        return true;
    store_rollback(night->store);
    return false;
}

void night_fail(struct night *night, struct night_vm *vm, enum night_result result, const struct reason *reason)
{
    vm->result = result;
    vm->reason = client_make_reason(night, reason->code ? reason->code : "nonsense", reason->raw ? reason->raw : "");
    if (!vm->backup.id)
        return;
    struct error *error = NULL;
    vm->backup.ended_at = clock_now();
    vm->backup.milliseconds = night_clock() - vm->begun;
    vm->backup.reason = vm->reason.code;
    if (night_enter(night, vm, "failed", &error))
        return;
    char *text = error_text(NULL, error);
    log_error("%s: %s", vm->name, text);
    talloc_free(text);
    error_free(&error);
}

void night_fail_with(struct night *night, struct night_vm *vm, enum night_result result, const char *code, const char *raw)
{
    struct reason reason = client_make_reason(night, code, raw);
    night_fail(night, vm, result, &reason);
}
