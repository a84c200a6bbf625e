/* What libxml2 is not shown, or shown otherwise: see html_fence.h. */
#include "mail/html_fence.h"

#include <stdbool.h>
#include <string.h>

#include "mail/span.h"

enum {
    TAG_GAPS = 2000, /* blanks and quotes in one tag */
    IDLE_DEPTH = 64,
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The bytes of "<o:p ", "</v:shape" and the like up to the colon: libxml2 drops the prefix, so <o:p> would be a <p>. */
static bool is_prefixed_tag(const char *html, size_t i, size_t length)
{
    size_t name = i + 1 + (i + 1 < length && html[i + 1] == '/');
    size_t end = name;
    while (end < length && end - name < 8 && is_letter(html[end]))
        end++;
    return end > name && end < length && html[end] == ':';
}

/* From the "<" at `i` to its ">" outside quotes. A tag with too many gaps is closed early; its rest becomes text. */
static size_t fence_tag(char *html, size_t i, size_t length)
{
    size_t gaps = 0;
    char quote = '\0';
    for (; i < length && (quote || html[i] != '>'); i++) {
        char c = html[i];
        if (quote && c == quote)
            quote = '\0';
        else if (!quote && (c == '"' || c == '\''))
            quote = c;
        gaps += (unsigned char)c <= ' ' || c == '"' || c == '\'' || c == '/';
        if (gaps > TAG_GAPS) {
            html[i] = '>';
            gaps = 0;
        }
    }
    return i;
}

/* Elements without meaning for a text, which programs put around every word: half of what the parser had to do. */
struct idle_element {
    const char *name;
    size_t open;            /* how many are open; of those deeper than IDLE_DEPTH nothing is known, and they stay */
    bool stays[IDLE_DEPTH]; /* which of them are handed on, since they may hide what they hold */
};

static bool may_hide(const char *tag, size_t length)
{
    struct span text = {tag, length};
    return span_holds(text, "display") || span_holds(text, "visib") || span_holds(text, "hide");
}

/* Whether the tag of `length` bytes opens or closes such an element and can be left out. */
static bool is_idle(struct idle_element *element, const char *tag, size_t length)
{
    bool closes = tag[1] == '/';
    struct span name = {tag + 1 + closes, length - 1 - closes};
    size_t width = strlen(element->name);
    if (!span_begins(name, element->name) || (name.length > width && is_letter(name.text[width])))
        return false;
    if (closes && !element->open)
        return true;
    size_t depth = closes ? --element->open : element->open++;
    if (depth >= IDLE_DEPTH)
        return false;
    if (!closes)
        element->stays[depth] = may_hide(tag, length);
    return !element->stays[depth];
}

/* The bytes of a comment at the start, 0 when there is none or it has no end. */
static size_t comment_length(const char *html, size_t length)
{
    if (length < 7 || memcmp(html, "<!--", 4) != 0)
        return 0;
    const char *end = memmem(html + 4, length - 4, "-->", 3);
    return end ? (size_t)(end - html) + 3 : 0;
}

/* Leaves out what the parser need not see and fences the rest, in place. Returns the new length. */
static size_t fence_tags(char *html, size_t length)
{
    struct idle_element span = {.name = "span"};
    struct idle_element font = {.name = "font"};
    size_t write = 0;
    for (size_t read = 0; read < length;) {
        char *tag = memchr(html + read, '<', length - read);
        size_t start = tag ? (size_t)(tag - html) : length;
        memmove(html + write, html + read, start - read);
        write += start - read;
        size_t comment = comment_length(html + start, length - start);
        bool is_tag = start + 1 < length && (is_letter(html[start + 1]) || html[start + 1] == '/');
        bool is_dropped = comment || is_prefixed_tag(html, start, length);
        size_t end = start + comment;
        if (!comment && start < length)
            end = is_tag ? fence_tag(html, start, length) + 1 : start + 1;
        end = end < length ? end : length;
        if (!is_dropped && is_tag)
            is_dropped = is_idle(&span, html + start, end - start) || is_idle(&font, html + start, end - start);
        if (!is_dropped) {
            memmove(html + write, html + start, end - start);
            write += end - start;
        }
        read = end;
    }
    return write;
}

struct buffer *html_fence(const void *context, const char *html, size_t length)
{
    /* libxml2 makes paragraphs of text that stands in the body itself, but not of text in a block */
    static const char opening[] = "<body><div>";
    struct buffer *fenced = buffer_new(context, sizeof opening + length);
    buffer_add_text(fenced, opening);
    buffer_add(fenced, html, length);
    buffer_cut(fenced, fence_tags(fenced->bytes, fenced->length));
    return fenced;
}
