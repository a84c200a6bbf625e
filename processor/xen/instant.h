/* Instants among XAPI's values: {"dateTime.iso8601": "20260115T04:00:00Z"}. */
#ifndef KAIRAN_XEN_INSTANT_H
#define KAIRAN_XEN_INSTANT_H

#include <jansson.h>
#include <stdbool.h>
#include <time.h>

#define XEN_INSTANT_TAG "dateTime.iso8601"

/* An instant as a parameter (a new reference). */
json_t *instant_make(time_t instant);

/*
 * Reads an instant, or a string that holds one ("20260115T04:00:00Z", or with dashes); false for what is none, and for the
 * epoch, which means never.
 */
bool instant_parse(const json_t *value, time_t *instant);

#endif
