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

/* What stands in the brackets of a question: (1つ・必須), (5段階), (数値 人 0-10). False when it is no such thing. */
bool form_read_attributes(const void *context, const char *words, struct poll_question *question);

#endif
