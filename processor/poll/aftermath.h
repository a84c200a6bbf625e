/* What an answer brings about beside the votes: who is back, what was promised, what the organiser hears of. */
#ifndef KAIRAN_POLL_AFTERMATH_H
#define KAIRAN_POLL_AFTERMATH_H

#include "mail/office.h"
#include "poll/answer.h"
#include "store/poll.h"

struct aftermath {
    const struct poll *poll;             /* as it was before */
    const struct invitation *invitation; /* as it is now */
    enum invitation_state state_before;
    const enum mark *before; /* one a choice */
    const enum mark *after;
    bool is_proxy;        /* somebody else answered for the person */
    const char *promised; /* the day on which an answer is promised, or NULL */
};

/* Keeps it all in the running transaction. */
bool aftermath_keep(struct office *office, const struct aftermath *aftermath, struct error **error);

#endif
