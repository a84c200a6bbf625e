/* Who is asked: the participants of a draft, out of mail headers, words and circles. Nobody is asked twice. */
#ifndef KAIRAN_POLL_PARTICIPANTS_H
#define KAIRAN_POLL_PARTICIPANTS_H

#include "base/config.h"
#include "mail/letter.h"
#include "poll/draft.h"

/* To and Cc of the opening mail, without our own addresses and the organiser's; a circle's own address stands for it. */
void participants_add_recipients(struct draft *draft, const struct config *config, const struct letter *letter);

/* Circle names and addresses separated by commas, 、 or blanks: 「gijutsu, sato@…, 山田 <yamada@…>」. */
void participants_add_words(struct draft *draft, const struct config *config, const char *words);

/* Marks those whose name or address begins with one of the words as required. */
void participants_require(struct draft *draft, const char *words);

/* Notes a problem of the draft (used by both files). */
void draft_add_problem(struct draft *draft, enum draft_problem_kind kind, const char *line);

#endif
