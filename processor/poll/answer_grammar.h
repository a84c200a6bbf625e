/*
 * The rules: sentences and clauses, and what each says of which choice. A clause has one reading or is doubted whole.
 */
#ifndef KAIRAN_POLL_ANSWER_GRAMMAR_H
#define KAIRAN_POLL_ANSWER_GRAMMAR_H

#include "poll/answer_reading.h"

/* Reads the folded text of `reading` into it; reading_finish() is the caller's, once all zones are read. */
void grammar_read(struct reading *reading);

/* The same for what stands beside choice `choice` (counted from 0) in a quoted ballot: its mark, a remark, or nothing.
 */
void grammar_read_beside(struct reading *reading, size_t choice);

/* A clause after choices_join(), for the files that read it. */
struct clause {
    struct token *tokens;
    size_t count;
    size_t start; /* in the folded text */
    size_t end;
    bool is_question;
};

/* What a clause holds, as bits. */
enum content {
    HOLDS_SET = 1 << 0,
    HOLDS_BAD_SET = 1 << 1,
    HOLDS_SYMBOL = 1 << 2,
    HOLDS_WORD = 1 << 3, /* a mark in words */
    HOLDS_UNKNOWN = 1 << 4,
    HOLDS_DANGER = 1 << 5, /* negation, hedge, 前回: may turn a mark round */
    HOLDS_CONDITION = 1 << 6,
    HOLDS_PREFER = 1 << 7,
    HOLDS_WITHDRAW = 1 << 8,
    HOLDS_DEFER = 1 << 9,
    HOLDS_PROXY = 1 << 10,
    HOLDS_CONTACT = 1 << 11,
    HOLDS_ASSENT = 1 << 12,
    HOLDS_AMBIGUOUS = 1 << 13,
    HOLDS_BOUND = 1 << 14,
};

unsigned clause_content_of(const struct token *token);
unsigned clause_contents(const struct clause *clause);

/* The choices that a clause names, 残り left out. */
uint64_t clause_choices(const struct clause *clause);

/* The mark of all choices that a clause gives by denying days of the other kind: NGの日はありません; or MARK_NONE. */
enum mark clause_denied_days(const struct clause *clause);

/* Rewrites a clause: what belongs to a mark goes into it, what cannot change one goes. */
void clause_simplify(const struct reading *reading, struct clause *clause);

/* Whether words that dropped out limit what a predicate without choices says: 授業は欠席します, 1名欠席です. Those
 * before its last mark do; with `whole`, those behind it, too: はい、3名です. */
bool clause_is_limited(const struct reading *reading, const struct clause *clause, bool whole);

/* Whether a clause speaks of somebody whom the dictionary knows as an address: 先生は15日は参加できません. */
bool clause_names_another(const struct reading *reading, const struct clause *clause);

/* Whether a number stands in the text of a clause. */
bool clause_counts(const struct reading *reading, const struct clause *clause);

/* Whether the token `condition` (なら) supposes a time, which says of each choice whether it holds: 卒業式以降なら. */
bool clause_supposes_time(const struct reading *reading, const struct clause *clause, size_t condition);

/* Whether a clause promises the answer for a later day: 月曜までに回答します. */
bool clause_promises(const struct reading *reading, const struct clause *clause);

/* Whether a clause that withdraws something speaks of the answer: 予約を取り消しました does not. */
bool clause_takes_back(const struct reading *reading, const struct clause *clause);

/* Reads a clause that names choices and nothing that only grammar.c knows; false when it has no reading. */
bool clause_read(struct reading *reading, const struct clause *clause);

#endif
