/* The notes' desk: where letters to the notes are sorted. */
#ifndef KAIRAN_NOTE_DESK_H
#define KAIRAN_NOTE_DESK_H

#include "mail/incoming.h"
#include "mail/office.h"

/* Acts on a letter to the notes' address or about a note, and settles it. */
bool note_take_letter(struct office *office, struct incoming *incoming, struct error **error);

/* Something of the notes came back. */
bool note_take_bounce(struct office *office, struct incoming *incoming, struct error **error);

#endif
