/* Everything counted about one poll: its people, their marks and remarks, the dates in their order. */
#ifndef KAIRAN_POLL_COUNT_H
#define KAIRAN_POLL_COUNT_H

#include <jansson.h>

#include "mail/office.h"
#include "poll/tally.h"
#include "store/poll.h"

struct count {
    const struct poll *poll;
    struct invitation *invitations; /* talloc array */
    char **names;                   /* one an invitation; in an anonymous poll receipts, and all in their order */
    struct ballot_box box;
    char **remarks;           /* like the marks of the box: a condition ("13:30〜"), or NULL */
    struct tally_line *lines; /* the best first */
};

/* Counts a poll, which must outlive the count, below `context`. */
struct count *count_votes(const void *context, struct office *office, const struct poll *poll, struct error **error);

/* How many people have answered something. */
size_t count_answered(const struct count *count);

/* What a result shows of a count; see result_view(). */
json_t *count_view(const struct office *office, const struct count *count, const char *organiser, const char *language,
                   bool interim);

#endif
