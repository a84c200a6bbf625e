/*
 * Whether an instance can do its work: everything that a person would look at when mail stops coming, looked at in one go.
 * Changes nothing and sends nothing.
 */
#ifndef KAIRAN_JOB_DOCTOR_H
#define KAIRAN_JOB_DOCTOR_H

#include <jansson.h>
#include <stdbool.h>

#include "base/config.h"

/*
 * {"instance", "is_well", "checks": [{"name", "state", "is_well", "is_warning", "reasons": [sentence], and every name of a
 * check as a boolean, for templates}]}; the state is "well", "warning" (it works, and somebody should look) or "failed".
 * The caller owns the reference.
 */
json_t *doctor_examine(const struct config *config);

#endif
