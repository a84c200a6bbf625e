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
 * Lets the reader begin with a mail that is asked for next, while this process does other things. `bytes` stay as they are
 * until then. Only saves time: whatever goes wrong shows when the mail is asked for.
 */
void reading_announce(struct reading *reading, const char *bytes, size_t length);

/* The reader's view of one mail as it came, for `kairan read`; the caller owns the reference. */
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
