/*
 * The calendar entry of a poll: what was decided as the view of an event (mail/calendar.h), and its text for each guest.
 * Everybody's entry has the same UID; its organiser is the guest's own reply address, so that an answer comes with its
 * proof.
 */
#ifndef KAIRAN_POLL_ENTRY_H
#define KAIRAN_POLL_ENTRY_H

#include <jansson.h>

#include "mail/calendar.h"
#include "mail/office.h"
#include "store/person.h"
#include "store/poll.h"
#include "text/when.h"

struct entry;

struct entry_guest {
    int64_t invitation_id; /* 0: the organiser, who was not asked */
    int number;            /* of the invitation, 0: the organiser */
    const char *name;
    const char *address;
    bool required;
};

/* The event of a choice without what differs from sending to sending (sequence, stamp, people); the caller owns it. */
json_t *entry_event(const struct office *office, const struct poll *poll, const struct choice *choice);

/* The event that a decision keeps as text; NULL: it is damaged. The caller owns it. */
json_t *entry_load(const char *text);

/* Whether two events are at the same time. */
bool entry_same_time(json_t *a, json_t *b);

/*
 * The time from `start` to `end` (NULL: open), instants or dates as a calendar has them; false when `start` is neither.
 */
bool entry_read_time(const char *start, const char *end, struct when *when);

/* When an event is, as the language writes it: "1月15日(木) 13:00-15:00"; the caller owns the view. */
json_t *entry_view_label(const struct poll *poll, json_t *event, const char *language);

/* An event with its sequence, about to be sent by `method` below `context`; `organiser` is what its organiser is called. */
struct entry *entry_begin(const void *context, struct office *office, json_t *event, const char *method,
                          const char *organiser);

/* Names all guests in it; of large polls everybody sees only themselves. */
void entry_invite(struct entry *entry, const struct invitation *invitations, const struct person *organiser,
                  const char *organiser_address);

/* The calendar for one guest below `context`; what their calendar answers goes to `reply_address`. */
char *entry_write(const void *context, struct entry *entry, const struct entry_guest *guest, const char *reply_address,
                  struct error **error);

/* Entries of one person alone, without guests. */
struct entry_list {
    struct office *office;
    struct calendar_writer *writer; /* mail/calendar.h */
    const char *method;
    const char *organiser; /* what the organiser is called */
    const char *reply_address;
};

/* The calendar of events (an array, each with its UID and sequence) below `context`. */
char *entry_write_list(const void *context, const struct entry_list *list, json_t *events, struct error **error);

#endif
