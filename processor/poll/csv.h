/*
 * The answers of a poll as a file for spreadsheets (RFC 4180): UTF-8 with a byte order mark, every field in quotation
 * marks. What a stranger wrote is never a formula there: an apostrophe stands before what would begin one. A form has a
 * column a question, and one for the remarks on it when there are any.
 */
#ifndef KAIRAN_POLL_CSV_H
#define KAIRAN_POLL_CSV_H

#include "mail/office.h"
#include "store/poll.h"

/* One line of headings and one a person, its text below `context`; refused when it would be larger than a mail may be. */
char *csv_write(const void *context, struct office *office, const struct poll *poll, const char *language,
                struct error **error);

#endif
