/* Minutes: a reply to the result of a poll that begins with 議事録 is a note, tagged with the poll, for all who were invited. */
#ifndef KAIRAN_NOTE_MINUTES_H
#define KAIRAN_NOTE_MINUTES_H

#include "mail/incoming.h"
#include "mail/office.h"

/* Whether a letter to the polls says that it brings minutes. Pure. */
bool minutes_are_in(const struct letter *letter, const struct route *route);

/*
 * Takes them, from who was invited or opened the poll; *taken is false, and nothing is done, when the poll is not closed or
 * the sender has nothing to do with it: then it is a reply to the poll like any other.
 */
bool minutes_take(struct office *office, struct incoming *incoming, bool *taken, struct error **error);

#endif
