/*
 * The envelope of a mail as the hook learns it, and the block of header lines that carries it into the spool. Pure:
 * bytes in, bytes out; only envelope_ask_environment looks around. libc only.
 *
 * The block on top of a spooled mail is the only envelope the processor believes. Lines of the same names at the very
 * top of the input were put there by the MTA; they are taken off and written anew, so that the sender's own lines,
 * which follow, can never be mistaken for a part of the block. Which source wins: options, the environment, the lines
 * on top, the "From " line.
 */
#ifndef KAIRAN_MTA_HOOKS_ENVELOPE_H
#define KAIRAN_MTA_HOOKS_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>

enum {
    ENVELOPE_BLOCK_BYTES = 6 * 1024,
    ENVELOPE_ADDRESS_BYTES = 900, /* a header line may have 998 (RFC 5322, 2.1.1) */
    ENVELOPE_QUEUE_ID_BYTES = 100 /* the longest in use, Exim's new one, has 23 */
};

/* Some bytes of somebody else's (argv, the environment, the input); `bytes` is NULL when nobody told. */
struct slice {
    const char *bytes;
    size_t length;
};

struct envelope {
    struct slice sender; /* empty: the null sender */
    struct slice recipient;
    struct slice original_recipient;
    struct slice extension; /* with or without its delimiter; added to the recipient when it has it not */
    struct slice queue_id;
};

/* A text as a slice; NULL stays NULL. */
struct slice slice_of(const char *text);

/* Fills what is unknown from the variables of Postfix local(8), OpenSMTPD, Exim and Pigeonhole. */
void envelope_ask_environment(struct envelope *envelope);

/*
 * Fills what is unknown from the top of a mail, and says in *length how many bytes of it are to be left out: one "From
 * " line, and the lines that the MTA put there. `ended`: there are no more bytes than these. Returns false when the
 * lines do not end within the bytes, though more would come.
 */
bool envelope_read_top(struct envelope *envelope, struct slice mail, bool ended, size_t *length);

/*
 * Makes addresses bare and empty ones unknown. NULL when all may stand in a header; else a sentence with its enhanced
 * status code (RFC 3463): too long, or with a control character in it, which could forge a header line.
 */
const char *envelope_check(struct envelope *envelope);

/*
 * Writes the block for a checked envelope and returns its length. `mail` is what will follow; when it begins with a
 * blank, which would continue our last line, the block ends with a line that may be continued.
 */
size_t envelope_write_block(const struct envelope *envelope, struct slice mail, char block[ENVELOPE_BLOCK_BYTES]);

#endif
