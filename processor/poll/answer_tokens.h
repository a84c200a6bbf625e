/*
 * From a folded text to tokens: words by the dictionary (longest match), numbers with what is written around them
 * (1/15, 15日, 3人, 13:00), runs of marks (○×△, oxo, 0x0). Nothing is decided here but what stands on the page.
 */
#ifndef KAIRAN_POLL_ANSWER_TOKENS_H
#define KAIRAN_POLL_ANSWER_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poll/answer_words.h"
#include "text/fold.h"

/* What a set of choices or a time is, as further bits of token.flags. */
enum set_flag {
    SET_OR = 1 << 16,     /* 1か3 */
    SET_LIST = 1 << 17,   /* more than one reference was joined */
    SET_EXCEPT = 1 << 18, /* the complement of what was named */
    SET_ALL = 1 << 19,
    SET_REST = 1 << 20,   /* what nothing else speaks of; its set is found last */
    SET_BOUND = 1 << 21,  /* 15日以降 */
    SET_BOTH = 1 << 27,   /* 1と3の両方 */
    SET_MERGED = 1 << 22, /* two references to the same choices: 〔1〕 1/15 */
    SET_NONE = 1 << 28,   /* none of them: all, denied */
    SET_RANGE = 1 << 25,  /* 1-3: alone it may be a date */
    TIME_FROM = 1 << 23,
    TIME_UNTIL = 1 << 24,
};

struct token {
    enum token_kind kind;
    int value;
    unsigned flags; /* enum word_flag */
    bool glued;     /* no blank before it */
    size_t start;   /* in the folded text */
    size_t end;
    uint64_t set;           /* TOKEN_SET: choice n is bit n - 1 */
    uint64_t within;        /* the larger set it was narrowed from (午後 of 20日), or 0 */
    enum token_kind origin; /* TOKEN_SET: what kind of reference it was */
    bool bad;               /* TOKEN_SET: names no choice, or contradicts itself */
};

struct tokens {
    const struct folded *folded;
    size_t choice_count;
    struct token *list; /* talloc array with room to grow */
    size_t count;
};

/* Reads the tokens of `folded`, which must outlive them. */
struct tokens *tokens_read(const void *context, const struct folded *folded, size_t choice_count);

/* Adds one token at the end and returns it; the pointer is good until the next one. */
struct token *tokens_add(struct tokens *tokens, enum token_kind kind, size_t start, size_t end);

#endif
