/* Writing views: see view.h. */
#include "mail/view.h"

#include <string.h>
#include <talloc.h>

/* A value follows another one unless the last byte opened something; texts end with a quote, so they are no exception.
 */
static void separate(struct buffer *out)
{
    if (out->length && !strchr("{[:", out->bytes[out->length - 1]))
        buffer_add_byte(out, ',');
}

void view_open(struct buffer *out, char bracket)
{
    separate(out);
    buffer_add_byte(out, bracket);
}

void view_close(struct buffer *out, char bracket)
{
    buffer_add_byte(out, bracket);
}

static void add_escaped(struct buffer *out, unsigned char byte)
{
    switch (byte) {
    case '\n':
        buffer_add_text(out, "\\n");
        return;
    case '"':
        buffer_add_text(out, "\\\"");
        return;
    case '\\':
        buffer_add_text(out, "\\\\");
        return;
    default:
        buffer_format(out, "\\u%04x", byte);
    }
}

static void add_quoted(struct buffer *out, const char *text)
{
    buffer_add_byte(out, '"');
    const char *start = text;
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte >= ' ' && byte != '"' && byte != '\\')
            continue;
        buffer_add(out, start, (size_t)(text - start));
        add_escaped(out, byte);
        start = text + 1;
    }
    buffer_add(out, start, (size_t)(text - start));
    buffer_add_byte(out, '"');
}

void view_add_key(struct buffer *out, const char *key)
{
    separate(out);
    add_quoted(out, key);
    buffer_add_byte(out, ':');
}

void view_add_text(struct buffer *out, const char *text)
{
    separate(out);
    if (text)
        add_quoted(out, text);
    else
        buffer_add_text(out, "null");
}

void view_add_bool(struct buffer *out, bool value)
{
    separate(out);
    buffer_add_text(out, value ? "true" : "false");
}

void view_add_number(struct buffer *out, size_t number)
{
    separate(out);
    buffer_format(out, "%zu", number);
}

void view_add_texts(struct buffer *out, char **texts)
{
    view_open(out, '[');
    for (size_t i = 0; i < talloc_array_length(texts); i++)
        view_add_text(out, texts[i]);
    view_close(out, ']');
}
