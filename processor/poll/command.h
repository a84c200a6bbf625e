/*
 * The organiser's commands: a reply to any mail of a poll, one command a line, in Japanese or English. Each line comes
 * back in the answer with what it did. A command is a row of the table in command.c and a function that looks at what
 * stands behind its word, acts, and tells the effect; the template transcript.txt has a sentence for every effect.
 */
#ifndef KAIRAN_POLL_COMMAND_H
#define KAIRAN_POLL_COMMAND_H

#include <jansson.h>

#include "mail/incoming.h"
#include "mail/office.h"
#include "poll/change.h"
#include "store/poll.h"

/* The commands of one letter while they are carried out. */
struct commanding {
    struct office *office;
    struct incoming *incoming;
    struct poll *poll;      /* as it is now; what hangs below it lives as long */
    const char *language;   /* the organiser's */
    struct change *change;  /* what the people of the poll are told when all lines are done */
    json_t *entries;        /* the transcript: one object a line */
    json_t *entry;          /* the one of this line */
    bool has_edition;       /* this letter began an edition of the choices */
    bool is_adding;         /* lines that are dates are added: 「追加」 stood alone above them */
    bool has_shown;         /* the count stands in the transcript already */
    char *csv;              /* goes with the transcript as a file, or NULL */
};

/* What a letter is, as far as its lines can tell. */
enum command_kind {
    COMMAND_KIND_NONE,      /* no line of it is a command */
    COMMAND_KIND_ORDERS,    /* it begins with a command that nothing else can be meant by */
    COMMAND_KIND_UNCERTAIN, /* commands among other text, or a word that an answer may use as well */
};

/* Reads a new text; nothing is done. */
enum command_kind command_judge(const char *new_text);

/* Carries out the commands of the organiser's letter, tells everybody whom they concern, and answers with the transcript. */
bool command_run(struct office *office, struct incoming *incoming, struct poll *poll, struct error **error);

/*
 * For the functions of commands. Tells the effect of the present line: `name` must be one of those in command_effects,
 * `details` (owned) what its sentence needs; NULL: nothing. Returns true.
 */
bool command_tell(struct commanding *commanding, const char *name, json_t *details);

/* Before the first change of the choices that a letter makes, their next edition begins. */
bool command_begin_edition(struct commanding *commanding, struct error **error);

/* Before any change of a draft, so that a 「はい」 to a preview from before it opens nothing. Otherwise nothing happens. */
bool command_touch_draft(struct commanding *commanding, struct error **error);

#endif
