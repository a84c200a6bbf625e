/* Header and body encodings: see encode.h. */
#include "mail/encode.h"

#include <string.h>

enum {
    LINE_COLUMNS = 76,        /* RFC 2045, and RFC 2047 for lines with encoded-words */
    WORD_BYTES_MAXIMUM = 900, /* an unbreakable word, its field name before it, stays within RFC 5322's 998 */
    PHRASE_COLUMNS = 60, /* longer names are encoded: encoded-words can be folded anywhere */
    BASE64_LINE_BYTES = LINE_COLUMNS / 4 * 3,
};

static bool is_printable(char c)
{
    return c > ' ' && c <= '~';
}

bool encode_is_message_id(const char *text, size_t length)
{
    if (!length || length > WORD_BYTES_MAXIMUM)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_printable(text[i]) || text[i] == '<' || text[i] == '>')
            return false;
    return true;
}

/* The length of the run of blanks and the word behind it: the unit between two places where a line may fold. */
static size_t next_word(const char *text)
{
    size_t blanks = strspn(text, " ");
    return blanks + strcspn(text + blanks, " ");
}

static bool is_ascii(const char *text, size_t longest_word)
{
    for (const char *c = text; *c; c++)
        if (!is_printable(*c) && *c != ' ')
            return false;
    for (size_t length = next_word(text); length; length = next_word(text)) {
        if (length > longest_word)
            return false;
        text += length;
    }
    return true;
}

bool encode_is_field(const char *text)
{
    return is_ascii(text, WORD_BYTES_MAXIMUM);
}

/* How far the line that `out` ends with has come. */
static size_t column_of(const struct buffer *out)
{
    const char *end = memrchr(out->bytes, '\n', out->length);
    return end ? out->length - (size_t)(end + 1 - out->bytes) : out->length;
}

void encode_field(struct buffer *out, const char *text)
{
    for (size_t length = next_word(text); length; length = next_word(text)) {
        if (text[length - 1] == ' ') /* a line of blanks alone would end the header for some readers */
            break;
        if (*text == ' ' && column_of(out) + length > LINE_COLUMNS)
            buffer_add_text(out, "\r\n");
        buffer_add(out, text, length);
        text += length;
    }
}

static void write_base64(char letters[4], const char *bytes, size_t length)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned first = (unsigned char)bytes[0];
    unsigned second = length > 1 ? (unsigned char)bytes[1] : 0;
    unsigned third = length > 2 ? (unsigned char)bytes[2] : 0;
    letters[0] = alphabet[first >> 2];
    letters[1] = alphabet[(first << 4 | second >> 4) & 63];
    letters[2] = length > 1 ? alphabet[(second << 2 | third >> 6) & 63] : '=';
    letters[3] = length > 2 ? alphabet[third & 63] : '=';
}

/* At most one line. */
static void add_base64(struct buffer *out, const char *bytes, size_t length)
{
    char line[LINE_COLUMNS];
    size_t used = 0;
    for (size_t i = 0; i < length; i += 3, used += 4)
        write_base64(line + used, bytes + i, length - i);
    buffer_add(out, line, used);
}

void encode_base64(struct buffer *out, const char *bytes, size_t length)
{
    while (length) {
        size_t taken = length < BASE64_LINE_BYTES ? length : BASE64_LINE_BYTES;
        add_base64(out, bytes, taken);
        buffer_add_text(out, "\r\n");
        bytes += taken;
        length -= taken;
    }
}

/* Moves whole characters from *text into `chunk` until `room` bytes are used; controls become blanks. */
static size_t take_characters(const char **text, char *chunk, size_t room)
{
    size_t used = 0;
    while (**text) {
        size_t length = 1;
        while (length < 4 && ((*text)[length] & 0xC0) == 0x80)
            length++;
        if (used + length > room)
            break;
        memcpy(chunk + used, *text, length);
        if ((unsigned char)**text < ' ' || **text == 0x7F)
            chunk[used] = ' ';
        used += length;
        *text += length;
    }
    return used;
}

static void add_encoded_words(struct buffer *out, const char *text)
{
    static const char opening[] = "=?UTF-8?B?";
    static const char closing[] = "?=";
    enum { FRAME = sizeof opening + sizeof closing - 2, SHORTEST = FRAME + 8 };
    char chunk[BASE64_LINE_BYTES];
    while (*text) {
        size_t column = column_of(out);
        if (column + SHORTEST > LINE_COLUMNS) {
            buffer_add_text(out, "\r\n ");
            column = 1;
        }
        size_t used = take_characters(&text, chunk, (LINE_COLUMNS - column - FRAME) / 4 * 3);
        buffer_add_text(out, opening);
        add_base64(out, chunk, used);
        buffer_add_text(out, closing);
        if (*text)
            buffer_add_text(out, "\r\n ");
    }
}

/* What every reader gives back unchanged without decoding: no blanks at the ends, nothing like an encoded-word. */
static bool survives_as_it_is(const char *text, size_t longest_word)
{
    size_t length = strlen(text);
    return length && is_ascii(text, longest_word) && !strstr(text, "=?") && *text != ' ' && text[length - 1] != ' ';
}

void encode_header_text(struct buffer *out, const char *text)
{
    if (survives_as_it_is(text, LINE_COLUMNS - column_of(out)))
        encode_field(out, text);
    else
        add_encoded_words(out, text);
}

static void add_quoted_string(struct buffer *out, const char *text)
{
    buffer_add_byte(out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            buffer_add_byte(out, '\\');
        buffer_add_byte(out, *text);
    }
    buffer_add_byte(out, '"');
}

static void add_name(struct buffer *out, const char *name)
{
    static const char atom[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~ ";
    size_t escapes = 0;
    for (const char *c = name; *c; c++)
        escapes += *c == '"' || *c == '\\';
    if (strlen(name) + escapes > PHRASE_COLUMNS || !survives_as_it_is(name, PHRASE_COLUMNS))
        add_encoded_words(out, name);
    else if (name[strspn(name, atom)] == '\0' && !strstr(name, "  "))
        buffer_add_text(out, name);
    else
        add_quoted_string(out, name);
}

void encode_mailbox(struct buffer *out, const char *name, const char *address)
{
    if (!name || !*name) {
        buffer_add_text(out, address);
        return;
    }
    add_name(out, name);
    bool folds = column_of(out) + strlen(address) + strlen(" <>") > LINE_COLUMNS;
    buffer_format(out, "%s <%s>", folds ? "\r\n" : "", address);
}

static bool is_literal(char c)
{
    return c >= ' ' && c <= '~' && c != '=';
}

static const char plain_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";

void encode_parameter(struct buffer *out, const char *name, const char *value)
{
    enum { PIECE = 60 };
    size_t plain = strspn(value, plain_letters);
    if (!value[plain] && plain <= PIECE) {
        buffer_format(out, ";\r\n %s=\"%s\"", name, value);
        return;
    }
    for (int piece = 0; *value; piece++) {
        buffer_format(out, ";\r\n %s*%d*=%s", name, piece, piece ? "" : "UTF-8''");
        for (size_t used = 0; *value && used < PIECE; value++) {
            bool is_plain = strchr(plain_letters, *value) != NULL;
            buffer_format(out, is_plain ? "%c" : "%%%02X", (unsigned char)*value);
            used += is_plain ? 1 : 3;
        }
    }
}

bool encode_prefers_base64(const char *text, size_t length)
{
    size_t escaped = 0;
    for (size_t i = 0; i < length; i++)
        escaped += !is_literal(text[i]) && text[i] != '\r' && text[i] != '\n';
    return length + 2 * escaped > (length + 2) / 3 * 4;
}

/* The form of the character at `text` when it stands first on its line, last, or between; returns its length. */
static size_t write_quoted(char form[3], const char *text, bool is_first, bool is_last)
{
    static const char digits[] = "0123456789ABCDEF";
    bool mangled = (is_first && (*text == '.' || strncmp(text, "From ", 5) == 0)) || (is_last && *text == ' ');
    form[0] = *text;
    if (is_literal(*text) && !mangled)
        return 1;
    form[0] = '=';
    form[1] = digits[(unsigned char)*text >> 4];
    form[2] = digits[(unsigned char)*text & 15];
    return 3;
}

/* Adds a line as a whole and begins the next. */
static void end_line(struct buffer *out, const char *line, size_t *column, const char *ending)
{
    buffer_add(out, line, *column);
    buffer_add_text(out, ending);
    *column = 0;
}

void encode_quoted_printable(struct buffer *out, const char *text, size_t length)
{
    char line[LINE_COLUMNS];
    size_t column = 0;
    for (size_t i = 0; i < length; i++) {
        bool is_last = i + 1 == length || text[i + 1] == '\r';
        if (text[i] == '\r' && i + 1 < length && text[i + 1] == '\n') {
            end_line(out, line, &column, "\r\n");
            i++;
            continue;
        }
        char form[3];
        size_t width = write_quoted(form, text + i, column == 0, is_last);
        if (column + width + !is_last > LINE_COLUMNS) {
            end_line(out, line, &column, "=\r\n");
            width = write_quoted(form, text + i, true, is_last);
        }
        memcpy(line + column, form, width);
        column += width;
    }
    end_line(out, line, &column, "");
}
