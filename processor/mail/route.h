/*
 * Routing: what a letter is about, told by the most trustworthy sign it carries: the token in the address it came to,
 * else in the message ids it replies to, else on the 「整理番号」 line of its body, else the poll's code in its subject;
 * else the address alone says what is asked. Pure; whether a token is genuine is checked by whoever acts on it.
 */
#ifndef KAIRAN_MAIL_ROUTE_H
#define KAIRAN_MAIL_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "mail/letter.h"

enum route_verb {
    ROUTE_NONE,   /* not for us, as far as can be told */
    ROUTE_POLL,   /* about a poll: with a reference it is an answer, without one it opens a poll */
    ROUTE_BOUNCE, /* to a bounce address of ours */
    ROUTE_HELP,   /* to kairan_address without more */
    ROUTE_NOTE,   /* to note_address, or about a note */
    ROUTE_FORM,   /* to survey_address: it opens a form */
};

enum route_carrier { CARRIER_NONE, CARRIER_ADDRESS, CARRIER_THREAD, CARRIER_CALENDAR, CARRIER_BODY, CARRIER_SUBJECT };

/*
 * "k7q2-13-abcdefghijklmnop": which poll, whose invitation (0: the organiser's), and the proof. "k7q2-13-2-abcd…" names
 * the edition of the poll's choices, too: what was asked for in the mail that carried it. What the notes send carries the
 * same with a letter and an id in place of the poll's code: "n12-5-abcd…" is note 12 as person 5 got it.
 */
struct reference {
    char *code;  /* lower case; NULL: none */
    int number;  /* -1: none was given (a bare code) */
    int edition; /* 1 when a reference names none, 0 for a bare code */
    char *token; /* lower case; NULL: none */
};

struct route {
    enum route_verb verb;
    enum route_carrier carrier;
    struct reference reference;
    char *recipient; /* the address of ours that it came to, "" when none is seen */
    char *extension; /* what stands behind the delimiter in it, in lower case: "search"; "" when nothing does */
};

/* Finds the way of a letter below `context`. */
struct route *route_letter(const void *context, const struct config *config, const struct letter *letter);

/* Reads "CODE-NUMBER-TOKEN" or "CODE-NUMBER-EDITION-TOKEN" (either case) at the start of a text; false when there is none. */
bool route_parse_reference(const void *context, const char *text, struct reference *reference);

/* The kind and id of a code of the notes ("n12": 'n' and 12); false for a poll's. */
bool route_parse_note_code(const char *code, char *kind, int64_t *id);

/* "poll", "thread", … as views name them. */
const char *route_verb_name(enum route_verb verb);
const char *route_carrier_name(enum route_carrier carrier);

/* Whether an address is one of ours, with or without extension; *extension points behind the delimiter ("" when none). */
bool route_is_ours(const struct config *config, const char *ours, const char *address, const char **extension);

#endif
