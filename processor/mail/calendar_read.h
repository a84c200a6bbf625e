/*
 * Reading what calendars answer: of a text/calendar part only what Kairan acts on, a REPLY or a COUNTER to an entry of
 * ours (RFC 5546 sections 3.2.3 and 3.2.7). Strangers' bytes: runs in the reader helper only. Pure.
 */
#ifndef KAIRAN_MAIL_CALENDAR_READ_H
#define KAIRAN_MAIL_CALENDAR_READ_H

#include <stddef.h>

struct calendar_reply {
    const char *method;   /* "REPLY" or "COUNTER" */
    const char *uid;      /* one line */
    int sequence;         /* of the entry that is answered; 0 when it does not say */
    const char *stamp;    /* when the calendar wrote it, "2026-01-15T04:00:00Z", or NULL */
    const char *attendee; /* whose answer it is: the address as it stands there, "" when it names none */
    const char *partstat; /* "ACCEPTED", "TENTATIVE", "DECLINED", or whatever else it says; "" when nothing */
    const char *comment;  /* "" when none */
    const char *start;    /* of a COUNTER: a time as `stamp`, without "Z" when its zone is not described, or a date … */
    const char *end;      /* … and the end likewise (of dates the last day); NULL: none */
};

/* The answer in a calendar below `context`; NULL when the bytes are no calendar, or one without an answer. */
struct calendar_reply *calendar_read_reply(const void *context, const char *bytes, size_t length);

#endif
