/*
 * Who comes? A reply to that is prose of any kind, of which a clause or two matter: 遅れますが参加します, 火曜は出張のため…,
 * 行けたら行きます. So unlike replies to a list of dates, what is not understood here is passed over; but clauses that
 * say both yes and no of the same thing are asked about.
 */
#ifndef KAIRAN_POLL_ANSWER_ATTENDANCE_H
#define KAIRAN_POLL_ANSWER_ATTENDANCE_H

#include "poll/answer.h"
#include "poll/answer_words.h"

struct attendance {
    enum mark mark;   /* MARK_NONE: nothing was said, or contradictions */
    bool inferred;    /* only a hint was given: a journey, coming late, a hedge */
    bool contradicts; /* yes and no were said of the same thing */
    char *evidence;   /* the clause, verbatim; NULL without a mark */
    char *note;       /* coming late and the like, verbatim; or NULL */
};

/* What the text that a person wrote (quotes left out) says of `choice`, below `context`. */
struct attendance *attendance_read(const void *context, const struct when *choice, const char *text);

/* What words and signs tell of coming, as `value` of the words below. */
enum attendance_cue {
    CUE_COMING,
    CUE_ABSENT,
    CUE_HARD, /* 無理: no, of whatever is spoken of */
    CUE_FINE,
    CUE_NOT,
    CUE_UNSURE,
    CUE_IF,
    CUE_WISH,     /* 参加したい */
    CUE_LATE,     /* who comes late comes */
    CUE_AWAY,     /* a reason not to come, and no more than that */
    CUE_ELSEWHEN, /* 次回 */
    CUE_SOMEBODY, /* 佐藤さんは, 参加される方は */
    CUE_NOUN,     /* behind a word of coming: 参加-者, 出席-率 */
    CUE_PAST,
    CUE_AGAIN, /* 参加することになりました: no past */
    CUE_BUT,
    CUE_NOT_BUT, /* 行けませんが: no, and something follows */
    CUE_QUESTION,
    CUE_NOTHING, /* holds a cue, but says nothing: 申し訳ありません */
    CUE_LEAVE,   /* 参加してもいいですか: a question that says yes */
    CUE_COMMA,
    CUE_STOP,
};

/* The words in their folded form, sorted by bytes. */
const struct answer_word *attendance_words(size_t *count);

#endif
