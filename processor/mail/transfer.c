/* Transfer encodings: see transfer.h. */
#include "mail/transfer.h"

#include <stdbool.h>
#include <string.h>

#include "base/memory.h"

enum { MOST_JUNK_IN_BASE64 = 10 /* a byte of so many, in percent */ };

enum transfer_encoding transfer_encoding_of(const char *name)
{
    static const struct {
        const char *name;
        enum transfer_encoding encoding;
    } names[] = {
        {"base64", TRANSFER_BASE64},
        {"base-64", TRANSFER_BASE64},
        {"base64;", TRANSFER_BASE64},
        {"b64", TRANSFER_BASE64},
        {"quoted-printable", TRANSFER_QUOTED_PRINTABLE},
        {"quoted_printable", TRANSFER_QUOTED_PRINTABLE},
        {"quotedprintable", TRANSFER_QUOTED_PRINTABLE},
        {"quoted", TRANSFER_QUOTED_PRINTABLE},
        {"x-uuencode", TRANSFER_UUENCODE},
        {"x-uue", TRANSFER_UUENCODE},
        {"uuencode", TRANSFER_UUENCODE},
        {"uue", TRANSFER_UUENCODE},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i].name) == 0)
            return names[i].encoding;
    return TRANSFER_IDENTITY;
}

#define X65 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65
/* 64: padding, 65: not in the alphabet. */
static const unsigned char base64_values[256] = {
    X65, X65, 65,  65,  65,  65,  65,  65, 65, 65, 65, 65, 65, 62, 65, 65, 65, 63, /* to "/" */
    52,  53,  54,  55,  56,  57,  58,  59, 60, 61, 65, 65, 65, 64, 65, 65,         /* digits */
    65,  0,   1,   2,   3,   4,   5,   6,  7,  8,  9,  10, 11, 12, 13, 14,         /* capitals */
    15,  16,  17,  18,  19,  20,  21,  22, 23, 24, 25, 65, 65, 65, 65, 65,         /* … */
    65,  26,  27,  28,  29,  30,  31,  32, 33, 34, 35, 36, 37, 38, 39, 40,         /* small letters */
    41,  42,  43,  44,  45,  46,  47,  48, 49, 50, 51, 65, 65, 65, 65, 65,         /* … */
    X65, X65, X65, X65, X65, X65, X65, X65};

static unsigned base64_value(char c)
{
    return base64_values[(unsigned char)c];
}

char *transfer_decode_base64(const void *context, const char *bytes, size_t length, size_t *decoded)
{
    char *out = memory_check(talloc_size(context, length + 1));
    size_t used = 0;
    unsigned bits = 0;
    unsigned count = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned value = base64_value(bytes[i]);
        if (value == 65)
            continue;
        if (value == 64) { /* the end of one run; some programs put several together */
            count = 0;
            continue;
        }
        bits = bits << 6 | value;
        count += 6;
        if (count >= 8) {
            count -= 8;
            out[used++] = (char)(bits >> count);
        }
    }
    out[used] = '\0';
    *decoded = used;
    return out;
}

/* Where base64 ends and text goes on: a line behind the padding that holds something else. */
static size_t base64_body_length(const char *bytes, size_t length)
{
    const char *padding = memchr(bytes, '=', length);
    const char *line = padding ? memchr(padding, '\n', length - (size_t)(padding - bytes)) : NULL;
    while (line) {
        size_t start = (size_t)(line - bytes) + 1;
        const char *next = memchr(bytes + start, '\n', length - start);
        size_t end = next ? (size_t)(next - bytes) : length;
        for (size_t i = start; i < end; i++)
            if (base64_value(bytes[i]) == 65 && bytes[i] != '\r')
                return start;
        line = next;
    }
    return length;
}

static bool is_base64(const char *bytes, size_t length)
{
    size_t junk = 0;
    size_t most = length * MOST_JUNK_IN_BASE64 / 100;
    for (size_t i = 0; i < length && junk <= most; i++)
        junk += base64_value(bytes[i]) == 65 && bytes[i] != '\r' && bytes[i] != '\n' && bytes[i] != ' ' &&
                bytes[i] != '\t';
    return junk <= most;
}

char *transfer_decode_base64_body(const void *context, const char *bytes, size_t length, size_t *decoded)
{
    size_t body = base64_body_length(bytes, length);
    if (is_base64(bytes, body))
        return transfer_decode_base64(context, bytes, body, decoded);
    *decoded = length;
    return memory_copy_bytes(context, bytes, length);
}

/* Adds the bytes of one line: a length, and four characters for three bytes. False when it is no such line. */
static bool take_uuencoded_line(const char *line, size_t length, char *out, size_t *used)
{
    if (!length || line[0] < ' ' || line[0] > '`')
        return false;
    size_t wanted = (size_t)(line[0] - ' ') & 0x3F;
    for (size_t i = 1; wanted; i += 4) {
        unsigned bits = 0;
        for (size_t k = 0; k < 4; k++) {
            char c = i + k < length ? line[i + k] : ' '; /* blanks at the end get lost on the way */
            if (c < ' ' || c > '`')
                return false;
            bits = bits << 6 | ((unsigned)(c - ' ') & 0x3F);
        }
        for (size_t k = 0; k < 3 && wanted; k++, wanted--)
            out[(*used)++] = (char)(bits >> (16 - 8 * k));
        if (i >= length && wanted)
            return false;
    }
    return true;
}

char *transfer_decode_uuencode(const void *context, const char *bytes, size_t length, size_t *decoded)
{
    const char *begin = length > 6 && memcmp(bytes, "begin ", 6) == 0 ? bytes : memmem(bytes, length, "\nbegin ", 7);
    if (!begin) {
        *decoded = length;
        return memory_copy_bytes(context, bytes, length);
    }
    char *out = memory_check(talloc_size(context, length + 64));
    size_t used = 0;
    const char *end = bytes + length;
    const char *line = memchr(begin + 1, '\n', length - (size_t)(begin + 1 - bytes));
    while (line) {
        line++;
        const char *next = memchr(line, '\n', (size_t)(end - line));
        size_t size = (size_t)((next ? next : end) - line);
        if (size && line[size - 1] == '\r')
            size--;
        size_t before = used;
        if ((size == 3 && memcmp(line, "end", 3) == 0) || used + 64 > length + 64 ||
            !take_uuencoded_line(line, size, out, &used)) {
            used = before;
            break;
        }
        line = next;
    }
    out[used] = '\0';
    *decoded = used;
    return out;
}

int transfer_hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* The bytes of "=" and a line end (blanks between allowed) at the start, 0 when it is none. */
static size_t soft_break_length(const char *bytes, size_t length)
{
    size_t i = 1;
    while (i < length && (bytes[i] == ' ' || bytes[i] == '\t'))
        i++;
    if (i + 1 < length && bytes[i] == '\r' && bytes[i + 1] == '\n')
        return i + 2;
    return i < length && bytes[i] != '\n' ? 0 : i == length ? i : i + 1;
}

char *transfer_decode_quoted_printable(const void *context, const char *bytes, size_t length, size_t *decoded)
{
    char *out = memory_check(talloc_size(context, length + 1));
    size_t used = 0;
    size_t kept = 0; /* up to here blanks are encoded ones, which stay at a line's end */
    for (size_t i = 0; i < length; i++) {
        char c = bytes[i];
        if (c == '=' && i + 2 < length && transfer_hex_value(bytes[i + 1]) >= 0 &&
            transfer_hex_value(bytes[i + 2]) >= 0) {
            out[used++] = (char)(transfer_hex_value(bytes[i + 1]) * 16 + transfer_hex_value(bytes[i + 2]));
            kept = used;
            i += 2;
            continue;
        }
        size_t soft = c == '=' ? soft_break_length(bytes + i, length - i) : 0;
        if (soft) {
            kept = used;
            i += soft - 1;
            continue;
        }
        if (c == '\n' || (c == '\r' && i + 1 < length && bytes[i + 1] == '\n'))
            while (used > kept && (out[used - 1] == ' ' || out[used - 1] == '\t'))
                used--;
        out[used++] = c;
    }
    out[used] = '\0';
    *decoded = used;
    return out;
}

char *transfer_decode_q(const void *context, const char *bytes, size_t length, size_t *decoded)
{
    char *out = memory_check(talloc_size(context, length + 1));
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        char c = bytes[i];
        if (c == '=' && i + 2 < length && transfer_hex_value(bytes[i + 1]) >= 0 &&
            transfer_hex_value(bytes[i + 2]) >= 0) {
            c = (char)(transfer_hex_value(bytes[i + 1]) * 16 + transfer_hex_value(bytes[i + 2]));
            i += 2;
        } else if (c == '_') {
            c = ' ';
        }
        out[used++] = c;
    }
    out[used] = '\0';
    *decoded = used;
    return out;
}
