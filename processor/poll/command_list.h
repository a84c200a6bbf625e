/* The functions behind the table of commands: each gets what stands behind the word of its line, "" when nothing does. */
#ifndef KAIRAN_POLL_COMMAND_LIST_H
#define KAIRAN_POLL_COMMAND_LIST_H

#include "poll/command.h"

/* command_show.c: what changes nothing */
bool command_show_status(struct commanding *commanding, const char *arguments, struct error **error);
bool command_show_result(struct commanding *commanding, const char *arguments, struct error **error);
bool command_show_csv(struct commanding *commanding, const char *arguments, struct error **error);
bool command_show_help(struct commanding *commanding, const char *arguments, struct error **error);

/* command_time.c: when it ends, and who is reminded */
bool command_set_deadline(struct commanding *commanding, const char *arguments, struct error **error);
bool command_extend(struct commanding *commanding, const char *arguments, struct error **error);
bool command_close(struct commanding *commanding, const char *arguments, struct error **error);
bool command_reopen(struct commanding *commanding, const char *arguments, struct error **error);

/* command_people.c: who is asked */
bool command_remind(struct commanding *commanding, const char *arguments, struct error **error);
bool command_require(struct commanding *commanding, const char *arguments, struct error **error);
bool command_release(struct commanding *commanding, const char *arguments, struct error **error);
bool command_invite(struct commanding *commanding, const char *arguments, struct error **error);
bool command_remove(struct commanding *commanding, const char *arguments, struct error **error);
bool command_proxy(struct commanding *commanding, const char *arguments, struct error **error);

/* command_choices.c: what is asked for */
bool command_add(struct commanding *commanding, const char *arguments, struct error **error);
bool command_drop(struct commanding *commanding, const char *arguments, struct error **error);
bool command_fix(struct commanding *commanding, const char *arguments, struct error **error);

/* Whether a line that is no command is a date below 「追加」. */
bool command_adds(const struct commanding *commanding, const char *line);

/* command_form.c: what a form asks, until it starts */
bool command_add_question(struct commanding *commanding, const char *arguments, struct error **error);
bool command_fix_question(struct commanding *commanding, const char *arguments, struct error **error);
bool command_drop_question(struct commanding *commanding, const char *arguments, struct error **error);

/* Whether a line below such a command belongs to the question; behind a blank line only a choice does. */
bool command_continues(const char *line, bool is_command, bool follows_blank);

/* command_options.c: what else was asked for */
bool command_set_quorum(struct commanding *commanding, const char *arguments, struct error **error);
bool command_set_limit(struct commanding *commanding, const char *arguments, struct error **error);
bool command_set_anonymous(struct commanding *commanding, const char *arguments, struct error **error);
bool command_set_recurrence(struct commanding *commanding, const char *arguments, struct error **error);
bool command_set_results(struct commanding *commanding, const char *arguments, struct error **error);
bool command_set_duration(struct commanding *commanding, const char *arguments, struct error **error);
bool command_set_place(struct commanding *commanding, const char *arguments, struct error **error);
bool command_add_note(struct commanding *commanding, const char *arguments, struct error **error);

/*
 * For the functions of commands. The choice that a number means in the mail that was replied to, if it is still asked for;
 * *choice is NULL when it is not, and the effect has been told.
 */
bool command_find_choice(struct commanding *commanding, long number, const struct choice **choice, struct error **error);

/* 「3」「3番」「〔3〕」 at the start of a folded text; 0: none. *length says how much that is. */
long command_read_number(const char *text, size_t *length);

/* command_decide.c: what ends it */
bool command_decide(struct commanding *commanding, const char *arguments, struct error **error);
bool command_cancel(struct commanding *commanding, const char *arguments, struct error **error);

/* Decides on a choice, and tells so; without insisting, only when nothing speaks against it (see decide.h). */
bool command_tell_decision(struct commanding *commanding, int number, bool insists, struct error **error);

/* command_clone.c: another poll like this one */
bool command_clone(struct commanding *commanding, const char *arguments, struct error **error);

#endif
