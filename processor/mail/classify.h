/*
 * Who wrote a letter, a person or a machine, and what may be done with it: two verdicts, may it be answered (RFC 3834)
 * and may it count. A vacation reply that quotes a ballot must never vote; a person behind a mailing list may.
 */
#ifndef KAIRAN_MAIL_CLASSIFY_H
#define KAIRAN_MAIL_CLASSIFY_H

#include "mail/header.h"
#include "mail/letter.h"
#include "mail/part.h"

/* What is judged. */
struct classify_input {
    const struct header *header;
    const struct part_list *parts;
    const char *subject;     /* decoded */
    const char *from;        /* the first address, or NULL */
    const char *from_name;   /* its display name, decoded */
    const char *date;        /* of writing, ISO 8601, or NULL */
    const char *return_path; /* "" is the null sender, NULL unknown */
    const char *text;        /* the best text */
};

struct classify_verdict {
    enum letter_class class;
    const char *reason; /* the sign it was told by, one line */
    bool may_answer;
    bool may_count;
    char **recipients; /* failed addresses of a bounce, a talloc array */
    char *status;      /* "5.1.1" or NULL */
    bool is_permanent;
    char *away_until; /* of an auto-reply: the last day of absence, "2026-01-07", when it says so; or NULL */
    char *reaction;   /* an emoji that was put to a mail instead of an answer, or NULL */
};

/* Judges below `context`, never NULL. */
struct classify_verdict *classify(const void *context, const struct classify_input *input);

#endif
