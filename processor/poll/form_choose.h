/*
 * Choosing by words: what single, multiple and scale questions have in common. The words fall into clauses; one that
 * names a choice must hold nothing but known words, or it is in doubt.
 */
#ifndef KAIRAN_POLL_FORM_CHOOSE_H
#define KAIRAN_POLL_FORM_CHOOSE_H

#include <stdint.h>

#include "poll/form_words.h"

struct choosing {
    uint64_t chosen;  /* choice n is bit n */
    uint64_t refused; /* 「2は不要」 */
    bool doubt;
    bool by_range;
    bool is_all;
    bool is_none;
    bool is_complement; /* 「2以外」 */
    char *other;        /* the words behind 「その他」, or NULL */
    struct buffer *comment;
};

/* `first` is what the lowest choice is called: 1, or the low end of a scale of `count` steps. */
struct choosing *form_choose(const void *context, const struct form_question *question, const struct form_words *words,
                             double first, size_t count);

#endif
