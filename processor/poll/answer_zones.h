/*
 * The zones of a reply: what this person wrote freely, and what stands inside the quoted ballot. The reply is compared
 * with the ballot as it was sent: what we wrote ourselves is no answer.
 */
#ifndef KAIRAN_POLL_ANSWER_ZONES_H
#define KAIRAN_POLL_ANSWER_ZONES_H

#include "poll/answer_reading.h"

/* What stands beside one choice in the quoted ballot. */
struct beside {
    size_t choice; /* counted from 0 */
    char *text;    /* verbatim, without the brackets' blanks */
    bool printed;  /* it may be our own, from a quoted acknowledgement: no bracket was filled in */
    bool detached; /* stood below the whole list: it may speak of more than this choice */
};

struct zones {
    char *free_text;
    char *unread;          /* what lies beyond any answer a person writes, "" as a rule: a comment */
    struct beside *beside; /* talloc array */
    size_t beside_count;
};

struct zones *zones_split(const void *context, const struct answer_question *question, const char *text);

#endif
