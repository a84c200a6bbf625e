/* Bodies: see body.h. */
#include "mail/body.h"

#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "mail/charset.h"
#include "mail/html.h"

/* Line ends to "\n" (a lone CR is one, too), other controls out, in place. */
static void normalise(char *text)
{
    char *write = text;
    for (const char *read = text; *read; read++) {
        if (*read == '\r') {
            if (read[1] != '\n' && read[1] != '\r')
                *write++ = '\n';
        } else if ((unsigned char)*read >= ' ' || *read == '\n' || *read == '\t') {
            if (*read != 0x7F)
                *write++ = *read;
        }
    }
    *write = '\0';
}

/* --- format=flowed --- */

struct flowed_line {
    struct span content; /* behind the quote marks and the stuffed space */
    size_t depth;
    bool is_flowed; /* goes on in the next line */
};

static struct flowed_line take_flowed_line(const char *text)
{
    struct flowed_line line = {.content = {text, strcspn(text, "\n")}};
    while (line.content.length && line.content.text[0] == '>') {
        line.depth++;
        line.content.text++;
        line.content.length--;
    }
    if (line.content.length && line.content.text[0] == ' ') { /* space-stuffed: section 4.4 */
        line.content.text++;
        line.content.length--;
    }
    bool is_signature = line.content.length == 3 && memcmp(line.content.text, "-- ", 3) == 0;
    line.is_flowed = line.content.length && line.content.text[line.content.length - 1] == ' ' && !is_signature;
    return line;
}

static void begin_flowed_line(struct buffer *out, size_t depth)
{
    for (size_t i = 0; i < depth; i++)
        buffer_add_byte(out, '>');
    if (depth)
        buffer_add_byte(out, ' ');
}

/* Joins what was flowed apart; paragraphs end where the depth of quotes changes (section 4.5). */
static char *unflow(const void *context, const char *text, bool drops_space)
{
    struct buffer *out = buffer_new(context, 3 * strlen(text) + 16);
    bool is_open = false;
    size_t depth = 0;
    while (*text) {
        struct flowed_line line = take_flowed_line(text);
        bool is_signature = line.content.length == 3 && memcmp(line.content.text, "-- ", 3) == 0;
        if (is_open && (line.depth != depth || is_signature)) {
            buffer_add_byte(out, '\n');
            is_open = false;
        }
        if (!is_open)
            begin_flowed_line(out, line.depth);
        buffer_add(out, line.content.text, line.content.length - (line.is_flowed && drops_space));
        if (!line.is_flowed)
            buffer_add_byte(out, '\n');
        is_open = line.is_flowed;
        depth = line.depth;
        text = line.content.text + line.content.length;
        text += *text == '\n';
    }
    return buffer_take(out, context);
}

static char *undo_flow(const void *context, const struct part *part, char *text)
{
    const char *format = header_parameter(&part->content, "format");
    if (!format || strcasecmp(format, "flowed") != 0)
        return text;
    const char *delete_space = header_parameter(&part->content, "delsp");
    return unflow(context, text, delete_space && strcasecmp(delete_space, "yes") == 0);
}

/* --- the text --- */

/* <meta charset> of HTML whose part does not name one. */
static char *meta_charset(const void *context, const char *html, size_t length)
{
    struct span head = {html, length < 2048 ? length : 2048};
    for (size_t i = 0; i + 8 < head.length; i++) {
        struct span rest = {head.text + i, head.length - i};
        if (!span_begins(rest, "charset="))
            continue;
        size_t start = i + strlen("charset=");
        while (start < head.length && strchr("\"' ", head.text[start]))
            start++;
        size_t end = start;
        while (end < head.length && end - start < 40 && !strchr("\"' >;/", head.text[end]))
            end++;
        return memory_copy_bytes(context, head.text + start, end - start);
    }
    return NULL;
}

static struct body read_part(const void *context, const struct part *part)
{
    struct body body = {.is_html = strcmp(part->type, "text/html") == 0};
    size_t length;
    size_t maximum = body.is_html ? LIMIT_HTML_BYTES : LIMIT_TEXT_BYTES;
    char *bytes = part_decode(context, part, 4 * maximum, &length); /* quoted-printable takes three for one */
    body.is_cut = length > maximum || part->length > 4 * maximum;
    if (length > maximum)
        length = maximum;
    const char *label = header_parameter(&part->content, "charset");
    if (!label)
        label = words_decode_parameter(context, part->content.parameters, part->content.count, "charset");
    body.charset = words_clean(memory_copy_text(context, label ? label : ""));
    if (!utf8_is_valid(body.charset, strlen(body.charset)))
        body.charset[0] = '\0';
    const char *meta = body.is_html && !label ? meta_charset(context, bytes, length) : NULL;
    struct charset_text decoded = charset_decode(context, meta ? meta : label, bytes, length);
    talloc_free(bytes);
    body.replaced = decoded.replaced;
    body.is_guessed = decoded.is_guessed;
    body.text = decoded.text;
    if (body.is_html) {
        bool is_cut;
        body.text = html_to_text(context, decoded.text, decoded.length, &is_cut);
        body.is_cut = body.is_cut || is_cut;
    }
    normalise(body.text);
    body.text = undo_flow(context, part, body.text);
    return body;
}

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\n")] == '\0';
}

static const struct part *find_html(const struct part_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (!list->parts[i].is_attachment && strcmp(list->parts[i].type, "text/html") == 0)
            return &list->parts[i];
    return NULL;
}

/* Adds what stands in further parts of the text. */
static void read_rest(const void *context, const struct part_list *list, const struct part *part, struct body *body)
{
    while ((part = part_next_text(list, part)) != NULL) {
        struct body next = read_part(context, part);
        size_t length = strlen(body->text);
        if (!is_blank(next.text) && length + strlen(next.text) < LIMIT_TEXT_BYTES) {
            bool ends_line = !length || body->text[length - 1] == '\n';
            body->text = memory_format(context, "%s%s%s", body->text, ends_line ? "" : "\n", next.text);
        }
        body->replaced += next.replaced;
        body->is_guessed = body->is_guessed || next.is_guessed;
        body->is_cut = body->is_cut || next.is_cut;
    }
}

struct body body_read(const void *context, const struct part_list *list)
{
    const struct part *part = part_best_text(list);
    if (!part)
        return (struct body){.text = memory_copy_text(context, ""), .charset = memory_copy_text(context, "")};
    struct body body = read_part(context, part);
    const struct part *html = body.is_html || !is_blank(body.text) ? NULL : find_html(list);
    if (html)
        return read_part(context, html); /* some programs leave the plain alternative empty */
    if (!body.is_html)
        read_rest(context, list, part, &body);
    return body;
}
