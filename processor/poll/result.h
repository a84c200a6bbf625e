/* The result: the tally of a poll as a mail to everybody, and the closing that sends it. */
#ifndef KAIRAN_POLL_RESULT_H
#define KAIRAN_POLL_RESULT_H

#include <jansson.h>

#include "mail/office.h"
#include "store/poll.h"

/*
 * What a result shows: view_poll() and {"lines":[{"n","label","rank","yes","maybe","no","none","total", "names_yes",
 * "names_maybe","names_no","names_none" (texts or null),"is_first","blocked","missing" (required people: texts or null),"only_missing","cells"…}],"table":[…]|null,
 * "invited","answered","unanswered","undelivered","comments","is_complete","is_interim"}; the lines stand best first.
 */
json_t *result_view(struct office *office, const struct poll *poll, const char *language, bool interim,
                    struct error **error);

/* Closes an open poll and queues its result to everybody invited and to the organiser. */
bool result_close_poll(struct office *office, const struct poll *poll, struct error **error);

#endif
