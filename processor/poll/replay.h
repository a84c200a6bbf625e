/*
 * Reading every answer of a poll once more, from the archive: the votes that come out have to be those of the database.
 * What was asked, of whom and until when is taken from the database; what was said, from the mails. A difference means
 * that somebody changed the database, that a mail of the archive is gone or was changed, or that a newer Kairan reads it
 * otherwise.
 */
#ifndef KAIRAN_POLL_REPLAY_H
#define KAIRAN_POLL_REPLAY_H

#include <jansson.h>

#include "mail/office.h"
#include "store/poll.h"

/* How letters are got out of the archive. */
struct replay_archive {
    /* The letter at a path of the archive, below `context`; NULL with a reason when it cannot be read. */
    struct letter *(*fetch)(void *closure, const void *context, const char *path, struct error **error);
    void *closure;
};

struct replay_result {
    long answers; /* that were read again */
    long votes;   /* that came out */
    long skipped; /* questionnaires, whose answers are not read again */
    /*
     * [{"poll", "person", "address", "n", "label", "stored", "derived", "archive", "missing", "changed"}]: a mark that is
     * another one (symbols, "・" for none), or a letter that is missing (why) or whose words have changed.
     */
    json_t *differences;
};

/* Replays one poll and adds to `result`; with `writes`, inside a transaction, the votes become those that came out. */
bool replay_poll(struct office *office, const struct poll *poll, const struct replay_archive *archive, bool writes,
                 struct replay_result *result, struct error **error);

#endif
