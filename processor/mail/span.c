/* Spans: see span.h. */
#include "mail/span.h"

#include <string.h>
#include <strings.h>

/* The bytes of the blank at the start, 0 when there is none; with `is_end`, of the one that ends there. */
static size_t blank_length(struct span span, bool is_end)
{
    static const char ideographic[] = "\u3000";
    static const char no_break[] = "\u00A0";
    if (!span.length)
        return 0;
    const char *end = span.text + span.length;
    char c = is_end ? end[-1] : span.text[0];
    if (c == ' ' || c == '\t' || c == '\r')
        return 1;
    if ((unsigned char)c < 0x80)
        return 0;
    if (span.length >= 3 && memcmp(is_end ? end - 3 : span.text, ideographic, 3) == 0)
        return 3;
    return span.length >= 2 && memcmp(is_end ? end - 2 : span.text, no_break, 2) == 0 ? 2 : 0;
}

struct span span_trim(struct span span)
{
    size_t length;
    while ((length = blank_length(span, false)) > 0)
        span = span_rest(span, length);
    while ((length = blank_length(span, true)) > 0)
        span.length -= length;
    return span;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Most words differ in their first bytes: a loop is done before a call of the C library's has begun. */
bool span_begins(struct span span, const char *word)
{
    for (size_t i = 0; word[i]; i++)
        if (i == span.length || lower(span.text[i]) != lower(word[i]))
            return false;
    return true;
}

bool span_ends(struct span span, const char *word)
{
    size_t length = strlen(word);
    if (length && (!span.length || lower(span.text[span.length - 1]) != lower(word[length - 1])))
        return false;
    return span.length >= length && span_begins(span_rest(span, span.length - length), word);
}

/* Whether a word reads the same in capitals, as all Japanese words do: the C library's search is good for those. */
static bool has_no_case(const char *word)
{
    enum { CASE = 0x20, LETTERS = 26 };
    for (; *word; word++)
        if ((unsigned)((*word | CASE) - 'a') < LETTERS)
            return false;
    return true;
}

bool span_holds(struct span span, const char *word)
{
    size_t length = strlen(word);
    if (has_no_case(word))
        return memmem(span.text, span.length, word, length) != NULL;
    char first = lower(word[0]);
    for (size_t i = 0; i + length <= span.length; i++)
        if (lower(span.text[i]) == first && strncasecmp(span.text + i, word, length) == 0)
            return true;
    return false;
}

bool span_holds_any(struct span span, const char *const words[])
{
    for (; *words; words++)
        if (span_holds(span, *words))
            return true;
    return false;
}

/* Every line of a long mail comes here, and hardly any begins with one of the words. */
bool span_begins_any(struct span span, const char *const words[])
{
    for (; *words; words++)
        if (span_may_begin(span, *words) && span_begins(span, *words))
            return true;
    return false;
}

bool span_ends_with_colon(struct span span)
{
    return span_ends(span, ":") || span_ends(span, "：");
}

bool span_ends_any(struct span span, const char *const words[])
{
    for (; *words; words++)
        if (span_ends(span, *words))
            return true;
    return false;
}

struct span span_rest(struct span span, size_t length)
{
    return (struct span){span.text + length, span.length - length};
}

size_t span_width(struct span span)
{
    size_t width = 0;
    for (size_t i = 0; i < span.length; i++) {
        unsigned char byte = (unsigned char)span.text[i];
        if (byte < 0x80)
            width += 1;
        else if (byte >= 0xC0)
            width += 2;
    }
    return width;
}
