/*
 * What a zone of a reply has said so far about each choice, and how strongly. Stronger words overrule weaker ones
 * (2 of "全部OK、2は×"); two of the same strength that differ make the choice unclear.
 */
#ifndef KAIRAN_POLL_ANSWER_READING_H
#define KAIRAN_POLL_ANSWER_READING_H

#include "base/buffer.h"
#include "poll/answer_choices.h"

enum strength {
    STRENGTH_NONE,
    STRENGTH_FILLED,    /* the other side of のみ or 以外 */
    STRENGTH_UNIVERSAL, /* 全部 */
    STRENGTH_NARROWED,  /* the morning of 20日は午後のみ: 全部 and 残り do not reach it */
    STRENGTH_SAID,
};

struct cell {
    enum mark mark;
    enum strength strength;
    bool inferred;
    bool unclear;
    int wish; /* 1 first, 2 second, 0 none */
    char *note;
    char *evidence;
};

struct statement {
    uint64_t set;
    enum mark mark;
    enum strength strength;
    bool inferred;
    int wish;     /* 第1希望: 1 */
    size_t start; /* the words, in the folded text */
    size_t end;
    char *note; /* or NULL */
};

struct reading {
    const struct answer_question *question;
    const struct folded *folded;
    const char *source;
    struct cell *cells;
    uint64_t elsewhere; /* choices that another zone speaks of: not 残り */
    bool rest_is_said;
    struct statement universal; /* the last that spoke of all */
    struct statement rest;
    struct token *pending; /* marks on lines of their own: talloc array */
    size_t pending_count;
    size_t strings; /* whole mark strings read so far */
    bool shaken;   /* something was said that may change any mark */
    bool bare_yes; /* 参加します, of no choice in particular */
    bool bare_no;
    bool bare_maybe;
    bool absent;      /* 欠席します */
    bool confirms;    /* はい */
    bool assents;     /* 了解です */
    bool other_words; /* something else was written */
    bool withdraws;
    bool defers;
    struct buffer *comment;
    size_t comment_end; /* in the folded text */
    char **unclear;     /* talloc array, grown by one */
};

/* A reading of `folded`, which was folded from `source`. */
struct reading *reading_new(const void *context, const struct answer_question *question, const struct folded *folded,
                            const char *source);

/* The source of a piece of the folded text, blanks at its ends left out. */
char *reading_quote(const void *context, const struct reading *reading, size_t start, size_t end);

void reading_say(struct reading *reading, const struct statement *statement);

/* A passage was not understood: the choices it speaks of (0: it may be any) get no mark. */
void reading_doubt(struct reading *reading, uint64_t set, size_t start, size_t end);

/* A passage that says nothing about marks. */
void reading_comment(struct reading *reading, size_t start, size_t end);

/* The choices that something was said of with at least such strength. */
uint64_t reading_said(const struct reading *reading, enum strength strength);

/* At the end of the text: lines of single marks, 残り. */
void reading_finish(struct reading *reading);

#endif
