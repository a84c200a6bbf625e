/*
 * One letter on its way through the house: what was read, where it belongs, and, in the end, what became of it.
 */
#ifndef KAIRAN_MAIL_INCOMING_H
#define KAIRAN_MAIL_INCOMING_H

#include <stdint.h>
#include <time.h>

#include "mail/letter.h"
#include "mail/route.h"

struct incoming {
    const struct letter *letter;
    const struct route *route;
    int64_t id;          /* of the row in the letter table */
    time_t received_at;  /* when the hook took it */
    bool has_genuine_token; /* it answers a mail of ours, whoever sends it */
    const char *verdict; /* set by whoever handled it: a static word such as "answered" … */
    const char *reason;  /* … and why, "" when there is nothing to say */
};

/* The mailbox it claims to come from; a letter without one is never routed here. */
static inline const struct mailbox *incoming_sender(const struct incoming *incoming)
{
    return &incoming->letter->from.mailboxes[0];
}

/* Notes what became of it; returns true, so that handlers can end with it. */
static inline bool incoming_settle(struct incoming *incoming, const char *verdict, const char *reason)
{
    incoming->verdict = verdict;
    incoming->reason = reason;
    return true;
}

#endif
