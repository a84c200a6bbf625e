/*
 * Building calendars: the view of an invitation in, iCalendar (RFC 5545) as RFC 5546 wants it for its method out. Runs
 * in the calendar helper only, because libical brings ICU. Pure.
 */
#ifndef KAIRAN_MAIL_CALENDAR_BUILD_H
#define KAIRAN_MAIL_CALENDAR_BUILD_H

#include <jansson.h>

#include "base/error.h"

/* Keeps what holds for one calendar after the other; ends with `context`. */
struct calendar_builder;
struct calendar_builder *calendar_open_builder(const void *context);

/*
 * The calendar of a view as mail/calendar.h describes it, below `context`: lines end with CRLF and are at most 75
 * bytes long, no character is cut in two. Refused when the view is not one, or what comes of it breaks the rules.
 */
char *calendar_build(const void *context, struct calendar_builder *builder, json_t *view, struct error **error);

#endif
