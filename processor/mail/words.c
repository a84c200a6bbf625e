/* Words of header fields: see words.h. */
#include "mail/words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "mail/charset.h"
#include "mail/transfer.h"

enum {
    CHARSET_BYTES = 48,
    Q_WORD_BYTES = 4096, /* how far the end of a Q word is looked for when it holds question marks */
    PARAMETER_SEGMENTS = 100,
    FILE_NAME_BYTES = 200,
};

/* One encoded word, found but not decoded. */
struct encoded_word {
    char charset[CHARSET_BYTES];
    bool is_base64;
    const char *text;
    size_t text_length;
    size_t length; /* from "=?" to "?=" */
};

static const char *find_word_end(const char *text, size_t length, bool is_base64)
{
    if (!is_base64)
        return memmem(text, length < Q_WORD_BYTES ? length : Q_WORD_BYTES, "?=", 2);
    const char *mark = memchr(text, '?', length);
    return mark && mark + 1 < text + length && mark[1] == '=' ? mark : NULL;
}

/* "=?charset*language?B?text?=" at the start. */
static bool find_word(const char *bytes, size_t length, struct encoded_word *word)
{
    if (length < 8 || bytes[0] != '=' || bytes[1] != '?')
        return false;
    size_t room = length - 2 < 2 * CHARSET_BYTES ? length - 2 : 2 * CHARSET_BYTES;
    const char *mark = memchr(bytes + 2, '?', room);
    if (!mark || mark == bytes + 2 || bytes + length - mark < 5 || mark[2] != '?')
        return false;
    size_t name = (size_t)(mark - bytes) - 2;
    const char *star = memchr(bytes + 2, '*', name); /* RFC 2231 section 5: a language may follow */
    if (star)
        name = (size_t)(star - bytes) - 2;
    for (size_t i = 0; i < name; i++)
        if (bytes[2 + i] <= ' ' || bytes[2 + i] == 0x7F)
            return false;
    char encoding = (char)(mark[1] | 0x20);
    if (name >= CHARSET_BYTES || (encoding != 'b' && encoding != 'q'))
        return false;
    word->is_base64 = encoding == 'b';
    word->text = mark + 3;
    const char *end = find_word_end(word->text, length - (size_t)(word->text - bytes), word->is_base64);
    if (!end)
        return false;
    memcpy(word->charset, bytes + 2, name);
    word->charset[name] = '\0';
    word->text_length = (size_t)(end - word->text);
    word->length = (size_t)(end - bytes) + 2;
    return true;
}

size_t words_encoded_length(const char *bytes, size_t length)
{
    struct encoded_word word;
    return find_word(bytes, length, &word) ? word.length : 0;
}

/* A field being decoded: words of one charset wait as bytes until another charset or plain text comes. */
struct decoding {
    struct buffer *out;
    struct buffer *waiting;
    char charset[CHARSET_BYTES];
};

static void add_decoded(struct decoding *decoding, const char *charset, const char *bytes, size_t length)
{
    struct charset_text text = charset_decode_field(decoding->out, charset, bytes, length);
    buffer_add(decoding->out, text.text, text.length);
    talloc_free(text.text);
}

static void flush(struct decoding *decoding)
{
    if (decoding->waiting->length)
        add_decoded(decoding, decoding->charset, decoding->waiting->bytes, decoding->waiting->length);
    buffer_clear(decoding->waiting);
}

static void take_word(struct decoding *decoding, const struct encoded_word *word)
{
    if (strcasecmp(decoding->charset, word->charset) != 0)
        flush(decoding);
    memcpy(decoding->charset, word->charset, sizeof word->charset);
    size_t length;
    char *bytes = word->is_base64 ? transfer_decode_base64(decoding->out, word->text, word->text_length, &length)
                                  : transfer_decode_q(decoding->out, word->text, word->text_length, &length);
    buffer_add(decoding->waiting, bytes, length);
    talloc_free(bytes);
}

static size_t count_blanks(const char *bytes, size_t length)
{
    size_t i = 0;
    while (i < length && (bytes[i] == ' ' || bytes[i] == '\t' || bytes[i] == '\r' || bytes[i] == '\n'))
        i++;
    return i;
}

/* The plain text up to the next encoded word, or to the end. */
static size_t plain_length(const char *bytes, size_t length)
{
    struct encoded_word word;
    size_t i = 0;
    while (i < length) {
        const char *start = memmem(bytes + i, length - i, "=?", 2);
        if (!start)
            return length;
        i = (size_t)(start - bytes);
        if (find_word(start, length - i, &word))
            return i;
        i += 2;
    }
    return length;
}

char *words_decode(const void *context, const char *bytes, size_t length)
{
    if (length > LIMIT_FIELD_BYTES)
        length = LIMIT_FIELD_BYTES;
    struct decoding decoding = {.out = buffer_new(context, 3 * length + 16)};
    decoding.waiting = buffer_new(decoding.out, length + 16);
    bool after_word = false;
    for (size_t i = 0; i < length;) {
        size_t blanks = after_word ? count_blanks(bytes + i, length - i) : 0;
        struct encoded_word word;
        if (find_word(bytes + i + blanks, length - i - blanks, &word)) {
            take_word(&decoding, &word);
            i += blanks + word.length;
            after_word = true;
            continue;
        }
        flush(&decoding);
        size_t plain = plain_length(bytes + i, length - i);
        add_decoded(&decoding, NULL, bytes + i, plain);
        i += plain;
        after_word = false;
    }
    flush(&decoding);
    return words_clean(buffer_take(decoding.out, context));
}

char *words_clean(char *text)
{
    char *write = text;
    const char *read = text;
    while (*read) {
        const char *run = read;
        bool has_control = false;
        size_t control = 0;
        while (*run && (*run == ' ' || (control = utf8_control_length(run)) > 0)) {
            has_control = has_control || *run != ' ';
            run += *run == ' ' ? 1 : control;
        }
        size_t spaces = has_control ? 1 : (size_t)(run - read);
        if (write != text && *run) {
            memset(write, ' ', spaces);
            write += spaces;
        }
        read = run;
        while (*read && *read != ' ' && !utf8_control_length(read))
            *write++ = *read++;
    }
    *write = '\0';
    return text;
}

/* The parameter "name*" (segment < 0) or "name*3", and whether its value is percent-encoded. */
static const char *find_segment(const struct words_parameter *parameters, size_t count, const char *name, int segment,
                                bool *is_encoded)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < count; i++) {
        const char *rest = parameters[i].name;
        if (strncasecmp(rest, name, length) != 0 || rest[length] != '*')
            continue;
        rest += length + 1;
        *is_encoded = true;
        if (segment < 0 && !*rest)
            return parameters[i].value;
        if (segment < 0 || *rest < '0' || *rest > '9')
            continue;
        char *end;
        if (strtol(rest, &end, 10) != segment || (*end && strcmp(end, "*") != 0))
            continue;
        *is_encoded = *end == '*';
        return parameters[i].value;
    }
    return NULL;
}

static void add_percent_decoded(struct buffer *out, const char *value)
{
    for (; *value; value++) {
        if (value[0] == '%' && transfer_hex_value(value[1]) >= 0 && transfer_hex_value(value[2]) >= 0) {
            buffer_add_byte(out, (char)(transfer_hex_value(value[1]) * 16 + transfer_hex_value(value[2])));
            value += 2;
        } else {
            buffer_add_byte(out, *value);
        }
    }
}

/* Takes "charset'language'" off the front of an encoded value. */
static const char *take_charset(const char *value, char charset[CHARSET_BYTES])
{
    const char *first = strchr(value, '\'');
    const char *second = first ? strchr(first + 1, '\'') : NULL;
    if (!second || first - value >= CHARSET_BYTES)
        return value;
    memcpy(charset, value, (size_t)(first - value));
    charset[first - value] = '\0';
    return second + 1;
}

char *words_decode_parameter(const void *context, const struct words_parameter *parameters, size_t count,
                             const char *name)
{
    struct buffer *bytes = buffer_new(context, LIMIT_FIELD_BYTES);
    char charset[CHARSET_BYTES] = "";
    bool is_found = false;
    bool is_plain = true; /* no segment is percent-encoded: then words may have been cut into them */
    for (int segment = -1; segment < PARAMETER_SEGMENTS; segment++) {
        bool is_encoded;
        const char *value = find_segment(parameters, count, name, segment, &is_encoded);
        if (!value && segment >= 0)
            break;
        if (!value)
            continue;
        if (is_encoded && segment <= 0)
            value = take_charset(value, charset);
        is_plain = is_plain && !is_encoded;
        if (is_encoded)
            add_percent_decoded(bytes, value);
        else
            buffer_add_text(bytes, value);
        is_found = true;
        if (segment < 0)
            break;
    }
    char *decoded = NULL;
    if (is_found && is_plain)
        decoded = words_decode(context, bytes->bytes, bytes->length);
    else if (is_found)
        decoded = words_clean(charset_decode_field(context, charset, bytes->bytes, bytes->length).text);
    for (size_t i = 0; i < count && !decoded; i++)
        if (parameters[i].value && strcasecmp(parameters[i].name, name) == 0)
            decoded = words_decode(context, parameters[i].value, strlen(parameters[i].value));
    talloc_free(bytes);
    return decoded;
}

char *words_file_name(const void *context, const char *name)
{
    for (const char *c = name; *c; c++)
        if (*c == '/' || *c == '\\')
            name = c + 1;
    char *safe = memory_check(talloc_size(context, strlen(name) + 1));
    size_t used = 0;
    for (const char *c = name; *c; c++) {
        bool is_unsafe = (unsigned char)*c < ' ' || *c == 0x7F || strchr("<>:\"|?*", *c);
        if (used == 0 && (*c == '.' || *c == ' '))
            continue;
        safe[used++] = is_unsafe ? '_' : *c;
    }
    safe[used] = '\0';
    used = utf8_cut(safe, FILE_NAME_BYTES);
    while (used && (safe[used - 1] == '.' || safe[used - 1] == ' '))
        used--;
    safe[used] = '\0';
    return safe;
}
