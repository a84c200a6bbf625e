/*
 * Tokens: proof that a reply comes from where a mail of ours went. HMAC-SHA-256 over poll × person × purpose, cut to
 * 80 bits, lower-case Base32 (RFC 4648 without padding: 16 letters), because gateways lower-case local parts.
 */
#ifndef KAIRAN_MAIL_TOKEN_H
#define KAIRAN_MAIL_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum { TOKEN_LETTERS = 16 };

struct token_key;

/* Reads the key file (at least 32 random bytes; refused when others than its owner may read it). */
struct token_key *token_load_key(const void *context, const char *path, struct error **error);

/* Makes a key file of 32 random bytes, mode 0600; refused when it exists. */
bool token_create_key(const char *path, struct error **error);

/* The token for a subject such as "k7q2/13" and a purpose such as "answer". */
char *token_make(const void *context, const struct token_key *key, const char *subject, const char *purpose);

/* Whether `token` (either case) is the one for them; constant time. */
bool token_matches(const struct token_key *key, const char *subject, const char *purpose, const char *token);

/* A 64-bit random number as 13 lower-case Base32 letters, for Message-IDs and MIME boundaries. */
char *token_random(const void *context, struct error **error);

#endif
