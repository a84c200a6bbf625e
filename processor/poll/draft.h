/*
 * Reading an opening mail: title, dates, deadline, place and participants out of what an organiser wrote. Pure but for
 * circle files. What cannot be read for certain becomes a problem that is mailed back; nothing is guessed.
 */
#ifndef KAIRAN_POLL_DRAFT_H
#define KAIRAN_POLL_DRAFT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/config.h"
#include "mail/letter.h"
#include "store/option.h"
#include "store/question.h"
#include "text/when.h"

/* What stands in the way of a poll, or should be looked at; `line` is quoted verbatim. */
enum draft_problem_kind {
    DRAFT_NO_CHOICES,
    DRAFT_TOO_MANY_CHOICES,
    DRAFT_UNCLEAR_DATE,     /* line */
    DRAFT_UNCLEAR_DEADLINE, /* line */
    DRAFT_PAST_DEADLINE,    /* line */
    DRAFT_NO_PARTICIPANTS,
    DRAFT_TOO_MANY_PARTICIPANTS,
    DRAFT_UNKNOWN_PARTICIPANT, /* line: the word */
    DRAFT_BROKEN_CIRCLE,       /* line: what is wrong with it */
    DRAFT_UNCLEAR_OPTION,      /* line: an option that is not understood */
    DRAFT_ANONYMOUS_AND_REQUIRED,
    DRAFT_NO_QUESTIONS,        /* of a form */
    DRAFT_TOO_MANY_QUESTIONS,
    DRAFT_UNCLEAR_QUESTION, /* line: the question */
};

struct draft_problem {
    enum draft_problem_kind kind;
    char *line; /* "" when it belongs to none */
    const char *reason; /* of DRAFT_UNCLEAR_DATE: the word of when.h, or NULL */
};

struct participant {
    char *name;
    char *address;
    char *language;
    bool required;
    bool is_known;  /* name, language and aliases come from a circle, the administrator's word */
    char **aliases; /* talloc array, may be NULL */
};

struct draft {
    char *title;
    char *description;
    char *place;
    struct when *choices; /* talloc array */
    size_t choice_count;
    struct civil deadline;
    bool deadline_inferred; /* none was written, or only a day */
    struct participant *participants; /* talloc array; nobody twice */
    size_t participant_count;
    size_t *places; /* hash table by address: index of a participant + 1, 0 where nobody is */
    struct draft_problem *problems;
    size_t problem_count;
    struct poll_options options;
    char **unread;  /* talloc array: lines that look like an option and are none */
    bool is_form;
    struct poll_question *questions; /* of a form, as a talloc array (store/question.h) */
    char **skipped; /* talloc array: lines that hold a date but were not taken as candidates */
};

/* Reads a letter as the opening of a poll below `context`, at the wall-clock time `now`; `almanac` may be NULL. */
struct draft *draft_read(const void *context, const struct config *config, const struct almanac *almanac,
                         const struct letter *letter, struct civil now);

/* The same for a form: questions in place of dates. */
struct draft *draft_read_form(const void *context, const struct config *config, const struct almanac *almanac,
                              const struct letter *letter, struct civil now);

/* "no_choices", … as views spell them. */
const char *draft_problem_name(enum draft_problem_kind kind);

#endif
