/*
 * The clock: the present instant, and the step between instants and the wall clock of the center.
 * KAIRAN_NOW (ISO 8601, "2026-01-15T13:00:00+09:00" or "…Z") stops it at one instant, for tests and replays.
 */
#ifndef KAIRAN_BASE_CLOCK_H
#define KAIRAN_BASE_CLOCK_H

#include <stdbool.h>
#include <time.h>

#include "base/civil.h"
#include "base/error.h"

/* Looks at KAIRAN_NOW, once, at the start of a program; refused when it cannot be read. */
bool clock_start(struct error **error);

/* The present, or the instant that KAIRAN_NOW named. */
time_t clock_now(void);

/* Whether KAIRAN_NOW stopped the clock: then the times of files mean nothing. */
bool clock_is_stopped(void);

/* Sets the zone of the wall clock ("Asia/Tokyo"); refused when the system does not know it. */
bool clock_set_zone(const char *zone, struct error **error);

/* The wall clock of the zone at an instant, and back (a time that the zone skips moves forward). */
struct civil clock_to_civil(time_t instant);
time_t clock_from_civil(struct civil civil);

/* Seconds east of UTC at an instant, and what the zone is called then ("JST"), below `context`. */
long clock_utc_offset(time_t instant);
char *clock_zone_name(const void *context, time_t instant);

/* "2026-01-15T04:00:00Z", as the database keeps instants; below `context`. */
char *clock_format_utc(const void *context, time_t instant);

/* Reads ISO 8601 with "Z" or a numeric offset (without either: the zone's wall clock). False when it is none. */
bool clock_parse(const char *text, time_t *instant);

/* The offset that an ISO 8601 time ends with, in seconds east of UTC; false, and *seconds untouched, when it has none. */
bool clock_parse_offset(const char *text, long *seconds);

#endif
