/* libical as Kairan wants it: to be called before anything else of it. Only files that read or build calendars do. */
#ifndef KAIRAN_MAIL_CALENDAR_LIBRARY_H
#define KAIRAN_MAIL_CALENDAR_LIBRARY_H

/*
 * Faults in calendars become values instead of aborts, and no files with zones are looked for: the sandbox would not
 * let them be opened, and a calendar that means a zone describes it.
 */
void calendar_prepare_library(void);

#endif
