/*
 * Questionnaires: what the questions of one can ask for, and what a reply says to each. Pure, as answer.h is, and under
 * the same law: a response has one meaning or it is asked about; what was not consumed is its comment, verbatim. Each
 * kind of question is read in a file of its own (form_single.c, …); form_split.c finds what of a reply belongs to
 * which question.
 */
#ifndef KAIRAN_POLL_FORM_H
#define KAIRAN_POLL_FORM_H

#include "poll/answer.h"

enum form_kind {
    FORM_SINGLE,   /* one of the choices */
    FORM_MULTIPLE, /* any of them */
    FORM_SCALE,    /* a whole number from low to high; the choices, if any, are what its steps are called */
    FORM_NUMBER,
    FORM_RANKING, /* all choices, or the first `most` of them, in order */
    FORM_TEXT,
    FORM_ATTENDANCE, /* ○△× */
};

enum {
    FORM_QUESTIONS = 10, /* in one questionnaire: more are not answered in a mail */
    FORM_CHOICES = 60,   /* of one question; sets of them are bits of one word */
};

struct form_choice {
    const char *label;  /* as it is shown, without its letter; "" for a step of a scale that has no name */
    const char *letter; /* "a", "ア": what it is called beside its number; NULL: nothing */
    bool is_other;      /* その他: words of one's own may stand behind it */
};

struct form_question {
    enum form_kind kind;
    bool mandatory;
    const struct form_choice *choices; /* they are called 1, 2, 3, … */
    size_t choice_count;
    size_t most;  /* of a multiple one, how many may be chosen; of a ranking, how many are asked for; 0: no limit */
    bool has_low; /* a scale has both */
    bool has_high;
    double low;
    double high;
    const char *unit; /* of a number: 「人」; NULL: none */
    char **keys;      /* form_prepare(): the folded labels and letters */
    char **letters;
};

/* What one question was answered with. */
struct form_response {
    enum answer_verdict verdict; /* OK, INFERRED, ASK, or NONE: nothing is said to this question */
    bool is_blank;               /* it was passed over on purpose (「特になし」): OK, and nothing else is set */
    size_t *chosen;              /* talloc array of choices from 0: ascending, of a ranking the best first */
    double number;               /* of a number and a scale */
    char *text;                  /* the free text, or the words beside 「その他」; NULL: none */
    enum mark mark;              /* of an attendance */
    char *comment;               /* what was not consumed, "" when nothing */
    char *evidence;              /* the passage it was read from, verbatim; NULL: none */
};

/* Readies a question for reading: once, for many replies; what it makes hangs below `context`. */
void form_prepare(const void *context, struct form_question *question);

/* Reads the passage of a reply that belongs to a question, below `context`. Never NULL. */
struct form_response *form_read_response(const void *context, const struct form_question *question,
                                         const char *passage);

struct form_lines;

/* A questionnaire as a reply is read against it. */
struct form {
    struct form_question *questions; /* people call them Q1, Q2, … */
    size_t count;
    const char *ballot;       /* the text that was sent, or NULL */
    struct form_lines *lines; /* form_prepare_ballot() */
};

/* Readies the questions and takes the ballot apart, once for many replies, below `context`; the ballot must live as
 * long. */
void form_prepare_ballot(const void *context, struct form *form);

/* What a reply says; all below one context. */
struct form_answer {
    enum answer_verdict
        verdict; /* ASK when any question is asked about, a mandatory one that was left out among them */
    struct form_response **responses; /* one a question */
    bool *missing;                    /* one a question: mandatory, and nothing is said to it */
    char *comment;                    /* what belongs to no question */
    char **unclear;                   /* talloc array: the passages that were not understood */
};

/* Reads the whole text of a reply (quotes included). */
struct form_answer *form_read(const void *context, const struct form *form, const char *text);

/* "single", "multiple", …: as views and the database spell them; false for another word. */
const char *form_kind_name(enum form_kind kind);
bool form_kind_from_name(const char *name, enum form_kind *kind);

#endif
