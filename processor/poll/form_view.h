/* Questionnaires and answers to them as JSON, as `kairan answer` takes and prints them (help-answer.txt has the shape).
 */
#ifndef KAIRAN_POLL_FORM_VIEW_H
#define KAIRAN_POLL_FORM_VIEW_H

#include <jansson.h>

#include "base/error.h"
#include "poll/form.h"

/*
 * Reads {"kind":"single"|"multiple"|"scale"|"number"|"ranking"|"text", …} or {"kind":"questionnaire","questions":[…]}
 * below `context`; NULL with a sentence when it is neither. *is_one: a single question.
 */
struct form *form_from_view(const void *context, json_t *view, bool *is_one, struct error **error);

/* The answer to one question, or to all. */
json_t *form_answer_view(const struct form *form, const struct form_answer *answer, bool is_one);

#endif
