/*
 * Digests: what became new since the last one, for each reader as often as they want. What was told is recorded in the
 * transaction that queues it: never twice, never a gap; and one that would be empty is not sent.
 */
#ifndef KAIRAN_NOTE_DIGEST_H
#define KAIRAN_NOTE_DIGEST_H

#include "mail/office.h"
#include "store/reader.h"

/* Makes the digests that are due, each in a transaction of its own. */
bool digest_run(struct office *office, struct error **error);

/* Whether a reader is due: daily on another day, weekly when the day of the week has come. Pure. */
bool digest_is_due(const struct note_reader *reader, long weekday, time_t now);

#endif
