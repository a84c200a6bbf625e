/*
 * Folding: the form in which texts are compared and understood. Wave dashes, the circles, crosses and triangles
 * that people type for ○ × △, full-width letters, half-width kana and emoji variants become one spelling
 * (the tables of the ballot language: README, "How it understands"). Pure.
 */
#ifndef KAIRAN_TEXT_FOLD_H
#define KAIRAN_TEXT_FOLD_H

#include <stddef.h>

/*
 * A folded text and, for every byte of it, where it came from: the code point that gave folded byte i starts at
 * origin[i] in the source, and origin[length] is the source's length. So evidence can be quoted verbatim.
 */
struct folded {
    char *text; /* valid UTF-8, lower case, NFKC after our own table, NUL-terminated */
    size_t length;
    size_t *origin;
};

/*
 * Folds UTF-8 (bytes that are none become U+FFFD) below `context`. Line ends stay "\n"; other controls become
 * spaces; variation selectors, joiners and zero-width characters vanish; circled and parenthesised digits become the
 * digits with a space on each side (so that ①② is not 12); a folded text never is longer than 20 × the source.
 */
struct folded *text_fold(const void *context, const char *source, size_t length);

/* Makes every run of blanks in a line a single one, for words of several parts ("all but"); the origins stay right. */
void text_fold_single_blanks(struct folded *folded);

/* Only the text of it: the key by which two spellings are told equal, runs of blanks as one space, ends trimmed. */
char *text_fold_key(const void *context, const char *source);

#endif
