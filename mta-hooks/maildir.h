/*
 * Durable delivery into a Maildir: libc only, for the hook (which streams a descriptor into the spool) and for the
 * processor (which hands over one block of memory under a name of its own choosing).
 *
 * The states of a mail in the spool. Each +folder means "the name is there":
 *
 *      state                     who made it so                          what a crash leaves, what happens next
 *      S0  -tmp -new -cur        nothing has happened                    nothing; the MTA still has the mail
 *      S1  +tmp -new -cur        maildir_begin: a new, private file      a part of a file that nobody reads;
 *                                                                        the janitor removes it after 36 hours
 *      S2  +tmp -new -cur        maildir_store: all bytes are written,   the same, though the file is whole:
 *                                fsynced, close has said yes             the MTA still has the mail and tries again
 *      S3  -tmp +new -cur        maildir_publish: renamed                a whole file in new/, or after a power cut S2;
 *                                                                        the MTA tries again: a second copy, which the
 *                                                                        processor tells by queue id and recipient
 *      S4  -tmp +new -cur        maildir_publish: new/ fsynced           a whole file in new/, also after a power cut
 *      S5  -tmp -new +cur        a reader has claimed it by rename       the reader's business
 *
 * The mail has been taken at the instant at which fsync(new/) returns in maildir_publish: from there (S4) the answer to
 * the MTA is 0, before it is "try again". No failure before S4 leaves a name in new/, and none leaves one in tmp/,
 * short of a kill.
 */
#ifndef KAIRAN_MTA_HOOKS_MAILDIR_H
#define KAIRAN_MTA_HOOKS_MAILDIR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

enum {
    MAILDIR_NAME_BYTES = 256, /* NAME_MAX and its NUL */
    MAILDIR_WHY_BYTES = 512,
};

/* A Maildir to be delivered into: set `path`, leave the rest zero. The text at `path` stays the caller's. */
struct maildir {
    const char *path;
    char why[MAILDIR_WHY_BYTES]; /* after a call that returned false: one sentence, one line, what failed and why */
};

/* One file on its way into it, between maildir_begin and maildir_publish or maildir_discard. */
struct maildir_file {
    char name[MAILDIR_NAME_BYTES]; /* in tmp/, and in new/ when no other name is given */
    int tmp;                       /* descriptor of the file, -1 when it is closed */
    int new;                       /* descriptor of the folder new/ */
};

/* Makes the folder and its tmp/, new/ and cur/, mode 0700; what is there already is fine. Its parent must exist. */
bool maildir_create(struct maildir *maildir);

/*
 * Delivers `length` bytes as new/NAME, durably. `name` must stay the same for the same mail: when new/NAME or
 * cur/NAME or cur/NAME:2,FLAGS exists, nothing is written and the answer is true, so a repeated delivery makes no
 * second file. A name is 1 to 200 bytes without "/", ":" and a leading dot.
 */
bool maildir_deliver(struct maildir *maildir, const char *name, const char *bytes, size_t length);

/*
 * The same in steps, for bytes that come in pieces: begin, write as often as needed, store, publish. When a step has
 * failed, and when the caller changes its mind before maildir_publish, maildir_discard ends it.
 */

/* S0 to S1: a new file of mode 0600 under a unique name in tmp/. */
bool maildir_begin(struct maildir *maildir, struct maildir_file *file);

/* Appends the pieces; they are consumed (their bases and lengths change). */
bool maildir_write(struct maildir *maildir, struct maildir_file *file, struct iovec *pieces, int count);

/* S1 to S2: the bytes are on the disk. What the caller wants to check last (is the MTA alive?), it checks then. */
bool maildir_store(struct maildir *maildir, struct maildir_file *file);

/*
 * S2 to S4 under `name` (NULL: file->name). After true the mail has been taken and `file` holds nothing; after false
 * new/ does not hold it.
 */
bool maildir_publish(struct maildir *maildir, struct maildir_file *file, const char *name);

/* Back to S0: closes what is open and removes the file from tmp/. Harmless after a begin that failed. */
void maildir_discard(struct maildir *maildir, struct maildir_file *file);

#endif
