/* Handing the outbox to the MTA, one recipient a mail, each outcome recorded before the next mail goes. */
#ifndef KAIRAN_JOB_POST_H
#define KAIRAN_JOB_POST_H

#include "mail/office.h"

struct post_counts {
    long sent;
    long later;   /* to be tried again */
    long refused; /* for good */
};

/* Sends all that is due. Stops early (with true) when the MTA takes nothing more at present. */
bool post_run(struct office *office, struct post_counts *counts, struct error **error);

#endif
