/*
 * A letter: one incoming mail as the reader understood it. The reader (a helper program without privileges) turns
 * hostile bytes into a JSON view; here that view becomes a struct that the rest of Kairan may trust in form: all texts
 * are valid UTF-8 without NUL, header texts are one line without controls, addresses are such (base/address.h).
 */
#ifndef KAIRAN_MAIL_LETTER_H
#define KAIRAN_MAIL_LETTER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "base/error.h"
#include "mail/limits.h"

struct buffer;

struct mailbox {
    char *name;    /* display name, "" when there is none */
    char *address; /* addr-spec, the domain in lower case */
};

struct mailbox_list {
    struct mailbox *mailboxes; /* talloc array */
    size_t count;
};

/* What kind of sender wrote it (RFC 3834 and kin). */
enum letter_class {
    LETTER_HUMAN,
    LETTER_AUTO_REPLY, /* vacation, out of office */
    LETTER_BOUNCE,     /* delivery status notification, failed or delayed */
    LETTER_RECEIPT,    /* read receipt (MDN) */
    LETTER_LIST,       /* through a mailing list, written by a person */
    LETTER_ROBOT,      /* any other machine: bulk, feedback report, challenge */
    LETTER_OWN,        /* our own mail come back */
};

struct letter_attachment {
    char *name; /* safe to show, never a path; "" when it has none */
    char *type; /* "application/pdf" */
    size_t size;
    char *sha256; /* hex, of the decoded bytes */
    char *bytes;  /* the decoded bytes, once they were asked for; else NULL */
};

/* What somebody's calendar answers to an entry of ours (RFC 5546). */
struct letter_calendar {
    bool is_counter; /* it proposes another time */
    char *uid;
    int sequence; /* of the entry that it answers */
    time_t stamp; /* when it was written; 0: it does not say */
    char *attendee; /* whose answer it is, as it claims */
    char *partstat; /* "ACCEPTED", "TENTATIVE", "DECLINED" or another word of RFC 5545 section 3.2.12, "" when none */
    char *comment;
    char *start; /* what it proposes, for clock_parse(), or dates ("2026-01-15"); NULL: nothing */
    char *end;
};

struct letter {
    /* the envelope, from the lines that kairan-deliver put on top; NULL where the MTA did not say */
    char *return_path; /* "" is the null sender */
    char *delivered_to;
    char *original_to;
    char *queue_id;
    /* the header */
    struct mailbox_list from;
    struct mailbox_list to;
    struct mailbox_list cc;
    struct mailbox_list reply_to;
    char *subject;      /* "" when missing */
    time_t date;        /* meaningful when has_date */
    bool has_date;
    char *message_id;   /* without < >; NULL when missing */
    char **in_reply_to; /* talloc arrays of message ids without < > */
    char **references;
    char *loop_token;   /* value of X-Kairan-Loop, or NULL */
    char *list_id;      /* RFC 2919, without < > and in lower case, or NULL */
    /* who wrote it, and what may be done with it */
    enum letter_class class;
    char *class_reason;    /* the sign it was told by: "Auto-Submitted: auto-replied" */
    bool may_answer;       /* two verdicts, never one: a letter may count and yet not be answered */
    bool may_count;
    char **recipients;     /* failed addresses of a bounce */
    char *status;          /* "5.1.1" of a bounce, or NULL */
    bool is_permanent;     /* of a bounce: failed for good (not delayed) */
    char *away_until;      /* of an auto-reply: the last day of absence, "2026-01-07", when it says so; or NULL */
    char *reaction;        /* an emoji that was put to a mail instead of an answer, or NULL */
    /* the body */
    char *text;            /* the whole best text, quotes included */
    char *new_text;        /* what this person wrote: without quotes, attributions and signature */
    char *signature;       /* "" when none */
    char *charset;         /* label as found, "" when none */
    struct letter_attachment *attachments; /* talloc array */
    size_t attachment_count;
    struct letter_calendar *calendar; /* NULL: it is no answer of a calendar */
    bool is_cut;           /* its text is longer than the limit, and was cut */
    char **warnings;
};

/*
 * The struct of a reader's view, terse or not, below `context`. Refused when the view is not one (the reader is not
 * trusted).
 */
struct letter *letter_from_view(const void *context, json_t *view, struct error **error);

/* A new view of all keys out of a terse one, for people to look at. */
json_t *letter_complete_view(json_t *terse);

/*
 * The reader's view of one mail's bytes, as JSON text below `context` (runs in the reader helper only). With `text` it is
 * terse, for JSON is slow: the letter's text, which is most of it, is handed out there, below `context` too, and what is
 * null, false or an empty list is left out. Refused beyond the limits (NULL: the defaults).
 */
char *letter_read_view(const void *context, const char *bytes, size_t length, const struct mail_limits *limits,
                       char **text, struct error **error);

/*
 * The decoded bytes of all attachments of a mail, one behind the other in the order of the view (runs in the reader
 * helper only), below `context`.
 */
struct buffer *letter_read_attachments(const void *context, const char *bytes, size_t length,
                                       const struct mail_limits *limits, struct error **error);

/* "human", "auto-reply", … as views and `kairan read` name them. */
const char *letter_class_name(enum letter_class class);

#endif
