/* Numbers in an answer, with what is written around them: options, dates, times, quantities, telephone numbers. */
#ifndef KAIRAN_POLL_ANSWER_NUMBERS_H
#define KAIRAN_POLL_ANSWER_NUMBERS_H

#include "poll/answer_tokens.h"

/* Reads the number at `at` of the folded text as one token; returns its bytes, 0 when there is none. */
size_t number_read(struct tokens *tokens, size_t at);

#endif
