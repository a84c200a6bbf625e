/* UTF-8: see utf8.h. */
#include "base/utf8.h"

#include <stdint.h>
#include <string.h>

size_t utf8_sequence_length(const char *bytes, size_t length, size_t *bad)
{
    unsigned first = (unsigned char)bytes[0];
    *bad = 1;
    if (first < 0x80)
        return 1;
    if (first < 0xC2 || first > 0xF4)
        return 0;
    size_t whole = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    unsigned low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    unsigned high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    for (size_t i = 1; i < whole; i++) {
        if (i >= length || (unsigned char)bytes[i] < low || (unsigned char)bytes[i] > high) {
            *bad = i;
            return 0;
        }
        low = 0x80;
        high = 0xBF;
    }
    return whole;
}

size_t utf8_ascii_length(const char *bytes, size_t length)
{
    size_t i = 0;
    uint64_t word;
    for (; i + sizeof word <= length; i += sizeof word) {
        memcpy(&word, bytes + i, sizeof word);
        if (word & UINT64_C(0x8080808080808080))
            break;
    }
    while (i < length && (unsigned char)bytes[i] < 0x80)
        i++;
    return i;
}

/* The bytes of the kana and ideographs at the start, which leave nothing to check but where their bytes go on. */
static size_t plain_threes_length(const char *bytes, size_t length)
{
    size_t i = 0;
    while (length - i >= 3) {
        unsigned first = (unsigned char)bytes[i];
        unsigned second = (unsigned char)bytes[i + 1];
        unsigned third = (unsigned char)bytes[i + 2];
        if (first <= 0xE0 || first >= 0xED || (second & 0xC0) != 0x80 || (third & 0xC0) != 0x80)
            break;
        i += 3;
    }
    return i;
}

size_t utf8_valid_length(const char *bytes, size_t length)
{
    size_t i = 0;
    for (;;) {
        i += utf8_ascii_length(bytes + i, length - i);
        i += plain_threes_length(bytes + i, length - i);
        size_t bad;
        size_t sequence = i < length ? utf8_sequence_length(bytes + i, length - i, &bad) : 0;
        if (!sequence)
            return i;
        i += sequence;
    }
}

bool utf8_is_valid(const char *bytes, size_t length)
{
    return utf8_valid_length(bytes, length) == length;
}

size_t utf8_cut(const char *text, size_t most)
{
    size_t length = strnlen(text, most);
    if (length < most)
        return length;
    while (length && ((unsigned char)text[length] & 0xC0) == 0x80)
        length--;
    return length;
}

size_t utf8_control_length(const char *text)
{
    unsigned char first = (unsigned char)text[0];
    if ((first && first < ' ') || first == 0x7F)
        return 1;
    if (first != 0xC2 && first != 0xE2)
        return 0;
    unsigned char second = (unsigned char)text[1];
    if (first == 0xC2)
        return second >= 0x80 && second < 0xA0 ? 2 : 0;
    unsigned char third = second ? (unsigned char)text[2] : 0;
    bool is_control = (second == 0x80 && third >= 0xA8 && third <= 0xAE) || (second == 0x81 && third >= 0xA6 && third <= 0xA9);
    return is_control ? 3 : 0;
}
