/* Polls, their choices, and who is invited. */
#ifndef KAIRAN_STORE_POLL_H
#define KAIRAN_STORE_POLL_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/civil.h"
#include "store/option.h"
#include "store/store.h"

enum poll_state { POLL_DRAFT, POLL_OPEN, POLL_CLOSED, POLL_CANCELLED };

struct choice {
    int64_t id;
    int number; /* from 1, as people see it; numbers of dropped ones are not given again */
    struct civil start;
    struct civil end; /* meaningful when has_end */
    bool has_end;
    bool all_day;
    char *note; /* or NULL */
};

struct poll_question; /* store/question.h */

struct poll {
    int64_t id;
    char *code; /* lower case, "k7q2" */
    bool is_form; /* a questionnaire: it has questions, and no choices */
    enum poll_state state;
    char *title;
    char *description; /* "" when none */
    char *place;       /* "" when none */
    int64_t organiser_id;
    time_t deadline;
    time_t created_at;
    time_t closed_at;       /* 0: not yet */
    int edition;            /* of the choices, from 1 */
    int reopened;           /* how often it was opened again after its close */
    int told;               /* mails to the organiser about what happened */
    long invited;           /* invitations … */
    long waiting;           /* … that have not answered every choice */
    struct poll_options options;
    struct choice *choices; /* talloc array in order of number: those that are asked for (in this edition) */
    size_t choice_count;
    struct poll_question *questions; /* talloc array, of a form; else NULL */
};

enum invitation_state {
    INVITATION_WAITING,     /* nothing answered yet */
    INVITATION_PARTIAL,     /* some choices answered */
    INVITATION_ANSWERED,    /* every choice answered */
    INVITATION_UNDELIVERED, /* the ballot bounced */
    INVITATION_REMOVED,     /* no longer invited */
};

struct invitation {
    int64_t id;
    int64_t poll_id;
    int64_t person_id;
    int number; /* from 1 within the poll */
    char *name; /* what the person or a circle says, else as the organiser wrote it; "" when nobody has said */
    char *language; /* of the person, or NULL */
    char *address;
    bool required;
    enum invitation_state state;
    int asked;
    char *comment;
    char *proposal; /* JSON, or NULL */
    time_t latest;    /* the Date of the newest mail that an answer came in; 0: none yet */
    time_t asked_at;  /* when the ballot or a reminder was last queued; 0: not yet */
    int reminded;     /* how often the clock has reminded */
    char *promised;   /* the day on which they said they would answer, "2026-01-08", or NULL */
    char *away_until; /* the last day that the person is away, "" when it is not known; NULL: not away */
};

/* Enters a poll with its choices, all of edition 1, and gives them their ids. */
bool store_add_poll(struct store *store, struct poll *poll, struct error **error);

/* The poll with a code (any case) or an id below `context`; *poll is NULL when there is none. */
bool store_find_poll(const void *context, struct store *store, const char *code, struct poll **poll,
                     struct error **error);
struct poll *store_load_poll(const void *context, struct store *store, int64_t id, struct error **error);

/* The poll with the choices that an edition of it asked for, below `context`. */
struct poll *store_load_edition(const void *context, struct store *store, const struct poll *poll, int edition,
                                struct error **error);

/*
 * Ids of the open polls that are to be closed: the deadline has come, or nobody is waited for any more (that does not
 * close one that was opened again: its organiser expects changes; nor one with places, which may become free).
 */
int64_t *store_list_ripe_polls(const void *context, struct store *store, time_t now, struct error **error);

/* Ids of all polls, the newest first. */
int64_t *store_list_polls(const void *context, struct store *store, struct error **error);

/* A poll in one line. */
struct poll_line {
    char *code;
    char *title;
    char *starts; /* of the choice that was decided on: an instant, or a date when all_day; NULL: none was */
    bool all_day;
};

/*
 * The polls a person was invited to that were closed or decided from one instant up to another (not included), as a talloc
 * array.
 */
struct poll_line *store_list_poll_lines(const void *context, struct store *store, int64_t person_id, time_t from, time_t to,
                                        struct error **error);

/* Moves a poll on; `closed_at` is set when the new state is closed or cancelled. */
bool store_set_poll_state(struct store *store, int64_t id, enum poll_state state, time_t now, struct error **error);

/* Writes place and description back. */
bool store_set_poll_texts(struct store *store, const struct poll *poll, struct error **error);

/* Opens a closed poll again. */
bool store_reopen_poll(struct store *store, struct poll *poll, struct error **error);

bool store_set_poll_deadline(struct store *store, int64_t id, time_t deadline, struct error **error);

/* Invites one person; the caller counts the numbers. Fails when the person is invited already. */
bool store_add_invitation(struct store *store, struct invitation *invitation, struct error **error);

/* The largest number that any invitation of a poll has. */
bool store_last_invitation_number(struct store *store, int64_t poll_id, int *number, struct error **error);

/* Whether the poll cannot do without that person. */
bool store_set_required(struct store *store, int64_t invitation_id, bool required, struct error **error);

/* The poll can do without anybody. */
bool store_clear_required(struct store *store, int64_t poll_id, struct error **error);

/* One invitation by its number in the poll, or by the person; *invitation is NULL when there is none. */
bool store_find_invitation(const void *context, struct store *store, int64_t poll_id, int number,
                           struct invitation **invitation, struct error **error);
bool store_find_invitation_of(const void *context, struct store *store, int64_t poll_id, int64_t person_id,
                              struct invitation **invitation, struct error **error);

/* The invitation with an id, which must exist. */
struct invitation *store_load_invitation(const void *context, struct store *store, int64_t id, struct error **error);

/* The first `most` invitations of a poll by number, without the removed ones, as a talloc array. */
struct invitation *store_list_invitations(const void *context, struct store *store, int64_t poll_id, long most,
                                          struct error **error);

/* Ids of the open polls a person is invited to, oldest first, as a talloc array. */
int64_t *store_list_open_polls_of(const void *context, struct store *store, int64_t person_id, struct error **error);

/* Writes state, asked, comment, proposal and latest back, and keeps the poll's count of whom it waits for. */
bool store_update_invitation(struct store *store, const struct invitation *invitation, enum invitation_state before,
                             struct error **error);

/* Keeps the text of the ballot of a poll's present edition in a language as it is sent; the first one holds. */
bool store_keep_ballot(struct store *store, const struct poll *poll, const char *language, const char *text,
                       struct error **error);

/* All texts of a poll's ballots below `context`, those in `language` first, the newest before; "" when none was sent. */
char *store_load_ballots(const void *context, struct store *store, int64_t poll_id, const char *language,
                         struct error **error);

/* "draft" "open" "closed" "cancelled"; "waiting" "partial" "answered" "undelivered" "removed". */
const char *poll_state_name(enum poll_state state);
const char *invitation_state_name(enum invitation_state state);

#endif
