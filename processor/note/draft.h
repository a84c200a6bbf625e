/*
 * What a letter to the notes says: title, tags and text of a note, the one word that a reply begins with, the id of a note
 * that is asked for. Pure.
 */
#ifndef KAIRAN_NOTE_DRAFT_H
#define KAIRAN_NOTE_DRAFT_H

#include <stdint.h>

#include "mail/letter.h"

struct note_draft {
    char *title; /* the subject without "Re:", "Fwd:" and tags; else how the text begins; "" when there is nothing */
    char *tags;  /* folded, with a blank between, each once */
    char *text;  /* the whole text, quotes and all, without signature and tag line */
};

/* The note in a letter, below `context`. */
struct note_draft *note_draft_read(const void *context, const struct letter *letter);

/* The same from a text that stands in place of another: a correction. The title is "" when the subject is a reply's. */
struct note_draft *note_draft_read_text(const void *context, const char *subject, const char *text);

enum note_word {
    NOTE_WORD_NONE,
    NOTE_WORD_CORRECT,  /* 訂正, correct: what follows stands in place of the text */
    NOTE_WORD_ADD,      /* 追記, add: what follows stands behind the text */
    NOTE_WORD_WITHDRAW, /* 取り下げ, withdraw */
    NOTE_WORD_MUTE,     /* 通知停止, mute */
    NOTE_WORD_UNMUTE,   /* 通知再開, unmute */
    NOTE_WORD_MINUTES,  /* 議事録, minutes */
};

/* The word that the first line of a reply consists of, or begins with before a colon; *rest is what follows it. */
enum note_word note_draft_read_word(const char *new_text, const char **rest);

/* The id when a line says 「N12」 and no more, else 0. */
int64_t note_draft_read_id(const char *line);

/* The first line with something in it, below `context`. */
char *note_draft_first_line(const void *context, const char *text);

#endif
