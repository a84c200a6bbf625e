/* The dictionary of form_words.h. */
#ifndef KAIRAN_POLL_FORM_DICTIONARY_H
#define KAIRAN_POLL_FORM_DICTIONARY_H

#include "poll/form_words.h"

struct form_entry {
    const char *text; /* folded */
    enum form_word_kind kind;
    double number; /* of a numeral or rank */
};

/* The longest word that stands at `at` in a folded text (a Latin one only as a whole word), or NULL. */
const struct form_entry *form_dictionary_find(const char *start, size_t at, size_t *length);

/* Whether no Latin letter touches the `length` bytes at `at`. */
bool form_is_word(const char *start, size_t at, size_t length);

#endif
