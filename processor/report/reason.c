/* Why something did not work: see reason.h. */
#include "report/reason.h"

#include <stdbool.h>
#include <string.h>

/* What templates have words for: XAPI's codes and ours, many of which come to the same for whoever reads of them. */
static const struct {
    const char *code;
    const char *word;
} known[] = {
    {"unreachable", "unreachable"},
    {"stranger", "stranger"},
    {"no_master", "no_master"},
    {"HOST_IS_SLAVE", "no_master"},
    {"HOST_STILL_BOOTING", "booting"},
    {"password", "password"},
    {"SESSION_AUTHENTICATION_FAILED", "SESSION_AUTHENTICATION_FAILED"},
    {"wrong_pool", "wrong_pool"},
    {"nonsense", "nonsense"},
    {"helper", "helper"},
    {"store", "helper"},
    {"no_space", "no_space"},
    {"SR_BACKEND_FAILURE_44", "storage_full"},
    {"SR_FULL", "storage_full"},
    {"chain_long", "chain_long"},
    {"SR_BACKEND_FAILURE_109", "chain_long"},
    {"SR_BACKEND_FAILURE_46", "storage_away"},
    {"SR_BACKEND_FAILURE_47", "storage_away"},
    {"SR_BACKEND_FAILURE_68", "storage_away"},
    {"SR_BACKEND_FAILURE_141", "storage_away"},
    {"SR_HAS_NO_PBDS", "storage_away"},
    {"SR_NO_PBDS", "storage_away"},
    {"HOST_OFFLINE", "host_away"},
    {"HOST_NOT_LIVE", "host_away"},
    {"CANNOT_CONTACT_HOST", "host_away"},
    {"OTHER_OPERATION_IN_PROGRESS", "busy"},
    {"VDI_IN_USE", "busy"},
    {"SR_BACKEND_FAILURE_24", "busy"},
    {"VM_BAD_POWER_STATE", "not_allowed"},
    {"OPERATION_NOT_ALLOWED", "not_allowed"},
    {"OPERATION_BLOCKED", "not_allowed"},
    {"LICENCE_RESTRICTION", "not_allowed"},
    {"RBAC_PERMISSION_DENIED", "not_allowed"},
    {"HANDLE_INVALID", "gone"},
    {"UUID_INVALID", "gone"},
    {"damaged", "damaged"},
    {"volume", "volume"},
    {"volume_full", "volume_full"},
    {"disks_missing", "disks_missing"},
    {"vm_missing", "vm_missing"},
    {"not_storage", "not_storage"},
    {"SR_OPERATION_NOT_SUPPORTED", "not_storage"},
    {"not_quiesced", "not_quiesced"},
    {"size_odd", "size_odd"},
    {"time_over", "time_over"},
    {"window_closed", "window_closed"},
    {"timeout", "timeout"},
    {"TASK_CANCELLED", "cancelled"},
    {"task_lost", "task_lost"},
};

void report_add_reason(json_t *entry, const char *name, const char *code)
{
    bool found = false;
    json_t *words = json_object();
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        bool is_it = code && strcmp(known[i].code, code) == 0;
        if (is_it || !json_object_get(words, known[i].word))
            json_object_set_new(words, known[i].word, json_boolean(is_it));
        found = found || is_it;
    }
    json_object_set_new(words, "other", json_boolean(code && !found));
    json_object_set_new(entry, name, words);
}
