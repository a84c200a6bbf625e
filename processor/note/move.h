/*
 * Moving to another address, by mail: asked for with the token of a person's settings, so from where their mail goes now,
 * and done when the new address has said yes to a mail that only it got.
 */
#ifndef KAIRAN_NOTE_MOVE_H
#define KAIRAN_NOTE_MOVE_H

#include <jansson.h>

#include "mail/incoming.h"
#include "mail/office.h"
#include "store/person.h"

/* Asks the new address, and tells the sender that it was. */
bool move_ask(struct office *office, struct incoming *incoming, const struct person *person, const char *address,
              struct error **error);

/* The new address has said yes: from now on mail for the person goes there. `detail` is that of the request. */
bool move_carry_out(struct office *office, struct incoming *incoming, const json_t *detail, struct error **error);

#endif
