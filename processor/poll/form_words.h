/*
 * The words of a response: a passage of a reply as tokens. A choice is found by its number, its letter, its label or
 * the beginning of the label when no other label begins so; what is no word known here is TOKEN UNKNOWN and casts doubt
 * on the clause it stands in.
 */
#ifndef KAIRAN_POLL_FORM_WORDS_H
#define KAIRAN_POLL_FORM_WORDS_H

#include "poll/form.h"
#include "text/fold.h"

enum form_word_kind {
    FORM_WORD_UNKNOWN,
    FORM_WORD_NOISE,    /* です, please: nothing that could change the meaning */
    FORM_WORD_CHOICE,   /* a label or letter; place */
    FORM_WORD_UNSURE,   /* the beginning of several labels */
    FORM_WORD_NUMBER,   /* number */
    FORM_WORD_QUANTITY, /* a number with a unit that is not asked for: 3時 */
    FORM_WORD_RANK,     /* 1位, first; number */
    FORM_WORD_STARS,    /* ★★★; number */
    FORM_WORD_AND,
    FORM_WORD_OR, /* か */
    FORM_WORD_COMMA,
    FORM_WORD_COLON,
    FORM_WORD_SLASH,
    FORM_WORD_RANGE,
    FORM_WORD_BEFORE, /* > in a ranking */
    FORM_WORD_EQUAL,
    FORM_WORD_STOP,   /* end of a sentence or line */
    FORM_WORD_BUT,    /* が, but: end of a clause */
    FORM_WORD_TOPIC,  /* は */
    FORM_WORD_EXCEPT, /* 以外: behind what is excepted */
    FORM_WORD_ALLBUT, /* except: before it */
    FORM_WORD_ALL,
    FORM_WORD_NONE, /* なし: none of them, nothing, zero */
    FORM_WORD_SKIP, /* パス: no answer to this */
    FORM_WORD_NOT,
    FORM_WORD_ABOUT, /* くらい */
    FORM_WORD_DOUBT, /* 迷っています */
    FORM_WORD_QUESTION,
    FORM_WORD_REASON, /* ので: the rest of the sentence is a reason, or what stood before it */
    FORM_WORD_REMARK, /* what stands in brackets */
    FORM_WORD_OUT_OF, /* out of, 点満点: the top of a scale stands beside it */
};

struct form_word {
    enum form_word_kind kind;
    size_t place; /* of a choice, from 0 */
    double number;
    bool is_decimal; /* written with a fraction */
    bool ends_line;  /* of a stop: a line end, no full stop */
    bool glued;      /* no blank before it */
    size_t start;    /* in the folded text */
    size_t end;
};

struct form_words {
    const char *source;
    struct folded *folded;
    struct form_word *list; /* talloc array with room to grow */
    size_t count;
};

struct form_words *form_words_read(const void *context, const struct form_question *question, const char *passage);

/* What stands at these words in the source, verbatim and trimmed, below `context`; `end` is not included. */
char *form_words_quote(const void *context, const struct form_words *words, size_t first, size_t end);

/* Whether the words say that the question is passed over: nothing but パス, 無回答, "-". */
bool form_words_skip(const struct form_words *words);

/* Whether a text is nothing but courtesy: 「よろしくお願いします」. */
bool form_is_courtesy(const char *text);

/* For the files of the kinds: a response that is asked about, with the passage as its comment. */
void form_doubt(struct form_response *response, const char *passage);

/* The kinds, each in its file; `response` is OK and empty. */
void form_read_single(struct form_response *response, const struct form_question *question,
                      const struct form_words *words);
void form_read_multiple(struct form_response *response, const struct form_question *question,
                        const struct form_words *words);
void form_read_scale(struct form_response *response, const struct form_question *question,
                     const struct form_words *words);
void form_read_number(struct form_response *response, const struct form_question *question,
                      const struct form_words *words);
void form_read_ranking(struct form_response *response, const struct form_question *question,
                       const struct form_words *words);
void form_read_text(struct form_response *response, const char *passage);
void form_read_attendance(struct form_response *response, const char *passage);

#endif
