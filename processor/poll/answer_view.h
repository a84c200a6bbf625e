/*
 * Questions and answers as JSON, for `kairan answer`: a poll as a file describes it in, what a reply means out. Pure.
 */
#ifndef KAIRAN_POLL_ANSWER_VIEW_H
#define KAIRAN_POLL_ANSWER_VIEW_H

#include <jansson.h>

#include "base/error.h"
#include "poll/answer.h"

/*
 * The question that {"kind","choices":[{"n","start","end","label"}],"now","ballot"} describes, below `context`. Of a
 * choice one of "start" (ISO 8601; without a time it is all day) and "label" will do; "now" and "ballot" may be missing.
 * Refused, with what is wrong, when it is no such thing.
 */
struct answer_question *answer_question_from_view(const void *context, json_t *view, struct error **error);

/*
 * {"verdict","marks","inferred":[n],"notes":{"n"},"evidence":{"n"},"preference":[n],"proposal","comment","unclear"} of
 * an answer; the caller owns the reference. A choice without a mark is null, and so is a proposal that there is not.
 */
json_t *answer_view(const struct answer_question *question, const struct answer *answer);

#endif
