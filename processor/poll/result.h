/* The result: the tally of a poll as a mail to everybody, and the closing that sends it. */
#ifndef KAIRAN_POLL_RESULT_H
#define KAIRAN_POLL_RESULT_H

#include <jansson.h>

#include "mail/office.h"
#include "store/poll.h"

/*
 * What a result shows: view_poll() and
 *
 *   {"lines":[{"n","label","note","rank","is_first","is_detailed","yes","maybe","no","none","yes_share","maybe_share",
 *      "no_share" (percent),"names_yes","names_maybe","names_no","names_none" (NAMES, remarks in brackets behind them),
 *      "blocked","missing" (required people who are × or silent, a text or null),
 *      "only_missing":{"name", flags of view_mark()}|null}], the best first,
 *    "best": the first of them|null, "reason":{"by_required","by_available","by_yes","by_none","by_best","by_date"}|null,
 *    "table": result_view_table()|null, "invited","answered","unanswered","away","deferred","partial","undelivered" (NAMES),
 *    "comments":[{"name","text"}],"decision": rsvp_view() (null in the result itself),"is_complete","is_interim","is_empty",
 *    "quorum":{"need","is_reached","is_possible","is_failed"}|null}
 *
 * where NAMES is {"names","count","more"}, or null when there are none.
 */
json_t *result_view(struct office *office, const struct poll *poll, const char *language, bool interim,
                    struct error **error);

/* Closes an open poll and queues its result to everybody invited and to the organiser. */
bool result_close_poll(struct office *office, const struct poll *poll, struct error **error);

#endif
