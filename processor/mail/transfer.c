/* Transfer encodings: see transfer.h. */
#include "mail/transfer.h"

#include <string.h>

#include "base/memory.h"

/* 64: padding, 65: not in the alphabet. */
static unsigned base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (unsigned)(c - 'A');
    if (c >= 'a' && c <= 'z')
        return (unsigned)(c - 'a') + 26;
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0') + 52;
    return c == '+' ? 62 : c == '/' ? 63 : c == '=' ? 64 : 65;
}

char *transfer_decode_base64(const void *context, const char *bytes, size_t length, size_t *decoded)
{
    unsigned char values[256];
    for (unsigned i = 0; i < sizeof values; i++)
        values[i] = (unsigned char)base64_value((char)i);
    char *out = memory_check(talloc_size(context, length + 1));
    size_t used = 0;
    unsigned bits = 0;
    unsigned count = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned value = values[(unsigned char)bytes[i]];
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
