/* The questions of a form out of the mail that opens it. Pure. */
#ifndef KAIRAN_POLL_FORM_DRAFT_H
#define KAIRAN_POLL_FORM_DRAFT_H

#include "poll/draft.h"

/*
 * Takes the questions out of a text: lines that begin with Q1, 問1 and the choices below them; or, without such lines,
 * a list of choices with places (定員3), which is one question. They become draft->questions; what cannot be asked
 * becomes a problem. Returns the lines that are neither, below `draft`: what a poll of any kind has.
 */
char *form_draft_questions(struct draft *draft, const char *title, const char *text);

/*
 * One question out of a text that begins with Q1, as it was written: its kind is NULL when the brackets do not say it.
 * Below `context`; NULL when there is anything else in the text.
 */
struct poll_question *form_draft_question(const void *context, const char *text);

/* Adds what was not said of a question: its kind, the ends of a scale. False when it cannot be asked. */
bool form_draft_complete(const void *context, struct poll_question *question);

/* Whether a line stands for a choice: 「・春」「2) 夏」. */
bool form_draft_is_choice(const char *line);

/* What stands in the brackets of a question: (1つ・必須), (5段階), (数値 人 0-10). False when it is no such thing. */
bool form_read_attributes(const void *context, const char *words, struct poll_question *question);

#endif
