/*
 * Composing: the bytes of an outgoing mail. 7-bit only, CRLF, RFC 2047 encoded-words split on characters, bodies in
 * quoted-printable or base64, whichever is shorter; so it survives every relay unchanged. Made once, stored in the
 * outbox, sent as it is.
 */
#ifndef KAIRAN_MAIL_COMPOSE_H
#define KAIRAN_MAIL_COMPOSE_H

#include <stddef.h>
#include <time.h>

#include "base/error.h"
#include "mail/letter.h"

/* A header field of printable ASCII. */
struct message_field {
    const char *name;
    const char *value;
};

/* A file that goes with a mail. */
struct attachment {
    const char *name;  /* any UTF-8 line; beyond letters, digits, "-", "_" and "." as RFC 2231 has it, "" when it has none */
    const char *type;  /* "text/csv; charset=utf-8" */
    const char *bytes;
    size_t length;
};

struct message {
    struct mailbox from;
    struct mailbox to;
    struct mailbox reply_to;     /* address NULL: none */
    const char *subject;
    const char *message_id;      /* without < > */
    const char *in_reply_to;     /* without < >, or NULL */
    const char *references;      /* "<a> <b>", or NULL; long ones keep the first and the last ten */
    time_t date;
    const char *auto_submitted;  /* "auto-generated" or "auto-replied" (RFC 3834 section 5) */
    const char *suppress;        /* X-Auto-Response-Suppress, or NULL */
    const char *precedence;      /* "bulk" on broadcasts, or NULL */
    const char *list_id;         /* RFC 2919, "名前 <id>" already in ASCII, or NULL */
    const struct message_field *list_fields; /* talloc array (RFC 2369), or NULL */
    const char *loop_token;      /* X-Kairan-Loop, or NULL */
    const char *text;            /* UTF-8, "\n" line ends */
    const char *html;            /* alternative, or NULL */
    const char *calendar;        /* iCalendar with CRLF, the last alternative (RFC 6047 section 2.4), or NULL */
    const char *calendar_method; /* "REQUEST": the same as inside */
    const struct attachment *attachments;
    size_t attachment_count;
    char **mails;                /* talloc array of whole mails, 7-bit with CRLF: a multipart/digest behind the text; or NULL */
    const char *boundary;        /* unpredictable; used with html, calendar, attachments and mails */
};

/*
 * The header, with the blank line behind it not included, and the body (Content-Type fields of a single part belong
 * to the header). Kept apart so that ten thousand results can share one body. Refused when an address, id or fixed
 * field holds a control character (header injection).
 */
struct composed {
    char *head;
    size_t head_length;
    char *body; /* begins after the blank line */
    size_t body_length;
};

struct composed *message_compose(const void *context, const struct message *message, struct error **error);

/* Parts of the above that a broadcast repeats: the body once, the head per recipient. */
struct composed_body;
struct composed_body *message_compose_body(const void *context, const struct message *message, struct error **error);
/* The bytes of a body, owned by it. */
const char *message_body_bytes(const struct composed_body *body, size_t *length);

struct composed *message_compose_with_body(const void *context, const struct message *message,
                                           const struct composed_body *body, struct error **error);

#endif
