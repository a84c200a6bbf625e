/* The fence around libetpan: see guard.h. */
#include "mail/guard.h"

#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/memory.h"

enum {
    PADDING = 16,
    COMMENT_DEPTH = 50,
};

char *guard_copy(const void *context, const char *bytes, size_t length, size_t *copied)
{
    if (length >= 5 && memcmp(bytes, "From ", 5) == 0) {
        const char *end = memchr(bytes, '\n', length);
        size_t line = end ? (size_t)(end - bytes) + 1 : 0;
        bytes += line;
        length -= line;
    }
    while (length && (*bytes == '\r' || *bytes == '\n')) {
        bytes++;
        length--;
    }
    char *copy = memory_copy_bytes(context, bytes, length);
    char *nul = memchr(copy, '\0', length);
    if (nul) {
        char *write = nul;
        for (char *read = nul; read < copy + length; read++)
            if (*read)
                *write++ = *read;
        length = (size_t)(write - copy);
        copy[length] = '\0';
    }
    if (!memchr(copy, '\n', length))
        for (char *c = memchr(copy, '\r', length); c; c = memchr(c, '\r', length - (size_t)(c - copy)))
            *c = '\n';
    *copied = length;
    return copy;
}

/* Walks over the lines as a parser of MIME would that takes every field for one of a header. */
struct walk {
    struct guarded *guarded;
    bool is_content_type; /* within a Content-Type field, folded lines included */
    bool has_boundary;    /* whose boundary parameter was seen */
    bool has_parameters;  /* whose first ";" was seen */
    size_t comments;      /* depth of comments in the field */
    size_t boundaries;
    size_t messages;
    size_t header_lines; /* since a line that begins with "--" */
    bool is_in_header;
};

static bool is_content_type(struct span line)
{
    static const char name[] = "content-type";
    if (!span_begins(line, name))
        return false;
    size_t i = strlen(name);
    while (i < line.length && (line.text[i] == ' ' || line.text[i] == '\t'))
        i++;
    return i < line.length && line.text[i] == ':';
}

/* Deep comments overflow the parser's stack. */
static void fence_comments(struct walk *walk, char *line, size_t length)
{
    if (!memchr(line, '(', length) && !walk->comments)
        return;
    for (size_t i = 0; i < length; i++) {
        if (line[i] == '\\') {
            i++;
        } else if (line[i] == '(' && walk->comments >= COMMENT_DEPTH) {
            line[i] = ' ';
            walk->guarded->is_changed = true;
        } else if (line[i] == '(') {
            walk->comments++;
        } else if (line[i] == ')' && walk->comments) {
            walk->comments--;
        }
    }
}

static void fence_backslashes(struct walk *walk, char *line, size_t length)
{
    for (char *c = memchr(line, '\\', length); c; c = memchr(c, '\\', length - (size_t)(c - line))) {
        *c = '_';
        walk->guarded->is_changed = true;
    }
}

/* A boundary of one quoted quote underruns a copy; many boundaries nest; a message inside is a parser inside. */
static void fence_content_type(struct walk *walk, char *line, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        struct span rest = {line + i, length - i};
        if ((line[i] | 0x20) == 'b' && span_begins(rest, "boundary")) {
            if (!walk->has_boundary && ++walk->boundaries > LIMIT_DEPTH) {
                line[i] = 'x';
                walk->guarded->is_changed = true;
            } else {
                walk->has_boundary = true;
            }
        } else if ((line[i] | 0x20) == 'r' && span_begins(rest, "rfc822")) {
            if (!walk->has_parameters || ++walk->messages > LIMIT_DEPTH)
                line[i + 5] = 'x';
        } else if (line[i] == ';') {
            walk->has_parameters = true;
        }
    }
    if (walk->has_boundary)
        fence_backslashes(walk, line, length);
}

static bool count_header_line(struct walk *walk, struct span line)
{
    if (span_begins(line, "--")) {
        walk->is_in_header = true;
        walk->header_lines = 0;
    } else if (!line.length || line.text[0] == '\r') {
        walk->is_in_header = false;
    }
    return !walk->is_in_header || ++walk->header_lines <= LIMIT_HEADER_LINES;
}

static bool fence(struct guarded *guarded, struct error **error)
{
    struct walk walk = {.guarded = guarded};
    char *end = guarded->bytes + guarded->length;
    for (char *line = guarded->bytes; line < end;) {
        char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t length = (size_t)((stop ? stop : end) - line);
        if (line[0] != ' ' && line[0] != '\t') {
            walk.is_content_type = is_content_type((struct span){line, length});
            walk.has_boundary = walk.has_parameters = false;
            walk.comments = 0;
        }
        fence_comments(&walk, line, length);
        if (walk.is_content_type)
            fence_content_type(&walk, line, length);
        if (!count_header_line(&walk, (struct span){line, length}))
            return error_set(error, ERROR_REFUSED, "a part's header has more than %d lines", LIMIT_HEADER_LINES);
        line += length + 1;
    }
    return true;
}

/* The fields that say how the body is built, as many as are short enough to be honest, with line ends. */
static char *mime_fields(const void *context, const struct header *header)
{
    static const char *const names[] = {"Content-Type", "Content-Transfer-Encoding"};
    char *fields = memory_copy_text(context, "");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct header_field *field = header_find(header, names[i]);
        if (!field || field->value.length > LIMIT_FIELD_BYTES)
            continue;
        char *longer = memory_format(context, "%s%s: %.*s\r\n", fields, names[i], (int)field->value.length,
                                     field->value.text);
        talloc_free(fields);
        fields = longer;
    }
    return fields;
}

struct guarded *guard_mail(const void *context, const struct header *header, const char *bytes, size_t length,
                           struct error **error)
{
    struct guarded *guarded = memory_new(context, struct guarded);
    char *fields = mime_fields(guarded, header);
    size_t head = strlen(fields);
    size_t body = length - header->body;
    guarded->length = head + 2 + body;
    guarded->bytes = memory_check(talloc_size(guarded, guarded->length + PADDING));
    memcpy(guarded->bytes, fields, head);
    memcpy(guarded->bytes + head, "\r\n", 2);
    memcpy(guarded->bytes + head + 2, bytes + header->body, body);
    memset(guarded->bytes + guarded->length, 0, PADDING);
    if (fence(guarded, error))
        return guarded;
    talloc_free(guarded);
    return NULL;
}
