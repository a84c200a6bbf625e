/* Automatic replies to our mails: a person who is away. */
#ifndef KAIRAN_POLL_ABSENCE_H
#define KAIRAN_POLL_ABSENCE_H

#include "mail/incoming.h"
#include "mail/office.h"

/*
 * Keeps that the person whose ballot a letter answers by itself is away, and until when if it says so. Only the person's
 * own address counts, with a genuine token. Nobody is answered.
 */
bool absence_take(struct office *office, struct incoming *incoming, struct error **error);

#endif
