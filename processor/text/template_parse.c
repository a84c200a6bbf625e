/* Reading templates: see template_parse.h and, for the language, template.h. */
#include "text/template_parse.h"

#include <string.h>

#include "base/memory.h"

struct parser {
    struct template *template;
    const char *at;
    const char *end;
    int line;                      /* of `at` */
    size_t capacity;               /* of template->nodes */
    size_t open[TEMPLATE_NESTING]; /* sections not closed yet, outermost first */
    size_t depth;
};

/* One tag as it stands in the source. */
struct tag {
    const char *begin; /* at "{{" */
    const char *end;   /* behind "}}" */
    const char *name;
    size_t length;
    char sigil; /* "#^/!&>{" or 0 */
    int line;
};

static struct node *add_node(struct parser *parser, enum node_kind kind, const char *text, size_t length)
{
    struct template *template = parser->template;
    if (template->count == parser->capacity) {
        parser->capacity = parser->capacity ? 2 * parser->capacity : 32;
        template->nodes = memory_resize(template, template->nodes, struct node, parser->capacity);
    }
    struct node *node = &template->nodes[template->count++];
    *node = (struct node){.kind = kind, .line = parser->line, .text = text, .length = length};
    return node;
}

static void count_lines(struct parser *parser, const char *from, const char *to)
{
    while (from < to && (from = memchr(from, '\n', (size_t)(to - from))) != NULL) {
        parser->line++;
        from++;
    }
}

/* Adds the literal text up to `to` and goes there. */
static void take_text(struct parser *parser, const char *to)
{
    if (to > parser->at)
        add_node(parser, NODE_TEXT, parser->at, (size_t)(to - parser->at));
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

/* Reads the tag that begins at `begin`. */
static bool read_tag(const struct parser *parser, const char *begin, struct tag *tag, struct error **error)
{
    const char *path = parser->template->path;
    *tag = (struct tag){.begin = begin, .name = begin + 2, .line = parser->line};
    if (tag->name < parser->end && strchr("#^/!&>{=", *tag->name) && *tag->name)
        tag->sigil = *tag->name++;
    if (tag->sigil == '=') {
        error_set(error, ERROR_INSTALLATION, "%s:%d: other delimiters than {{ }} are not known here", path, parser->line);
        return false;
    }
    const char *closing = tag->sigil == '{' ? "}}}" : "}}";
    const char *close = memmem(tag->name, (size_t)(parser->end - tag->name), closing, strlen(closing));
    if (!close) {
        error_set(error, ERROR_INSTALLATION, "%s:%d: a tag begins here and never ends", path, parser->line);
        return false;
    }
    tag->end = close + strlen(closing);
    while (close > tag->name && is_blank(close[-1]))
        close--;
    while (tag->name < close && is_blank(*tag->name))
        tag->name++;
    tag->length = (size_t)(close - tag->name);
    return true;
}

/* Whether the tag has its line for itself: then the whole line vanishes, and *from and *to are its bounds. */
static bool is_standalone(const struct parser *parser, const struct tag *tag, const char **from, const char **to)
{
    if (!tag->sigil || !strchr("#^/!>", tag->sigil))
        return false;
    const char *before = tag->begin;
    while (before > parser->template->source && is_blank(before[-1]))
        before--;
    if (before > parser->template->source && before[-1] != '\n')
        return false;
    const char *after = tag->end;
    while (after < parser->end && is_blank(*after))
        after++;
    if (after < parser->end && *after != '\n')
        return false;
    *from = before;
    *to = after < parser->end ? after + 1 : after;
    return true;
}

/* The name of a tag, split at its dots. */
static bool set_name(const struct parser *parser, struct node *node, struct error **error)
{
    char *name = memory_copy_bytes(parser->template, node->text, node->length);
    node->name = name;
    if (node->length == 1 && *name == '.')
        return true;
    for (size_t i = 0; i < node->length; i++) {
        bool is_edge = i == 0 || i + 1 == node->length || name[i - 1] == '\0';
        if (is_blank(name[i]) || name[i] == '\n' || name[i] == '{' || (name[i] == '.' && is_edge))
            return error_set(error, ERROR_INSTALLATION, "%s:%d: \"%.*s\" is no name", parser->template->path, node->line,
                             (int)node->length, node->text);
        if (name[i] == '.') {
            name[i] = '\0';
            node->parts++;
        }
    }
    node->parts++;
    return true;
}

static bool close_section(struct parser *parser, const struct tag *tag, struct error **error)
{
    struct template *template = parser->template;
    if (parser->depth == 0)
        return error_set(error, ERROR_INSTALLATION, "%s:%d: {{/%.*s}} closes nothing", template->path, tag->line,
                         (int)tag->length, tag->name);
    struct node *section = &template->nodes[parser->open[--parser->depth]];
    if (section->length != tag->length || memcmp(section->text, tag->name, tag->length) != 0)
        return error_set(error, ERROR_INSTALLATION, "%s:%d: {{/%.*s}} where {{/%.*s}} of line %d is due", template->path,
                         tag->line, (int)tag->length, tag->name, (int)section->length, section->text, section->line);
    section->end = template->count;
    return true;
}

static bool open_section(struct parser *parser, struct error **error)
{
    if (parser->depth == TEMPLATE_NESTING)
        return error_set(error, ERROR_INSTALLATION, "%s:%d: more than %d sections in each other", parser->template->path,
                         parser->line, TEMPLATE_NESTING);
    parser->open[parser->depth++] = parser->template->count - 1;
    return true;
}

static enum node_kind kind_of(char sigil)
{
    switch (sigil) {
    case '#':
        return NODE_SECTION;
    case '^':
        return NODE_INVERTED;
    case '>':
        return NODE_PARTIAL;
    case '&':
    case '{':
        return NODE_RAW;
    default:
        return NODE_VALUE;
    }
}

static bool take_tag(struct parser *parser, const struct tag *tag, struct error **error)
{
    if (tag->sigil == '!')
        return true;
    if (tag->length == 0)
        return error_set(error, ERROR_INSTALLATION, "%s:%d: a tag without a name", parser->template->path, tag->line);
    if (tag->sigil == '/')
        return close_section(parser, tag, error);
    struct node *node = add_node(parser, kind_of(tag->sigil), tag->name, tag->length);
    if (node->kind == NODE_PARTIAL) {
        node->name = memory_copy_bytes(parser->template, tag->name, tag->length);
        return true;
    }
    if (!set_name(parser, node, error))
        return false;
    return node->kind == NODE_SECTION || node->kind == NODE_INVERTED ? open_section(parser, error) : true;
}

/* Takes the text before the next tag and the tag; the rest when there is none. */
static bool take_next(struct parser *parser, struct error **error)
{
    const char *begin = memmem(parser->at, (size_t)(parser->end - parser->at), "{{", 2);
    if (!begin) {
        take_text(parser, parser->end);
        parser->at = parser->end;
        return true;
    }
    count_lines(parser, parser->at, begin);
    struct tag tag;
    if (!read_tag(parser, begin, &tag, error))
        return false;
    const char *from = tag.begin;
    const char *to = tag.end;
    is_standalone(parser, &tag, &from, &to);
    take_text(parser, from);
    if (!take_tag(parser, &tag, error))
        return false;
    count_lines(parser, begin, to);
    parser->at = to;
    return true;
}

bool template_parse(struct template *template, size_t length, struct error **error)
{
    struct parser parser = {.template = template, .at = template->source, .end = template->source + length, .line = 1};
    while (parser.at < parser.end)
        if (!take_next(&parser, error))
            return false;
    if (parser.depth == 0)
        return true;
    const struct node *section = &template->nodes[parser.open[parser.depth - 1]];
    return error_set(error, ERROR_INSTALLATION, "%s:%d: {{%c%.*s}} is never closed", template->path, section->line,
                     section->kind == NODE_SECTION ? '#' : '^', (int)section->length, section->text);
}
