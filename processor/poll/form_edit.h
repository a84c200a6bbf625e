/* Corrections of the questions of a form that has not started: one is added, said anew, or dropped. Pure. */
#ifndef KAIRAN_POLL_FORM_EDIT_H
#define KAIRAN_POLL_FORM_EDIT_H

#include <stdbool.h>

#include "store/question.h"

enum form_edit_outcome {
    FORM_EDIT_DONE,
    FORM_EDIT_UNCLEAR,     /* it is not one question that can be asked */
    FORM_EDIT_NO_QUESTION, /* none has that number */
    FORM_EDIT_TOO_MANY,
    FORM_EDIT_LAST, /* nothing would be left to ask */
};

/* The number with which a text begins (「Q2」「問2」, 「2 」), and what stands behind it; 0: none. */
long form_edit_number(const char *text, const char **behind);

/*
 * Each changes *questions (a talloc array), below `context`, and only when it gives FORM_EDIT_DONE; *number is that of
 * the question which was added, corrected or dropped, or which was not found.
 *
 * Added is what a text says, as an opening mail would (「Q3. 時間帯は? (1つ): 午前 / 午後」), before the question that has
 * its number now, or behind all.
 */
enum form_edit_outcome form_edit_add(const void *context, struct poll_question **questions, const char *text,
                                     long *number);

/* Of a question what is said becomes new (text, brackets, choices), and the rest stays. */
enum form_edit_outcome form_edit_fix(const void *context, struct poll_question **questions, const char *text,
                                     long *number);

enum form_edit_outcome form_edit_drop(const void *context, struct poll_question **questions, long number);

#endif
