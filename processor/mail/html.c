/* HTML to text: see html.h. libxml2 builds the tree; the walk over it is iterative, since senders choose the depth. */
#include "mail/html.h"

#include <libxml/HTMLparser.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/memory.h"
#include "mail/html_fence.h"
#include "mail/span.h"

enum {
    QUOTE_DEPTH = 20, /* deeper quotes are shown at this depth, or marks would grow quadratically */
    LINK_BYTES = 300,
    ALTERNATIVE_BYTES = 100,
    BREAKS = 2, /* at most one blank line between blocks */
};

/* --- elements --- */

enum element {
    ELEMENT_INLINE,
    ELEMENT_SKIPPED,
    ELEMENT_BLOCK,
    ELEMENT_PARAGRAPH, /* a block with a blank line around */
    ELEMENT_LIST_ITEM,
    ELEMENT_CELL,
    ELEMENT_QUOTE,
    ELEMENT_PREFORMATTED,
    ELEMENT_BREAK,
    ELEMENT_RULE,
    ELEMENT_IMAGE,
    ELEMENT_LINK,
};

static const struct {
    const char *name;
    enum element element;
} elements[] = {
    {"p", ELEMENT_PARAGRAPH},      {"br", ELEMENT_BREAK},         {"blockquote", ELEMENT_QUOTE},
    {"td", ELEMENT_CELL},          {"th", ELEMENT_CELL},          {"tr", ELEMENT_BLOCK},
    {"a", ELEMENT_LINK},           {"table", ELEMENT_BLOCK},      {"select", ELEMENT_SKIPPED},
    {"li", ELEMENT_LIST_ITEM},     {"ul", ELEMENT_BLOCK},         {"ol", ELEMENT_BLOCK},
    {"hr", ELEMENT_RULE},          {"img", ELEMENT_IMAGE},        {"pre", ELEMENT_PREFORMATTED},
    {"h1", ELEMENT_PARAGRAPH},     {"h2", ELEMENT_PARAGRAPH},     {"h3", ELEMENT_PARAGRAPH},
    {"h4", ELEMENT_PARAGRAPH},     {"h5", ELEMENT_PARAGRAPH},     {"h6", ELEMENT_PARAGRAPH},
    {"dl", ELEMENT_BLOCK},         {"dt", ELEMENT_BLOCK},         {"dd", ELEMENT_BLOCK},
    {"section", ELEMENT_BLOCK},    {"article", ELEMENT_BLOCK},    {"header", ELEMENT_BLOCK},
    {"footer", ELEMENT_BLOCK},     {"address", ELEMENT_BLOCK},    {"form", ELEMENT_BLOCK},
    {"fieldset", ELEMENT_BLOCK},   {"center", ELEMENT_BLOCK},     {"thead", ELEMENT_BLOCK},
    {"tbody", ELEMENT_BLOCK},      {"caption", ELEMENT_BLOCK},    {"head", ELEMENT_SKIPPED},
    {"style", ELEMENT_SKIPPED},    {"script", ELEMENT_SKIPPED},   {"title", ELEMENT_SKIPPED},
    {"noscript", ELEMENT_SKIPPED}, {"template", ELEMENT_SKIPPED}, {"svg", ELEMENT_SKIPPED},
    {"object", ELEMENT_SKIPPED},   {"iframe", ELEMENT_SKIPPED},   {"textarea", ELEMENT_SKIPPED},
};

/* The value of an attribute, "" when it is missing; it belongs to the tree. */
static const char *attribute(const xmlNode *node, const char *name)
{
    for (const xmlAttr *property = node->properties; property; property = property->next)
        if (strcasecmp((const char *)property->name, name) == 0)
            return property->children && property->children->content ? (const char *)property->children->content : "";
    return "";
}

/* How Outlook on the web and the web mail of providers draw a quote that is no blockquote: a line along its left side. */
static bool is_drawn_quote(const xmlNode *division)
{
    const char *style = attribute(division, "style");
    const char *border = *style ? strcasestr(style, "border-left:") : NULL;
    if (!border)
        return false;
    size_t length = strcspn(border, ";");
    return memmem(border, length, "solid", strlen("solid")) && !memmem(border, length, ":0", 2) &&
           !memmem(border, length, ": 0", 3);
}

static enum element element_of(const xmlNode *node)
{
    const char *name = (const char *)node->name;
    if (strcmp(name, "div") == 0)
        return is_drawn_quote(node) ? ELEMENT_QUOTE : ELEMENT_BLOCK;
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
        if (name[0] == elements[i].name[0] && strcmp(name, elements[i].name) == 0) /* libxml2 gives lower case */
            return elements[i].element;
    return ELEMENT_INLINE;
}

static bool is_hidden(const xmlNode *node)
{
    static const char *const signs[] = {"display:none", "display: none", "visibility:hidden", "visibility: hidden",
                                        "mso-hide:all"};
    const char *style = attribute(node, "style");
    for (size_t i = 0; *style && i < sizeof signs / sizeof *signs; i++)
        if (strcasestr(style, signs[i]))
            return true;
    return false;
}

/* Outlook writes every line as such a paragraph, without space around. */
static bool is_tight(const xmlNode *node)
{
    const char *class = attribute(node, "class");
    return strncasecmp(class, "Mso", 3) == 0 || strcasestr(attribute(node, "style"), "margin:0") != NULL ||
           strcasestr(attribute(node, "style"), "margin: 0") != NULL;
}

/* Whether a cell holds no more than one run of text, as in <td><p>…</p></td>: then its row stays on one line. */
static bool is_flat_cell(const xmlNode *cell)
{
    size_t children = 0;
    for (const xmlNode *child = cell->children; child; child = child->next) {
        if (child->type != XML_ELEMENT_NODE)
            continue;
        children++;
        if (element_of(child) == ELEMENT_BREAK && child->prev && child->next)
            return false;
        for (const xmlNode *inner = child->children; inner; inner = inner->next) {
            enum element element = inner->type == XML_ELEMENT_NODE ? element_of(inner) : ELEMENT_INLINE;
            if (element != ELEMENT_INLINE && element != ELEMENT_LINK && element != ELEMENT_IMAGE)
                return false;
        }
    }
    return children <= 1;
}

/* --- writing --- */

struct writing {
    struct buffer *out;
    int breaks;         /* line ends owed before the next text */
    bool owes_blank;    /* a blank owed */
    bool is_line_empty; /* nothing but a no-break space was seen since the last break */
    bool has_hard_blank;
    int quotes;
    int preformatted;
    int flat; /* within cells whose blocks do not break the line */
    size_t link_start;
};

static void begin_line(struct writing *writing)
{
    if (writing->out->length)
        for (; writing->breaks > 0; writing->breaks--)
            buffer_add_byte(writing->out, '\n');
    writing->breaks = 0;
    for (int i = 0; i < writing->quotes && i < QUOTE_DEPTH; i++)
        buffer_add_text(writing->out, "> ");
    writing->owes_blank = false;
}

static void write_run(struct writing *writing, const char *text, size_t length)
{
    if (writing->breaks || !writing->out->length)
        begin_line(writing);
    else if (writing->owes_blank)
        buffer_add_byte(writing->out, ' ');
    writing->owes_blank = false;
    writing->is_line_empty = false;
    writing->has_hard_blank = false;
    buffer_add(writing->out, text, length);
}

static void owe_breaks(struct writing *writing, int breaks)
{
    if (writing->flat) {
        writing->owes_blank = true;
        return;
    }
    if (writing->has_hard_blank && writing->is_line_empty && writing->breaks < BREAKS)
        writing->breaks++; /* <p>&nbsp;</p> is how blank lines are typed */
    if (writing->breaks < breaks)
        writing->breaks = breaks;
    writing->owes_blank = false;
    writing->is_line_empty = true;
    writing->has_hard_blank = false;
}

static void break_line(struct writing *writing)
{
    if (writing->breaks < BREAKS)
        writing->breaks++;
    writing->owes_blank = false;
    writing->is_line_empty = true;
    writing->has_hard_blank = false;
}

/* Whether the characters that begin with this byte may be invisible, or a no-break space. */
static bool may_be_invisible(char byte)
{
    return byte == '\xC2' || byte == '\xE2' || byte == '\xEF';
}

/* The bytes of a character that shows nothing (zero-width space and kin, byte order mark) at the start, or 0. */
static size_t invisible_length(const char *text)
{
    static const char *const characters[] = {"\u200B", "\u200C", "\u200D", "\uFEFF", "\u00AD", "\u2060"};
    for (size_t i = 0; i < sizeof characters / sizeof *characters; i++)
        if (strncmp(text, characters[i], strlen(characters[i])) == 0)
            return strlen(characters[i]);
    return 0;
}

/* Whole characters up to a blank, a control or one that may be invisible. */
static size_t run_length(const char *text)
{
    size_t length = 1;
    while (((unsigned char)text[length] & 0xC0) == 0x80)
        length++;
    while ((unsigned char)text[length] > ' ' && text[length] != '\x7F' && !may_be_invisible(text[length]))
        length++;
    return length;
}

static void write_text(struct writing *writing, const char *text)
{
    while (*text) {
        unsigned char byte = (unsigned char)*text;
        size_t invisible = may_be_invisible(*text) ? invisible_length(text) : 0;
        if (invisible) {
            text += invisible;
        } else if (byte == 0xC2 && (unsigned char)text[1] == 0xA0) {
            writing->has_hard_blank = true;
            writing->owes_blank = true;
            text += 2;
        } else if (writing->preformatted && byte == '\n') {
            break_line(writing);
            text++;
        } else if (writing->preformatted && byte == ' ') {
            write_run(writing, text++, 1);
        } else if (byte <= ' ' || byte == 0x7F) {
            writing->owes_blank = true;
            text++;
        } else {
            size_t length = run_length(text);
            write_run(writing, text, length);
            text += length;
        }
    }
}

static void write_link(struct writing *writing, const xmlNode *node)
{
    const char *target = attribute(node, "href");
    size_t length = strlen(target);
    if ((strncasecmp(target, "http://", 7) != 0 && strncasecmp(target, "https://", 8) != 0) || length > LINK_BYTES)
        return;
    size_t start = writing->link_start <= writing->out->length ? writing->link_start : writing->out->length;
    if (memmem(writing->out->bytes + start, writing->out->length - start, target, length))
        return;
    write_text(writing, " <");
    write_text(writing, target);
    write_text(writing, ">");
}

static void write_image(struct writing *writing, const xmlNode *node)
{
    const char *alternative = attribute(node, "alt");
    if (!*alternative || strlen(alternative) > ALTERNATIVE_BYTES)
        return;
    write_text(writing, "[");
    write_text(writing, alternative);
    write_text(writing, "]");
}

static void write_rule(struct writing *writing)
{
    owe_breaks(writing, 1);
    write_text(writing, "________________________________");
    owe_breaks(writing, 1);
}

/* --- the walk --- */

static int breaks_around(const xmlNode *node, enum element element)
{
    return element == ELEMENT_PARAGRAPH && !is_tight(node) ? 2 : 1;
}

/* Returns whether to go on with its children. */
static bool enter_element(struct writing *writing, const xmlNode *node)
{
    enum element element = element_of(node);
    if (element == ELEMENT_SKIPPED || is_hidden(node))
        return false;
    switch (element) {
    case ELEMENT_BREAK:
        if (writing->flat)
            writing->owes_blank = true;
        else
            break_line(writing);
        return false;
    case ELEMENT_RULE:
        write_rule(writing);
        return false;
    case ELEMENT_IMAGE:
        write_image(writing, node);
        return false;
    case ELEMENT_LINK:
        writing->link_start = writing->out->length;
        return true;
    case ELEMENT_CELL:
        writing->flat += is_flat_cell(node);
        return true;
    case ELEMENT_INLINE:
        return true;
    default:
        owe_breaks(writing, breaks_around(node, element));
    }
    writing->quotes += element == ELEMENT_QUOTE;
    writing->preformatted += element == ELEMENT_PREFORMATTED;
    if (element == ELEMENT_LIST_ITEM) {
        write_text(writing, "-");
        writing->owes_blank = true;
    }
    return true;
}

static void leave_element(struct writing *writing, const xmlNode *node)
{
    enum element element = element_of(node);
    switch (element) {
    case ELEMENT_SKIPPED:
    case ELEMENT_BREAK:
    case ELEMENT_RULE:
    case ELEMENT_IMAGE:
    case ELEMENT_INLINE:
        return;
    case ELEMENT_LINK:
        write_link(writing, node);
        return;
    case ELEMENT_CELL:
        writing->flat -= is_flat_cell(node);
        writing->owes_blank = true;
        return;
    default:
        owe_breaks(writing, breaks_around(node, element));
    }
    writing->quotes -= element == ELEMENT_QUOTE;
    writing->preformatted -= element == ELEMENT_PREFORMATTED;
}

static bool enter(struct writing *writing, const xmlNode *node)
{
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE)
        write_text(writing, (const char *)node->content);
    return node->type == XML_ELEMENT_NODE && enter_element(writing, node);
}

/* Depth first; an element that was entered is left again, and only that. */
static void walk(struct writing *writing, const xmlNode *root)
{
    const xmlNode *node = root;
    while (node) {
        bool is_entered = enter(writing, node);
        if (is_entered && node->children) {
            node = node->children;
            continue;
        }
        if (is_entered)
            leave_element(writing, node);
        while (node != root && !node->next) {
            node = node->parent;
            leave_element(writing, node);
        }
        node = node == root ? NULL : node->next;
    }
}

/* The parser takes what it needs next: it would copy the whole when it got it at once. */
struct source {
    const char *bytes;
    size_t left;
};

static int give(void *closure, char *room, int size)
{
    struct source *source = closure;
    size_t length = source->left < (size_t)size ? source->left : (size_t)size;
    memcpy(room, source->bytes, length);
    source->bytes += length;
    source->left -= length;
    return (int)length;
}

/* The fenced HTML is freed as soon as there is a tree of it. */
static char *read_aloud(const void *context, struct buffer *fenced, bool *is_cut)
{
    int options = HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
                  HTML_PARSE_IGNORE_ENC | HTML_PARSE_COMPACT;
    struct source source = {fenced->bytes, fenced->length};
    htmlDocPtr document = htmlReadIO(give, NULL, &source, NULL, "UTF-8", options);
    talloc_free(fenced);
    struct writing writing = {.out = buffer_new(context, LIMIT_TEXT_BYTES), .is_line_empty = true};
    const xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    if (root)
        walk(&writing, root);
    xmlFreeDoc(document);
    *is_cut = *is_cut || writing.out->overflowed;
    return buffer_take(writing.out, context);
}

char *html_to_text(const void *context, char *html, size_t length, bool *is_cut)
{
    *is_cut = length > LIMIT_HTML_BYTES;
    struct buffer *fenced = html_fence(context, html, *is_cut ? LIMIT_HTML_BYTES : length);
    talloc_free(html);
    return read_aloud(context, fenced, is_cut);
}
