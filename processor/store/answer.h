/* Answers as they were understood, and the votes that hold now. */
#ifndef KAIRAN_STORE_ANSWER_H
#define KAIRAN_STORE_ANSWER_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "store/store.h"

struct answer_record {
    int64_t id;
    int64_t letter_id;
    int64_t invitation_id;
    const char *verdict;
    bool late;
    const char *source; /* the words it was read from */
    int edition;        /* of the choices that were asked for then */
    const char *reply_id; /* Message-ID of our mail to it, without < >; or NULL */
};

/* An answer with the letter that brought it, for reading it once more. */
struct kept_answer {
    struct answer_record record;
    const char *archive;
    time_t received_at;
};

struct vote {
    int64_t invitation_id;
    int64_t choice_id;
    const char *mark; /* "yes", "best", "maybe", "no" */
    bool inferred;
    const char *note; /* or NULL */
};

/* An answer as it was given, for showing. */
struct past_answer {
    const char *name; /* of the invited person, "" when nobody has said */
    const char *address;
    time_t received_at;
    const char *verdict;
    bool is_late;
    const char *source;
};

/* All answers of a poll, the oldest first; `each` copies what it keeps. */
bool store_visit_answers(struct store *store, int64_t poll_id,
                         void (*each)(void *closure, const struct past_answer *answer), void *closure,
                         struct error **error);

/* Enters an answer and gives it its id. */
bool store_add_answer(struct store *store, struct answer_record *answer, struct error **error);

/* The vote of an invitation on a choice becomes this one; a later one replaces it. */
bool store_set_vote(struct store *store, const struct vote *vote, int64_t answer_id, struct error **error);

/* All answers of an invitation, the oldest first, as a talloc array. */
struct kept_answer *store_list_answers(const void *context, struct store *store, int64_t invitation_id,
                                       struct error **error);

/* Takes one vote of an invitation back. */
bool store_drop_vote(struct store *store, int64_t invitation_id, int64_t choice_id, struct error **error);

/* Takes all votes of an invitation back. */
bool store_drop_votes(struct store *store, int64_t invitation_id, struct error **error);

/* The votes of one invitation, as a talloc array. */
struct vote *store_list_votes(const void *context, struct store *store, int64_t invitation_id, struct error **error);

/* Every vote of a poll on what it asks for now, by invitation number and choice number; `each` copies what it keeps. */
bool store_visit_votes(struct store *store, int64_t poll_id,
                       void (*each)(void *closure, int invitation_number, int choice_number, const char *mark,
                                    const char *note),
                       void *closure, struct error **error);

#endif
