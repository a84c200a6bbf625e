/*
 * Who gets notes and how, by mail: join, leave, pause, resume; each, daily, weekly, off; digests as text or MIME. A letter
 * with the token of a person's settings is that person's word; any other must be confirmed by whom it claims to come from.
 */
#ifndef KAIRAN_NOTE_MEMBER_H
#define KAIRAN_NOTE_MEMBER_H

#include "mail/incoming.h"
#include "mail/office.h"
#include "store/person.h"

/* Whether a text is one of the words (as an extension, a subject, or the first line of a mail). */
bool member_is_word(const char *text);

/* The word in a letter with a token of settings: its subject, or its first line; below `context`, NULL when there is none. */
char *member_find_word(const void *context, const struct incoming *incoming);

/* Does what a word says, which member_is_word() knows, for a person who has said it, and answers. */
bool member_apply(struct office *office, struct incoming *incoming, const struct person *person, const char *word,
                  struct error **error);

/* Answers how all of it works. */
bool member_help(struct office *office, struct incoming *incoming, const struct person *person, struct error **error);

/* Whoever writes to us can be reached again: what came back before no longer counts. */
bool member_forgive_bounces(struct office *office, int64_t person_id, struct error **error);

/* Mail for a person came back for good; one that was refused for its content (5.7.x) says nothing about the address. */
bool member_count_bounce(struct office *office, int64_t person_id, const char *status, struct error **error);

/* Makes readers of the members of the circles that get notes without asking. */
bool member_enlist_circles(struct office *office, struct error **error);

#endif
