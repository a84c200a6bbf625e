/* What the organiser of a poll may ask for beside its dates: one row a poll that asks for anything. */
#ifndef KAIRAN_STORE_OPTION_H
#define KAIRAN_STORE_OPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

enum quorum_unit { QUORUM_NONE, QUORUM_PEOPLE, QUORUM_PERCENT, QUORUM_MAJORITY };

/* Who gets to see how the others have answered. */
enum poll_results {
    RESULTS_CLOSED,    /* everybody, after the close */
    RESULTS_OPEN,      /* everybody, whenever they ask */
    RESULTS_ORGANISER, /* the organiser alone */
};

struct poll_options {
    enum quorum_unit quorum_unit;
    long quorum; /* people, or percent of the invited */
    enum poll_results results;
    bool is_anonymous;
    long yes_most;    /* ○ that one person may give; 0: no limit */
    long minutes;     /* of a date without an end; 0: not said */
    char *recurrence; /* rules of its next months ("第3水曜 13:00-15:00"), or NULL */
};

/* The options of a poll below `context`. */
bool store_load_options(const void *context, struct store *store, int64_t poll_id, struct poll_options *options,
                        struct error **error);

/* Keeps them. */
bool store_set_options(struct store *store, int64_t poll_id, const struct poll_options *options, struct error **error);

/* "closed" "open" "organiser". */
const char *poll_results_name(enum poll_results results);

/* Of a choice: how many ○ it has, kept for polls with a quorum; *yes is the number afterwards. */
bool store_count_yes(struct store *store, int64_t choice_id, int change, long *yes, struct error **error);

/* Notes that it has been told that a choice has reached the quorum; *is_new: not before. */
bool store_note_quorum(struct store *store, int64_t choice_id, bool *is_new, struct error **error);

/* Counts the ○ of all choices of a poll anew, if it has a quorum. */
bool store_recount_yes(struct store *store, int64_t poll_id, struct error **error);

/* Ids of the polls that come back every month and whose next month has no draft yet, as a talloc array. */
int64_t *store_list_series(const void *context, struct store *store, struct error **error);

/* It has one now. */
bool store_note_continued(struct store *store, int64_t poll_id, struct error **error);

#endif
