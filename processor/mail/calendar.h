/*
 * Calendars of people: what the mails of a poll put into them (iTIP, RFC 5546, carried by mail as RFC 6047 says). The
 * view of a calendar is
 *
 *   {"method":"REQUEST","zone":{"id":"Asia/Tokyo","name":"JST","offset":32400}|null,"events":[{
 *     "uid","sequence":0,"stamp":"2026-01-15T04:00:00Z","status":"CONFIRMED"|"TENTATIVE"|"CANCELLED",
 *     "summary","description"|null,"place"|null,
 *     "start":"2026-01-15T04:00:00Z","end":…|null, or dates ("2026-01-15") of the first and the last day,
 *     "organiser":{"name","address"},"attendees":[{"name","address","required":true}]}]}
 *
 * Times are written in the zone, or in UTC when it is null. REQUEST and CANCEL have one event with attendees; PUBLISH
 * (the tentative entries that somebody asks for) may have many, without any.
 */
#ifndef KAIRAN_MAIL_CALENDAR_H
#define KAIRAN_MAIL_CALENDAR_H

#include <jansson.h>
#include <time.h>

#include "base/error.h"

struct calendar_writer;

/* Writes calendars through the helper, which is started with the first of them and ends with `context`. */
struct calendar_writer *calendar_open_writer(const void *context);

/* The calendar of a view below `context`, its lines ended by CRLF. */
char *calendar_write(const void *context, struct calendar_writer *writer, json_t *view, struct error **error);

/*
 * The zone for an event that begins at `start`, or null when the clocks of `zone` (an IANA name, the center's) are set
 * twice a year: UTC is then clearer than rules that calendars may read differently.
 */
json_t *calendar_zone(const char *zone, time_t start);

#endif
