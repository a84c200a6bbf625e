/* The functions behind the table of commands: each gets what stands behind the word of its line, "" when nothing does. */
#ifndef KAIRAN_POLL_COMMAND_LIST_H
#define KAIRAN_POLL_COMMAND_LIST_H

#include "poll/command.h"

/* command_show.c: what changes nothing */
bool command_show_status(struct commanding *commanding, const char *arguments, struct error **error);
bool command_show_result(struct commanding *commanding, const char *arguments, struct error **error);
bool command_show_help(struct commanding *commanding, const char *arguments, struct error **error);

/* command_time.c: when it ends, and who is reminded */
bool command_set_deadline(struct commanding *commanding, const char *arguments, struct error **error);
bool command_extend(struct commanding *commanding, const char *arguments, struct error **error);
bool command_close(struct commanding *commanding, const char *arguments, struct error **error);
bool command_reopen(struct commanding *commanding, const char *arguments, struct error **error);

/* command_people.c: who is asked */
bool command_remind(struct commanding *commanding, const char *arguments, struct error **error);

#endif
