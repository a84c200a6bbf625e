/* Multiparts: see multipart.h. */
#include "mail/multipart.h"

#include <string.h>

#include "base/limits.h"
#include "base/memory.h"

enum {
    GUESSED_LINES = 400, /* how far a boundary is looked for whose parameter is of no use */
    SEARCHES = 4,        /* how often the whole mail may be searched for boundaries */
};

/* A multipart whose closing line has not come. */
struct level {
    struct span boundary;
    size_t number;
    size_t alternative;
    bool is_digest;
};

struct splitting {
    struct leaves *leaves;
    const struct mail_limits *limits;
    struct error **error;
    const char *end;
    struct level levels[LIMIT_DEPTH_MOST];
    size_t depth;
    size_t multiparts;
    size_t open_leaf; /* whose end has not come: its number and one, 0: none */
    size_t search;    /* bytes that may still be looked through for boundaries that do not come */
};

static struct span line_at(const char *start, const char *end, const char **next)
{
    const char *stop = memchr(start, '\n', (size_t)(end - start));
    *next = stop ? stop + 1 : end;
    struct span line = {start, (size_t)((stop ? stop : end) - start)};
    while (line.length && line.text[line.length - 1] == '\r')
        line.length--;
    return line;
}

static struct span without_blanks_behind(struct span line)
{
    while (line.length && (line.text[line.length - 1] == ' ' || line.text[line.length - 1] == '\t'))
        line.length--;
    return line;
}

/* Whether the line is "--boundary" or, then *closes is set, "--boundary--". Blanks may follow. */
static bool is_delimiter(struct span line, struct span boundary, bool *closes)
{
    if (line.length < boundary.length + 2 || memcmp(line.text + 2, boundary.text, boundary.length) != 0)
        return false;
    struct span rest = {line.text + 2 + boundary.length, line.length - 2 - boundary.length};
    rest = without_blanks_behind(rest);
    *closes = rest.length == 2 && memcmp(rest.text, "--", 2) == 0;
    return *closes || !rest.length;
}

/* "Content-Type:" and its kin, which is what the first line of a part looks like. */
static bool begins_part(const char *start, const char *end)
{
    const char *next;
    struct span line = start < end ? line_at(start, end, &next) : (struct span){"", 0};
    return span_begins(line, "Content-") && memchr(line.text, ':', line.length);
}

static bool is_dashed(struct span line)
{
    return line.length > 2 && line.text[0] == '-' && line.text[1] == '-';
}

/* Whether the boundary is in the body; when it has been searched for too long already, the parameter is believed. */
static bool occurs(struct splitting *splitting, struct span boundary, struct span body)
{
    const char *end = body.text + body.length;
    const char *next;
    bool closes;
    for (const char *at = body.text; at < end && splitting->search; at = next) {
        struct span line = line_at(at, end, &next);
        if (is_dashed(line) && is_delimiter(line, boundary, &closes))
            return true;
        splitting->search -= splitting->search < (size_t)(next - at) ? splitting->search : (size_t)(next - at);
    }
    return !splitting->search;
}

/* The boundary that the body shows: the first "--something" above the header of a part. */
static struct span guess_boundary(struct span body)
{
    const char *end = body.text + body.length;
    const char *next;
    int lines = 0;
    for (const char *at = body.text; at < end && lines < GUESSED_LINES; at = next, lines++) {
        struct span line = without_blanks_behind(line_at(at, end, &next));
        if (is_dashed(line) && begins_part(next, end))
            return (struct span){line.text + 2, line.length - 2};
    }
    return (struct span){"", 0};
}

static bool is_multipart(const struct header_parameters *content)
{
    return strncmp(content->value, "multipart/", strlen("multipart/")) == 0;
}

/* The boundary of a multipart that begins here; empty when its parts cannot be told apart. */
static struct span boundary_of(struct splitting *splitting, const struct header_parameters *content, struct span body)
{
    char *parameter = words_decode_parameter(splitting->leaves, content->parameters, content->count, "boundary");
    struct span boundary = {parameter ? parameter : "", parameter ? strlen(parameter) : 0};
    if (boundary.length && occurs(splitting, boundary, body))
        return boundary;
    return guess_boundary(body);
}

static bool open_multipart(struct splitting *splitting, const struct header_parameters *content, struct span boundary)
{
    if (splitting->depth >= splitting->limits->depth)
        return error_set(splitting->error, ERROR_REFUSED, "its parts are nested deeper than %zu levels (depth in [limits])",
                         splitting->limits->depth);
    const struct level *parent = splitting->depth ? &splitting->levels[splitting->depth - 1] : NULL;
    struct level level = {.boundary = boundary, .number = ++splitting->multiparts};
    level.alternative = parent ? parent->alternative : 0;
    if (strcmp(content->value, "multipart/alternative") == 0)
        level.alternative = level.number;
    level.is_digest = strcmp(content->value, "multipart/digest") == 0;
    splitting->levels[splitting->depth++] = level;
    return true;
}

static bool add_leaf(struct splitting *splitting, struct leaf leaf)
{
    struct leaves *leaves = splitting->leaves;
    const struct level *level = &splitting->levels[splitting->depth - 1];
    if (leaves->count >= splitting->limits->parts)
        return error_set(splitting->error, ERROR_REFUSED, "it has more than %zu parts (parts in [limits])",
                         splitting->limits->parts);
    if (leaves->count == talloc_array_length(leaves->leaves))
        leaves->leaves = memory_resize(leaves, leaves->leaves, struct leaf, 2 * leaves->count + 4);
    leaf.parent = level->number;
    leaf.alternative = level->alternative;
    leaf.is_message = level->is_digest && !*leaf.content.value;
    leaves->leaves[leaves->count++] = leaf;
    splitting->open_leaf = leaves->count;
    return true;
}

/* A part begins at `start`; *next is where its body does. */
static bool begin_part(struct splitting *splitting, const char *start, const char **next)
{
    struct leaf leaf = {
        .header = header_read_part(splitting->leaves, start, (size_t)(splitting->end - start), splitting->limits,
                                   splitting->error)};
    if (!leaf.header)
        return false;
    *next = start + leaf.header->body;
    leaf.body = (struct span){*next, (size_t)(splitting->end - *next)};
    leaf.content = header_parameters(splitting->leaves, leaf.header, "Content-Type");
    struct span boundary = {"", 0};
    if (is_multipart(&leaf.content))
        boundary = boundary_of(splitting, &leaf.content, leaf.body);
    return boundary.length ? open_multipart(splitting, &leaf.content, boundary) : add_leaf(splitting, leaf);
}

/* The line end before a delimiter is the delimiter's. */
static void end_leaf(struct splitting *splitting, const char *delimiter)
{
    if (!splitting->open_leaf)
        return;
    struct span *body = &splitting->leaves->leaves[splitting->open_leaf - 1].body;
    body->length = delimiter > body->text ? (size_t)(delimiter - body->text) : 0;
    if (body->length && body->text[body->length - 1] == '\n')
        body->length--;
    if (body->length && body->text[body->length - 1] == '\r')
        body->length--;
    splitting->open_leaf = 0;
}

/* Takes a line that begins with "--"; whatever it delimits, all that is nested deeper ends with it. */
static bool take_line(struct splitting *splitting, struct span line, const char **next)
{
    for (size_t depth = splitting->depth; depth > 0; depth--) {
        bool closes;
        if (!is_delimiter(line, splitting->levels[depth - 1].boundary, &closes))
            continue;
        end_leaf(splitting, line.text);
        splitting->depth = depth - closes;
        return closes || begin_part(splitting, *next, next);
    }
    return true;
}

struct leaves *multipart_split(const void *context, const struct header_parameters *content, struct span body,
                               const struct mail_limits *limits, struct error **error)
{
    struct leaves *leaves = memory_new(context, struct leaves);
    struct splitting splitting = {
        .leaves = leaves, .error = error, .end = body.text + body.length, .search = SEARCHES * body.length};
    splitting.limits = limits ? limits : &mail_limits_default;
    struct span boundary = {"", 0};
    if (is_multipart(content))
        boundary = boundary_of(&splitting, content, body);
    bool well = !boundary.length || open_multipart(&splitting, content, boundary);
    const char *next;
    for (const char *at = body.text; well && splitting.depth && at < splitting.end; at = next) {
        struct span line = line_at(at, splitting.end, &next);
        if (is_dashed(line))
            well = take_line(&splitting, line, &next);
    }
    if (well)
        return leaves;
    talloc_free(leaves);
    return NULL;
}
