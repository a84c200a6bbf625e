/*
 * The rules: sentences and clauses, and what each says of which choice. A clause has one reading or is doubted whole.
 */
#ifndef KAIRAN_POLL_ANSWER_GRAMMAR_H
#define KAIRAN_POLL_ANSWER_GRAMMAR_H

#include "poll/answer_reading.h"

/* Reads the folded text of `reading` into it; reading_finish() is the caller's, once all zones are read. */
void grammar_read(struct reading *reading);

/* The same for what stands beside choice `choice` (counted from 0) in a quoted ballot: its mark, a remark, or nothing. */
void grammar_read_beside(struct reading *reading, size_t choice);

/* A clause after choices_join(), for answer_clauses.c. */
struct clause {
    struct token *tokens;
    size_t count;
    size_t start;    /* in the folded text */
    size_t end;
    bool is_question;
};

/* Reads a clause that names choices and nothing that only grammar.c knows; false when it has no reading. */
bool clause_read(struct reading *reading, const struct clause *clause);

#endif
