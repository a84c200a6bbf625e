/*
 * The dictionary of answers: which words mean what. Words are data in their folded form; answer_words_ja.c and
 * answer_words_en.c hold them, sorted by bytes. To widen the language, add words there; rules live in answer_grammar.h.
 */
#ifndef KAIRAN_POLL_ANSWER_WORDS_H
#define KAIRAN_POLL_ANSWER_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "poll/answer.h"

enum token_kind {
    TOKEN_UNKNOWN,
    TOKEN_NOISE,        /* particles, copulas, reasons: nothing that could change a mark */
    TOKEN_POLITE,       /* よろしくお願いします */
    TOKEN_MARK,         /* value: enum mark */
    TOKEN_STEM,         /* of a verb (行け-): what it means stands in its ending; value: the mark when affirmed */
    TOKEN_NUMBER,       /* value: bare digits */
    TOKEN_DATE,         /* value: month × 100 + day */
    TOKEN_DAY,          /* value: day of the month */
    TOKEN_NTH_DAY,      /* 3日目 */
    TOKEN_MONTH,        /* 1月 */
    TOKEN_MONTH_NAME,   /* Jan */
    TOKEN_TIME,         /* value: minutes since midnight */
    TOKEN_QUANTITY,     /* 3人, 30分: no choice is meant */
    TOKEN_COUNT,        /* 2つ */
    TOKEN_ORDINAL_NAME, /* second */
    TOKEN_WEEKDAY,      /* value: 0 Sunday */
    TOKEN_PART,         /* value: 0 morning, 1 afternoon */
    TOKEN_LESSON,       /* 3限 */
    TOKEN_VAGUE,        /* 夕方, 来週: a time, but which? */
    TOKEN_TOP,          /* 上(2つ) */
    TOKEN_BOTTOM,
    TOKEN_END_CHOICE, /* 最初 (1), 最後 (-1) */
    TOKEN_PREFIX,     /* 候補, 第, No. */
    TOKEN_ARTICLE,    /* the: as if it were not there */
    TOKEN_DAYS,       /* 日程: noun that a number or a mark stands before */
    TOKEN_SET,        /* choices, resolved from the references above */
    TOKEN_ALL,
    TOKEN_NONE, /* none of them, 全滅: all, and a no */
    TOKEN_REST,
    TOKEN_EITHER, /* 1と3のどちらか: one of a list, and any of it will do */
    TOKEN_BOTH,   /* どちらも: sums up a list, or means nothing here */
    TOKEN_EXCEPT, /* stands behind what is excepted: 以外 */
    TOKEN_BUT,    /* stands before: except */
    TOKEN_ALLBUT,
    TOKEN_LIMIT, /* のみ, only */
    TOKEN_SHIKA, /* しか …ない */
    TOKEN_IF,    /* なら */
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_KA,  /* か: "or" between choices, a question at the end */
    TOKEN_MO,  /* も: 4も5も */
    TOKEN_DOT, /* ・ and / */
    TOKEN_COMMA,
    TOKEN_RANGE,
    TOKEN_COLON,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_FROM,  /* から: from there on, or because */
    TOKEN_SINCE, /* 以降, that day included */
    TOKEN_AFTER,
    TOKEN_THRESHOLD, /* 以上: behind a choice an unclear bound, else the end of a letter */
    TOKEN_UNTIL,
    TOKEN_BEFORE,
    TOKEN_NEG,
    TOKEN_CONDITION,
    TOKEN_CONTRAST,
    TOKEN_GA,   /* が: subject, or "but" behind a predicate */
    TOKEN_DEMO, /* でも: "but" at the start, "or" behind a choice */
    TOKEN_HEDGE,
    TOKEN_BELIEF, /* と思います */
    TOKEN_LESS,   /* ちょっと */
    TOKEN_REASON,
    TOKEN_QUESTION,
    TOKEN_PREFER, /* value: 1 first wish, 2 second */
    TOKEN_WITHDRAW,
    TOKEN_DEFER,
    TOKEN_AMBIGUOUS, /* 結構です, お任せします */
    TOKEN_ASSENT,    /* 了解です: an acknowledgement, no answer */
    TOKEN_ALLEGED,   /* 前回, でした: said of another time */
    TOKEN_PROXY,     /* 代理 */
    TOKEN_CONTACT,   /* TEL, 内線 */
    TOKEN_QUOTED_SAMPLE,
    TOKEN_NOTE,      /* a remark in brackets */
    TOKEN_STOP,      /* end of a sentence */
    TOKEN_LINE,      /* end of a line */
    TOKEN_PARAGRAPH, /* blank line */
};

enum word_flag {
    WORD_APART = 1,   /* only where no unknown word touches it */
    WORD_SYMBOL = 2,  /* a mark proper, not a word of prose */
    WORD_TERSE = 4,   /* a word used like a symbol: ok ng */
    WORD_CONFIRM = 8, /* alone it answers a yes/no question */
    WORD_ASSENT = 16, /* no problem */
    WORD_ABSENT = 32, /* 欠席: needs no object */
    WORD_TICK = 64,   /* ✓ */
    WORD_DEFERS = 128,
    WORD_HEDGED = 256,
    WORD_IMPLIES = 512,    /* いつでも: says yes by itself */
    WORD_KANJI_DAY = 1024, /* 火: a weekday only in company */
    WORD_DOUBT = 2048,     /* "?" typed as a mark */
    WORD_NEGATED = 4096,   /* できません: turns the verb before it round */
    WORD_DENIED = 8192,    /* OKではない: with 全部, not all or none? */
};

struct answer_word {
    const char *text;
    enum token_kind kind;
    int value;
    unsigned flags;
};

const struct answer_word *answer_words_latin(size_t *count);
const struct answer_word *answer_words_other(size_t *count);

/* The longest of `words` (sorted) that `text` begins with, a Latin one only up to its end, of at most `most` bytes; or NULL. */
const struct answer_word *answer_word_longest(const struct answer_word *words, size_t count, const char *text,
                                              size_t most);

/* The longest word that `text` begins with (a Latin one only as a whole word), or NULL. */
const struct answer_word *answer_word_find(const char *text, size_t *length);

/* The longest of those that are shorter than `length`. */
const struct answer_word *answer_word_find_shorter(const char *text, size_t *length);

/* The ending of a verb's stem that `text` begins with: 行け-ません. Its value is the mark that it makes of a yes. */
const struct answer_word *answer_ending_find(const char *text, size_t *length);

#endif
