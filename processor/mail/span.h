/* Spans: parts of a UTF-8 text, and how they are looked at. ASCII case is ignored everywhere. Pure. */
#ifndef KAIRAN_MAIL_SPAN_H
#define KAIRAN_MAIL_SPAN_H

#include <stdbool.h>
#include <stddef.h>

struct span {
    const char *text;
    size_t length;
};

/* Without blanks (ideographic ones too) at both ends. */
struct span span_trim(struct span span);

/* What is left behind the first `length` bytes. */
struct span span_rest(struct span span, size_t length);

/* Whether it holds, begins with or ends with a NUL-terminated word; of the lists, one that ends in NULL, any word. */
bool span_holds(struct span span, const char *word);
bool span_begins(struct span span, const char *word);
bool span_ends(struct span span, const char *word);
bool span_holds_any(struct span span, const char *const words[]);
bool span_begins_any(struct span span, const char *const words[]);
bool span_ends_any(struct span span, const char *const words[]);

/* False: the first byte tells that it does not begin with the word, whatever the case. Costs less than a call. */
static inline bool span_may_begin(struct span span, const char *word)
{
    enum { CASE = 0x20 };
    return span.length && ((span.text[0] ^ word[0]) & ~CASE) == 0;
}

/* Whether it ends with a colon, ideographic or not. */
bool span_ends_with_colon(struct span span);

/* The columns it takes in a fixed-pitch font: one for ASCII, two for anything else. */
size_t span_width(struct span span);

#endif
