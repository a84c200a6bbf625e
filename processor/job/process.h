/* One round of work: take in the spool, close what is ripe, remind whom the clock says, hand over the outbox. */
#ifndef KAIRAN_JOB_PROCESS_H
#define KAIRAN_JOB_PROCESS_H

#include "job/intake.h"
#include "job/post.h"
#include "mail/office.h"

struct process_counts {
    struct intake_counts intake;
    struct post_counts post;
    long closed;   /* polls */
    long reminded; /* people, by the clock */
};

/*
 * Works once through everything. Every part is tried even when one before it failed; the first failure is reported.
 * `posts` false leaves the outbox for `kairan post`.
 */
bool process_run(struct office *office, bool posts, struct process_counts *counts, struct error **error);

#endif
