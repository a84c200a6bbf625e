/* What was decided, who comes, and the tentative entries in people's calendars. */
#ifndef KAIRAN_STORE_DECISION_H
#define KAIRAN_STORE_DECISION_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "store/store.h"

struct decision {
    int64_t poll_id;
    int64_t choice_id;
    int sequence;
    int since_sequence; /* the first sequence with this time */
    const char *event;  /* the calendar entry as it was sent last (JSON) … */
    time_t decided_at;  /* … and when */
    bool is_cancelled;
};

struct rsvp {
    int64_t invitation_id;
    const char *mark; /* "yes", "maybe", "no" */
    int sequence;     /* of the entry that it answers */
    time_t answered_at;
    const char *comment; /* "" when none */
};

/* The decision on a poll below `context`; *decision is NULL when there is none. */
bool store_find_decision(const void *context, struct store *store, int64_t poll_id, struct decision **decision,
                         struct error **error);

/* Enters the decision on a poll, or replaces it. */
bool store_set_decision(struct store *store, const struct decision *decision, struct error **error);

/* An answer replaces one of the same invitation, unless that is a later one. */
bool store_set_rsvp(struct store *store, const struct rsvp *rsvp, struct error **error);

/* Forgets who comes: the time is another one. */
bool store_drop_rsvps(struct store *store, int64_t poll_id, struct error **error);

/* Every answer of a poll by the number of its invitation; `each` copies what it keeps. */
bool store_visit_rsvps(struct store *store, int64_t poll_id,
                       void (*each)(void *closure, int invitation_number, const struct rsvp *rsvp), void *closure,
                       struct error **error);

/* An entry of somebody's choice, as it was sent last. */
struct tentative {
    int64_t choice_id;
    const char *event; /* JSON */
};

/* Keeps a tentative entry that goes out; one on the same choice is replaced. */
bool store_set_tentative(struct store *store, int64_t invitation_id, const struct tentative *tentative,
                         struct error **error);

/* The tentative entries of an invitation, as a talloc array. */
struct tentative *store_list_tentative(const void *context, struct store *store, int64_t invitation_id,
                                       struct error **error);

#endif
