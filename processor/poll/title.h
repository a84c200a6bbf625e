/* What a poll is called, from the subject of the mail that opens it. */
#ifndef KAIRAN_POLL_TITLE_H
#define KAIRAN_POLL_TITLE_H

/*
 * The subject without what only says that dates are wanted: 「【日程調整】1月定例会の日程調整について」 is 「1月定例会」. Below
 * `context`, never empty.
 */
char *title_read(const void *context, const char *subject);

#endif
