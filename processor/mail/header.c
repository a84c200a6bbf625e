/* Header sections: see header.h. */
#include "mail/header.h"

#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/memory.h"

enum { PARAMETERS = 100 };

/* The line at `offset`, without its end; *next is where the following one begins. */
static struct span line_at(const char *bytes, size_t length, size_t offset, size_t *next)
{
    const char *start = bytes + offset;
    const char *end = memchr(start, '\n', length - offset);
    *next = end ? (size_t)(end - bytes) + 1 : length;
    struct span line = {start, end ? (size_t)(end - start) : length - offset};
    while (line.length && line.text[line.length - 1] == '\r')
        line.length--;
    return line;
}

/* The bytes of a field's name at the start of a line, 0 when it is none. Blanks before the colon are obsolete, but
 * live. */
static size_t name_length(struct span line, size_t *colon)
{
    size_t i = 0;
    while (i < line.length && line.text[i] > ' ' && line.text[i] < 0x7F && line.text[i] != ':')
        i++;
    size_t name = i;
    while (i < line.length && (line.text[i] == ' ' || line.text[i] == '\t'))
        i++;
    if (i == line.length || line.text[i] != ':')
        return 0;
    *colon = i;
    return name;
}

static bool is_field(struct span line)
{
    size_t colon;
    return name_length(line, &colon) > 0;
}

static bool is_mbox_line(struct span line)
{
    return span_begins(line, "From ") || span_begins(line, ">From ");
}

static bool is_folded(struct span line)
{
    return line.length && (line.text[0] == ' ' || line.text[0] == '\t');
}

static void add_field(struct header *header, struct span line)
{
    size_t colon = 0;
    size_t name = name_length(line, &colon);
    if (header->count == talloc_array_length(header->fields))
        header->fields = memory_resize(header, header->fields, struct header_field, 2 * header->count + 16);
    struct span value = span_trim((struct span){line.text + colon + 1, line.length - colon - 1});
    header->fields[header->count++] = (struct header_field){{line.text, name}, value};
}

/* A line that folds belongs to the field above it. */
static void extend_field(struct header *header, struct span line)
{
    if (!header->count)
        return;
    struct span *value = &header->fields[header->count - 1].value;
    value->length = (size_t)(line.text + line.length - value->text);
}

/* Whether a line that is no field still stands within the header: junk is, when fields follow it. */
static bool is_junk(const char *bytes, size_t length, struct span line, size_t next)
{
    if (is_mbox_line(line))
        return true;
    return next < length && is_field(line_at(bytes, length, next, &next));
}

/* A header of so many lines and bytes; `whose` it is. */
static bool check_size(size_t lines, size_t bytes, const struct mail_limits *limits, const char *whose,
                       struct error **error)
{
    if (lines > limits->header_lines)
        return error_set(error, ERROR_REFUSED, "the header of %s has more than %zu lines (header_lines in [limits])", whose,
                         limits->header_lines);
    return bytes <= limits->header_bytes ||
           error_set(error, ERROR_REFUSED, "the header of %s has more than %zu bytes (header_bytes in [limits])", whose,
                     limits->header_bytes);
}

static struct header *read_section(const void *context, const char *bytes, size_t length, bool is_part,
                                   const struct mail_limits *limits, struct error **error)
{
    limits = limits ? limits : &mail_limits_default;
    struct header *header = memory_new(context, struct header);
    size_t lines = 0;
    size_t next;
    bool is_after_junk = false;
    for (size_t offset = 0; offset < length; offset = next) {
        struct span line = line_at(bytes, length, offset, &next);
        header->body = next;
        if (!line.length && (header->count || !lines))
            return header;
        if (is_part && span_begins(line, "--")) {
            header->body = offset;
            return header;
        }
        if (!check_size(++lines, next, limits, is_part ? "a part" : "the mail", error)) {
            talloc_free(header);
            return NULL;
        }
        if (is_folded(line) && header->count) {
            if (!is_after_junk)
                extend_field(header, line);
        } else if (is_field(line)) {
            add_field(header, line);
            is_after_junk = false;
        } else if (is_junk(bytes, length, line, next)) {
            is_after_junk = true;
        } else {
            header->body = offset;
            return header;
        }
    }
    return header;
}

struct header *header_read(const void *context, const char *bytes, size_t length, const struct mail_limits *limits,
                           struct error **error)
{
    return read_section(context, bytes, length, false, limits, error);
}

struct header *header_read_part(const void *context, const char *bytes, size_t length, const struct mail_limits *limits,
                                struct error **error)
{
    return read_section(context, bytes, length, true, limits, error);
}

static bool has_name(const struct header_field *field, const char *name, size_t length)
{
    return field->name.length == length && strncasecmp(field->name.text, name, length) == 0;
}

const struct header_field *header_find(const struct header *header, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < header->count; i++)
        if (has_name(&header->fields[i], name, length))
            return &header->fields[i];
    return NULL;
}

size_t header_count(const struct header *header, const char *name)
{
    size_t length = strlen(name);
    size_t count = 0;
    for (size_t i = 0; i < header->count; i++)
        count += has_name(&header->fields[i], name, length);
    return count;
}

char *header_text(const void *context, const struct header *header, const char *name)
{
    const struct header_field *field = header_find(header, name);
    return field ? words_decode(context, field->value.text, field->value.length) : NULL;
}

/* Where a comment that opens at `i` ends. Nesting is counted, not recursed. */
static size_t skip_comment(struct span text, size_t i)
{
    size_t depth = 0;
    for (; i < text.length; i++) {
        if (text.text[i] == '\\')
            i++;
        else if (text.text[i] == '(')
            depth++;
        else if (text.text[i] == ')' && --depth == 0)
            return i + 1;
    }
    return text.length;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A raw character of Shift_JIS whose second byte looks like syntax ("表" ends in a backslash). UTF-8 has no such pair.
 */
static bool is_shift_jis_pair(struct span text, size_t i)
{
    unsigned char lead = (unsigned char)text.text[i];
    return lead >= 0x81 && i + 1 < text.length && text.text[i + 1] >= 0x40 && text.text[i + 1] <= 0x7E;
}

/* The bytes of a run of raw ISO-2022-JP, whose inner bytes look like syntax, too; 0 when there is none at `i`. */
static size_t jis_run_length(struct span text, size_t i)
{
    if (text.text[i] != 0x1B || i + 1 >= text.length || text.text[i + 1] != '$')
        return 0;
    const char *end = memmem(text.text + i + 1, text.length - i - 1, "\x1B(", 2);
    return end && end + 3 <= text.text + text.length ? (size_t)(end - text.text) + 3 - i : 0;
}

/* One piece up to ";" (or "=", where it ends a name): comments and outer blanks dropped, quotes undone. */
static char *take_piece(const void *context, struct span text, size_t *offset, char stop)
{
    struct buffer *piece = buffer_new(context, LIMIT_FIELD_BYTES);
    size_t kept = 0; /* blanks behind this are outside quotes and end the piece */
    bool was_quoted = false;
    size_t i = *offset;
    while (i < text.length && text.text[i] != ';' && text.text[i] != stop) {
        char c = text.text[i];
        if (c == '"') {
            for (i++; i < text.length && text.text[i] != '"'; i++) {
                size_t run = jis_run_length(text, i);
                buffer_add(piece, text.text + i, run);
                i += run;
                if (i >= text.length || text.text[i] == '"')
                    break;
                if (is_shift_jis_pair(text, i))
                    buffer_add_byte(piece, text.text[i++]);
                else if (text.text[i] == '\\' && i + 1 < text.length && strchr("\"\\", text.text[i + 1]))
                    i++; /* before all else it is the separator of a path that nobody quoted */
                if (text.text[i] != '\r' && text.text[i] != '\n')
                    buffer_add_byte(piece, text.text[i]);
            }
            kept = piece->length;
            was_quoted = true;
            i++;
        } else if (jis_run_length(text, i)) {
            size_t run = jis_run_length(text, i);
            buffer_add(piece, text.text + i, run);
            kept = piece->length;
            i += run;
        } else if (c == '(' && (!kept || was_quoted)) {
            i = skip_comment(text, i);
        } else {
            if (!is_space(c) || kept)
                buffer_add_byte(piece, is_space(c) ? ' ' : c);
            if (!is_space(c))
                kept = piece->length;
            i++;
        }
    }
    *offset = i < text.length ? i : text.length;
    if (kept < piece->length)
        piece->bytes[kept] = '\0';
    return buffer_take(piece, context);
}

static void lower(char *text)
{
    for (; *text; text++)
        if (*text >= 'A' && *text <= 'Z')
            *text = (char)(*text - 'A' + 'a');
}

/* "attachment filename=a.pdf": the first ";" is missing. */
static void take_crowded_parameter(const void *context, struct header_parameters *result)
{
    char *key = result->value + strcspn(result->value, " ");
    char *equals = strchr(key, '=');
    if (!*key || !equals || strcspn(key + 1, " =") != (size_t)(equals - key) - 1)
        return;
    char *name = memory_copy_bytes(context, key + 1, (size_t)(equals - key) - 1);
    lower(name);
    result->parameters[result->count++] = (struct words_parameter){name, memory_copy_text(context, equals + 1)};
}

struct header_parameters header_parameters(const void *context, const struct header *header, const char *name)
{
    const struct header_field *field = header_find(header, name);
    struct span text = field ? field->value : (struct span){"", 0};
    if (text.length > LIMIT_FIELD_BYTES)
        text.length = LIMIT_FIELD_BYTES;
    struct header_parameters result = {.parameters = memory_array(context, struct words_parameter, PARAMETERS)};
    size_t i = 0;
    result.value = take_piece(context, text, &i, ';');
    take_crowded_parameter(context, &result);
    result.value[strcspn(result.value, " (")] = '\0';
    lower(result.value);
    while (i < text.length && result.count < PARAMETERS) {
        i++;
        char *key = take_piece(context, text, &i, '=');
        if (i >= text.length || text.text[i] != '=')
            continue;
        i++;
        char *value = take_piece(context, text, &i, ';');
        lower(key);
        if (*key)
            result.parameters[result.count++] = (struct words_parameter){key, value};
    }
    return result;
}

const char *header_parameter(const struct header_parameters *parameters, const char *name)
{
    for (size_t i = 0; i < parameters->count; i++)
        if (strcmp(parameters->parameters[i].name, name) == 0)
            return parameters->parameters[i].value;
    return NULL;
}
