/*
 * What an unproven sender asks for waits as a request until whoever has the claimed address says yes. Such an address gets
 * one mail a day, which holds nothing of the letter but its subject; there is a bound for all of them together, too.
 */
#ifndef KAIRAN_NOTE_REQUEST_H
#define KAIRAN_NOTE_REQUEST_H

#include <jansson.h>
#include <stdint.h>

#include "mail/incoming.h"
#include "mail/office.h"

/* Whether an address that nobody has proven may be asked something today; it counts as asked then. */
bool request_may_ask(struct office *office, const char *address, bool *may, struct error **error);

enum request_kind { REQUEST_NOTE, REQUEST_WORD, REQUEST_MOVE };

/* Enters a request that waits for a yes from an address; takes `detail`. *id is what its reference is made of ('r'). */
bool request_enter(struct office *office, enum request_kind kind, const char *address, json_t *detail, int64_t *id,
                   struct error **error);

/* A note, or (thread_id not 0) a comment, from an address that nobody knows. */
bool request_note(struct office *office, struct incoming *incoming, int64_t thread_id, struct error **error);

/* A word about getting notes (member.h) from whoever it claims to come from: a member, or somebody of the center. */
bool request_word(struct office *office, struct incoming *incoming, const char *word, struct error **error);

/* The reply to the mail that asked; `id` is of the request, and the token was genuine. */
bool request_take_reply(struct office *office, struct incoming *incoming, int64_t id, struct error **error);

#endif
