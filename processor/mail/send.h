/*
 * Handing mail to the world: SMTP (through the sender helper, which links libcurl), /usr/sbin/sendmail, or a Maildir
 * (for a trial without an MTA). One recipient a call. Delivery is at least once: the caller records "sent" only after
 * SEND_ACCEPTED, and the bytes (so the Message-ID) never change between tries.
 */
#ifndef KAIRAN_MAIL_SEND_H
#define KAIRAN_MAIL_SEND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct sender;

enum send_outcome {
    SEND_ACCEPTED,
    SEND_LATER,   /* 4xx, no connection, exit 75 */
    SEND_REFUSED, /* 5xx: for good */
};

struct send_result {
    enum send_outcome outcome;
    char *reply; /* the server's last line, "250 2.0.0 Ok: queued as …", below the call's context */
};

/*
 * `transport` is the configuration's value: "smtp://127.0.0.1:25", "sendmail:/usr/sbin/sendmail" or
 * "maildir:/path/to/Maildir". Nothing is opened until the first mail. `helper` is the path of kairan-sender,
 * `hostname` the EHLO name.
 */
struct sender *sender_open(const void *context, const char *transport, const char *helper, const char *hostname,
                           struct error **error);

/*
 * Whether the way out is open, found out without sending anything: the SMTP server greets and answers, the program may be
 * run, the Maildir is there or can be made. The error says what is wrong with it.
 */
bool sender_check(struct sender *sender, struct error **error);

struct envelope {
    const char *sender;    /* "" is the null sender */
    const char *recipient;
    const char *name;      /* unique and stable for this mail: the Maildir transport names the file by it, so that a
                              repeated delivery lands on the same file and not beside it */
};

/* Sends one mail. Temporary trouble is a result, not an error; an error is a fault of configuration. */
struct send_result *sender_send(const void *context, struct sender *sender, const struct envelope *envelope,
                                const char *bytes, size_t length, struct error **error);

#endif
