/* Which part of a reply belongs to which question of a questionnaire. */
#ifndef KAIRAN_POLL_FORM_SPLIT_H
#define KAIRAN_POLL_FORM_SPLIT_H

#include "poll/form.h"

/* What was written to one question, verbatim. */
struct form_passage {
    size_t question; /* from 0 */
    char *text;
};

struct form_passages {
    struct form_passage *list; /* talloc array, in the order of the reply; a question may have several */
    size_t count;
    char *rest;             /* what belongs to no question, "" when nothing */
    bool names_no_question; /* a question was named that there is not */
};

struct form_passages *form_split(const void *context, const struct form *form, const char *text);

#endif
