/* The questions of a form, and what was answered to them. */
#ifndef KAIRAN_STORE_QUESTION_H
#define KAIRAN_STORE_QUESTION_H

#include "store/poll.h"

struct question_choice {
    int64_t id;
    int number; /* from 1; 0: what is not chosen but written */
    char *label;
    long capacity; /* places; 0: no limit */
};

struct poll_question {
    int64_t id;
    char *kind; /* "single", … */
    char *text;
    bool required;
    char *low; /* decimal, or NULL */
    char *high;
    char *unit;                      /* or NULL */
    long most;                       /* 0: no limit */
    struct question_choice *choices; /* talloc array in order of number; the first is number 0 */
};

/* What an invitation holds on one choice. */
struct response {
    int64_t invitation_id;
    int invitation_number;
    int64_t choice_id;
    char *mark;  /* "yes": chosen or written, "no": passed over, or what an attendance says */
    char *value; /* or NULL */
    char *note;  /* or NULL */
    bool inferred;
    time_t received_at; /* of the letter that said so */
    int64_t answer_id;
};

/* Enters the questions of a form with their choices and gives them their ids; a choice of number 0 is added in front.
 */
bool store_add_questions(struct store *store, struct poll *poll, struct error **error);

/* The questions of a draft, which nobody has answered, become those of poll->questions, with new ids. */
bool store_replace_questions(struct store *store, struct poll *poll, struct error **error);

/* Reads poll->questions. */
bool store_read_questions(struct store *store, struct poll *poll, struct error **error);

/* All responses of one invitation, or (0) of the poll, in the order in which they were received, as a talloc array. */
struct response *store_list_responses(const void *context, struct store *store, int64_t poll_id, int64_t invitation_id,
                                      struct error **error);

/*
 * The responses of an invitation to a question become these (a talloc array; what they say of ids of answers and people
 * is not looked at). One to a choice that was chosen before keeps the time of the letter that first said so.
 */
bool store_set_responses(struct store *store, int64_t invitation_id, const struct poll_question *question,
                         const struct response *responses, int64_t answer_id, struct error **error);

#endif
