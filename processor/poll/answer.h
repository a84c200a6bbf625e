/*
 * Understanding a reply: the text a person sent, the question and (when known) the ballot as it was sent go in; what
 * has exactly one meaning comes out. Pure: no clock, no database. The unforgivable error is a wrong mark recorded
 * silently: whatever is not understood is asked, never guessed.
 */
#ifndef KAIRAN_POLL_ANSWER_H
#define KAIRAN_POLL_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/civil.h"
#include "text/when.h"

enum mark {
    MARK_NONE,  /* ・ not answered */
    MARK_YES,   /* ○ */
    MARK_BEST,  /* ◎ */
    MARK_MAYBE, /* △ */
    MARK_NO,    /* × */
};

enum answer_verdict {
    ANSWER_OK,       /* record and acknowledge */
    ANSWER_INFERRED, /* record; the acknowledgement marks the inferred cells 「推定」 */
    ANSWER_ASK,      /* record only the marks given, ask for the rest */
    ANSWER_NONE,     /* nothing was written (an empty reply, only quotes): ask */
    ANSWER_WITHDRAW, /* 取り消します */
    ANSWER_DEFER,    /* 後日回答します */
    ANSWER_CONFIRM, /* bare はい / OK / yes and nothing else: means something only where we asked a yes/no question */
};

/* What is asked. */
enum answer_kind {
    ANSWER_DATES,      /* which of these dates */
    ANSWER_ATTENDANCE, /* who comes: yes, no or maybe; what is written beside that is no matter for doubt */
};

struct almanac;
struct ballot_lines;

struct answer_question {
    const struct when *choices; /* in the order of their numbers */
    size_t choice_count;
    const char *ballot; /* the text that was sent (any mail of the poll quotes like it), or NULL */
    const struct ballot_lines *prepared; /* answer_prepare() of this question, or NULL: the ballot is taken apart anew */
    struct civil now;
    const int *numbers; /* what people call the choices, ascending from 1; NULL: 1, 2, 3, … without a gap */
    enum answer_kind kind;
    bool by_proxy; /* somebody else answers, and may say so: 佐藤の代理で回答します */
    const struct almanac *almanac; /* the hours of 3限; NULL: what is built in */
};

struct answer_mark {
    enum mark mark;
    bool inferred;
    int wish;       /* 1 where it was called the first wish (◎, 第1希望), 2 the second …; 0: not said */
    char *note;     /* condition or remark for this choice: "13:30〜", "オンラインなら"; or NULL */
    char *evidence; /* the words it was read from, verbatim; or NULL */
};

struct answer {
    enum answer_verdict verdict;
    struct answer_mark *marks; /* choice_count of them */
    enum mark *proposal;       /* for ANSWER_ASK: choice_count marks to be confirmed by a bare はい, or NULL */
    char *comment;             /* everything that was not consumed, verbatim, "" when nothing */
    char **unclear;            /* talloc array: the sentences that were not understood, verbatim */
};

/*
 * Takes the ballot of a question apart below `context`, once for many replies; the ballot's text must live as long. It
 * does not look at `now`.
 */
struct ballot_lines *answer_prepare(const void *context, const struct answer_question *question);

/* Reads the whole text of a reply (quotes included) below `context`. */
struct answer *answer_read(const void *context, const struct answer_question *question, const char *text);

/*
 * The same for a whole letter: where the text says nothing, the subject may (○×○○○ Re: …, 承諾: …); what is read
 * there is inferred.
 */
struct answer *answer_read_letter(const void *context, const struct answer_question *question, const char *subject,
                                  const char *text);

/* Whether a comment is nothing but courtesy (「よろしくお願いします」), which need not be shown to anybody. */
bool answer_is_courtesy(const char *comment);

/* "○" "◎" "△" "×" "・" */
const char *mark_symbol(enum mark mark);

/* "yes" "best" "maybe" "no", NULL for MARK_NONE: as views and the database spell them; and back (unknown: NONE). */
const char *mark_name(enum mark mark);
enum mark mark_from_name(const char *name);

#endif
