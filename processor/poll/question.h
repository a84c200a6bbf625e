/*
 * A poll as taking replies needs it, in one language: what answer_read() is asked, and what every mail about it shows.
 * Made once a run, because a busy spool holds many replies to few polls.
 */
#ifndef KAIRAN_POLL_QUESTION_H
#define KAIRAN_POLL_QUESTION_H

#include "mail/office.h"
#include "poll/answer.h"
#include "poll/form.h"
#include "store/poll.h"

struct question {
    struct answer_question asked; /* `now` is not set */
    const struct form *form;      /* of a form; else NULL */
    json_t *view;                 /* view_poll(); copy it (json_copy) before adding to it */
    json_t *cells;                /* for question_view_marks() */
};

/*
 * The question of a poll (of that edition of its choices), owned by the office. Its ballot is the text that was sent, in all languages it was sent in,
 * without the references; compare replies with theirs left out as well (question_drop_reference).
 */
const struct question *question_find(struct office *office, const struct poll *poll, const char *language,
                                     struct error **error);

/*
 * Every choice with its mark: [{"n","label", flags of view_mark(), "inferred","note","before"}], for mails that show an
 * answer; the last three are false or null. `marks` holds one a choice. The entries are shared, like the view: put a copy of
 * one in its place before changing it.
 */
json_t *question_view_marks(const struct question *question, const enum mark *marks);

/* What is kept of a poll is forgotten: it has changed, or is about to. */
void question_forget(struct office *office, const struct poll *poll);

/*
 * A copy of `text` below `context` in which every `reference` is gone, that of any edition, and its code as a word
 * (either case).
 */
char *question_drop_reference(const void *context, const char *text, const char *reference);

#endif
