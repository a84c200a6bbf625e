/*
 * Views: what the mails of a poll show, as JSON. Templates turn them into text; tests look at them directly. Everything
 * a template may ask for is there, null or false when it does not apply.
 */
#ifndef KAIRAN_POLL_VIEW_H
#define KAIRAN_POLL_VIEW_H

#include <jansson.h>

#include "poll/answer.h"
#include "store/poll.h"
#include "text/value.h"

/* The date of a choice in the terms of text/when. Nothing is copied. */
struct when choice_to_when(const struct choice *choice);

/* All dates of a poll and their numbers, as answer_read() wants them, below `context`. */
struct when *poll_list_whens(const void *context, const struct poll *poll);
int *poll_list_numbers(const void *context, const struct poll *poll);

/*
 * {"code","title","description","place","deadline","deadline_short","organiser","choices":[{"n","label","note"}],
 *  "choice_count","is_form","questions" (form_view_questions),"question_count"} in a language; the caller owns the reference.
 */
json_t *view_poll(const struct poll *poll, const char *organiser, const char *language);

/* The label of one choice: "1月15日(木) 13:00-15:00". */
char *view_choice_label(const void *context, const struct poll *poll, const struct choice *choice, const char *language);

/* The same for another time that has to do with the poll. */
char *view_when_label(const void *context, const struct poll *poll, const struct when *when, const char *language);

/* A mark as {"symbol","is_yes","is_best","is_maybe","is_no","is_none"}. */
json_t *view_mark(enum mark mark);

#endif
