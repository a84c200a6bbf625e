/*
 * Reading letters through the reader helper: started when the first letter comes, used for many, replaced when one kills
 * or stalls it. Strangers' bytes are never parsed in this process.
 */
#ifndef KAIRAN_JOB_READING_H
#define KAIRAN_JOB_READING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/config.h"
#include "mail/letter.h"

struct reading;

/* Nothing is started yet. */
struct reading *reading_start(const void *context, const struct config *config);

/* Reads one mail below `context`. */
struct letter *reading_read(const void *context, struct reading *reading, const char *bytes, size_t length,
                            struct error **error);

/*
 * Mails that are asked for next, in this order: the reader gets them with one call and works on them while this process does
 * other things. `bytes` stay as they are until then, or until they are forgotten. Only saves time: whatever goes wrong shows
 * when a mail is asked for, and a mail is blamed only for what it does when the reader has no other. False when it is not
 * taken, because it is long or enough are on the way.
 */
bool reading_announce(struct reading *reading, const char *bytes, size_t length);

/* Sends what was announced, if it was not already. */
void reading_push(struct reading *reading);

/* What was announced will not be asked for. */
void reading_forget(struct reading *reading);

/* The reader's view of one mail, all keys of it, for `kairan read`; the caller owns the reference. */
json_t *reading_view(struct reading *reading, const char *bytes, size_t length, struct error **error);

/*
 * Fetches the bytes of the attachments of a letter that was read from `bytes`; they hang off the letter. What does not
 * have the hashes of the view is refused: the reader cannot slip in anything else.
 */
bool reading_fetch_attachments(struct reading *reading, const char *bytes, size_t length, struct letter *letter,
                               struct error **error);

/* Whether the last failure was the letter's doing: it killed or stalled a reader that had been started well. */
bool reading_is_spent(const struct reading *reading);

#endif
