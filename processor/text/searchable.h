/*
 * The form in which notes are searched: folded (fold.h), every run of blanks and line ends as one space, and none at all
 * where a line was broken inside Japanese, which has no spaces. Pure.
 */
#ifndef KAIRAN_TEXT_SEARCHABLE_H
#define KAIRAN_TEXT_SEARCHABLE_H

#include "text/fold.h"

/* That form of a text below `context`; origins lead back into `source`, as those of text_fold() do. */
struct folded *text_make_searchable(const void *context, const char *source);

#endif
