/*
 * The question of a poll as the understanding of replies wants it: its dates, and the ballot's text to tell our lines
 * from theirs. Made once a run and language, because a busy spool holds many replies to few polls.
 */
#ifndef KAIRAN_POLL_QUESTION_H
#define KAIRAN_POLL_QUESTION_H

#include "mail/office.h"
#include "poll/answer.h"
#include "store/poll.h"

/*
 * The question of a poll in a language, owned by the office. Its ballot is the one text of all invitations, with the
 * reference left out; compare replies with theirs left out as well (question_drop_reference). `now` is not set.
 */
const struct answer_question *question_find(struct office *office, const struct poll *poll, const char *language,
                                            struct error **error);

/* A copy of `text` below `context` in which every `reference` (either case) is gone. */
char *question_drop_reference(const void *context, const char *text, const char *reference);

#endif
