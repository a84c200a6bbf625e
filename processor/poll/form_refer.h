/* How people name a question in front of what they answer: "Q1:", 問1, (1), ①, "1-b", 「１→」. Pure. */
#ifndef KAIRAN_POLL_FORM_REFER_H
#define KAIRAN_POLL_FORM_REFER_H

#include <stdbool.h>
#include <stddef.h>

struct form_reference {
    size_t start;  /* in the text: where the reference begins … */
    size_t behind; /* … and where what it names begins */
    long number;
};

/*
 * All references of a text below `context`, as a talloc array; NULL when there are none. A bare number counts only when
 * at least two ascending ones, none above `count`, stand where an answer may begin, and nobody wrote Q1 or 問1.
 */
struct form_reference *form_refer(const void *context, const char *text, size_t count);

/* The question that a line begins with by name (Q1, 問1; no bare number); 0: none. *behind: what follows the reference.
 */
long form_refer_line(const char *line, size_t length, size_t *behind);

#endif
