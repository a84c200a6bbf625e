/* What the organiser of a poll is to be told at the end of the run in which it happened: one mail a poll tells all. */
#ifndef KAIRAN_STORE_EVENT_H
#define KAIRAN_STORE_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "store/poll.h"

enum poll_event_kind {
    EVENT_UNDELIVERED, /* an invitation bounced; detail: its status, or "" */
    EVENT_CANNOT,      /* a required person cannot come to a date */
    EVENT_COMPLETE,    /* the last answer has come */
    EVENT_QUORUM,      /* a choice has reached the quorum */
};

struct poll_event {
    int64_t poll_id;
    enum poll_event_kind kind;
    int64_t invitation_id; /* 0: it is nobody's */
    int64_t choice_id;     /* 0: it is of no choice */
    char *detail;
};

bool store_add_event(struct store *store, const struct poll_event *event, struct error **error);

/* Ids of the polls that have something to tell, as a talloc array. */
int64_t *store_list_polls_with_events(const void *context, struct store *store, struct error **error);

/* What a poll has to tell, the oldest first, as a talloc array. */
struct poll_event *store_list_events(const void *context, struct store *store, int64_t poll_id, struct error **error);

/* It has been told. */
bool store_drop_events(struct store *store, int64_t poll_id, struct error **error);

/* Counts one more mail that tells of them, in the poll as well. */
bool store_count_news(struct store *store, struct poll *poll, struct error **error);

/* Notes that something has come in: an answer, an absence, a bounce. */
bool store_touch_poll(struct store *store, int64_t poll_id, struct error **error);

/* Ids of the open polls into which something has come since their last digest, as a talloc array. */
int64_t *store_list_changed_polls(const void *context, struct store *store, struct error **error);

/* Who has answered a poll since its last digest, each once, as a talloc array. */
struct fresh_name {
    char *name; /* "" when nobody has said */
    char *address;
};
struct fresh_name *store_list_fresh_names(const void *context, struct store *store, int64_t poll_id, struct error **error);

/* A digest has told all that has come in. */
bool store_note_digest(struct store *store, int64_t poll_id, time_t now, struct error **error);

/* Ids of the choices that a required person cannot come to, as a talloc array; one may stand in it several times. */
int64_t *store_list_blocked_choices(const void *context, struct store *store, int64_t poll_id, struct error **error);

#endif
