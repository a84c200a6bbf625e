/*
 * Forms between the store and the reading: the questions of a poll as form.h reads replies against them, responses as
 * votes and back, and both in words.
 */
#ifndef KAIRAN_POLL_FORM_POLL_H
#define KAIRAN_POLL_FORM_POLL_H

#include <jansson.h>

#include "poll/form.h"
#include "store/poll.h"
#include "store/question.h"

/* The questions of a form below `context` (they outlive the poll), prepared for reading; `ballot` is what was sent, and must live as long. */
struct form *form_of_poll(const void *context, const struct poll *poll, const char *ballot);

/* A response as the store keeps it, as a talloc array; nothing for one that is asked about or says nothing. */
struct response *form_to_store(const void *context, const struct poll_question *question,
                               const struct form_question *asked, const struct form_response *response);

/* What the store holds of a question among an invitation's responses, as a response; its verdict is NONE when nothing.
 */
struct form_response *form_from_store(const void *context, const struct poll_question *question,
                                      const struct form_question *asked, const struct response *responses);

/* A response in words: 「夏、その他(梅雨の前)」, 「3人」; NULL when nothing is said. A blank one is "-". */
char *form_describe(const void *context, const struct form_question *asked, const struct form_response *response,
                    const char *language);

/*
 * [{"q","text","required","is_single",… (one a kind),"choices":[{"n","label","capacity","left"}],"low","high","unit",
 * "most","has_choices"}]; `left` of a choice with places is null here.
 */
json_t *form_view_questions(const struct poll *poll);

#endif
