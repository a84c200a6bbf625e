/* HTML to text: see html.h. libxml2 builds the tree; the walk over it is iterative, since senders choose the depth. */
#include "mail/html.h"

#include <libxml/HTMLparser.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/memory.h"
#include "mail/span.h"

enum {
    TAG_GAPS = 2000,  /* blanks and quotes in one tag: libxml2's time is quadratic in attributes */
    IDLE_DEPTH = 64,
    QUOTE_DEPTH = 20, /* deeper quotes are shown at this depth, or marks would grow quadratically */
    LINK_BYTES = 300,
    ALTERNATIVE_BYTES = 100,
    BREAKS = 2, /* at most one blank line between blocks */
};

/* --- before the parser --- */

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

char *html_to_text(const void *context, const char *html, size_t length, bool *is_cut)
{
    *is_cut = length > LIMIT_HTML_BYTES;
    length = *is_cut ? LIMIT_HTML_BYTES : length;
    /* libxml2 makes paragraphs of text that stands in the body itself, but not of text in a block */
    static const char opening[] = "<body><div>";
    struct buffer *fenced = buffer_new(context, sizeof opening + length);
    buffer_add_text(fenced, opening);
    buffer_add(fenced, html, length);
    size_t fenced_length = fence_tags(fenced->bytes, fenced->length);
    int options = HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
                  HTML_PARSE_IGNORE_ENC | HTML_PARSE_COMPACT;
    htmlDocPtr document = htmlReadMemory(fenced->bytes, (int)fenced_length, NULL, "UTF-8", options);
    talloc_free(fenced);
    struct writing writing = {.out = buffer_new(context, LIMIT_TEXT_BYTES), .is_line_empty = true};
    const xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    if (root)
        walk(&writing, root);
    xmlFreeDoc(document);
    *is_cut = *is_cut || writing.out->overflowed;
    return buffer_take(writing.out, context);
}
