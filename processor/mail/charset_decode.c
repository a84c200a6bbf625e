/* Decoders of all that is not Japanese: see charset_decoders.h. */
#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "mail/charset_decoders.h"

void charset_decode_utf8(struct sink *sink, const char *text, size_t length)
{
    size_t i = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (i < length) {
        size_t bad = 0;
        size_t valid = utf8_valid_length(text + i, length - i);
        memcpy(sink->text + sink->length, text + i, valid);
        sink->length += valid;
        i += valid;
        if (i == length)
            return;
        utf8_sequence_length(text + i, length - i, &bad);
        sink_replace(sink);
        i += bad;
    }
}

void charset_decode_single(struct sink *sink, const char *text, size_t length, const uint16_t table[128])
{
    for (size_t i = 0; i < length; i++) {
        unsigned byte = (unsigned char)text[i];
        if (byte < 0x80)
            sink_add(sink, byte);
        else if (table[byte - 0x80])
            sink_add(sink, table[byte - 0x80]);
        else
            sink_replace(sink);
    }
}

bool charset_decode_library(struct sink *sink, const char *text, size_t length, const char *name)
{
    iconv_t converter = iconv_open("UTF-8", name);
    if ((intptr_t)converter == -1)
        return false;
    char *input = (char *)text; /* it is not written to: the type is history's */
    size_t left = length;
    size_t room = 3 * length + SINK_SPARE;
    bool is_flushing = false;
    while (!is_flushing) {
        char *output = sink->text + sink->length;
        size_t free_bytes = room - sink->length;
        is_flushing = left == 0;
        size_t status = iconv(converter, is_flushing ? NULL : &input, is_flushing ? NULL : &left, &output, &free_bytes);
        int reason = errno;
        sink->length = (size_t)(output - sink->text);
        if (status != (size_t)-1 || is_flushing)
            continue;
        if (reason == E2BIG || room - sink->length < 4) /* no encoding of mail needs so much; what is left is dropped */
            break;
        sink_replace(sink);
        input++;
        left--;
        iconv(converter, NULL, NULL, NULL, NULL);
    }
    iconv_close(converter);
    return true;
}

size_t charset_unfold_hz(char *out, const char *text, size_t length)
{
    size_t used = 0;
    bool is_gb = false;
    for (size_t i = 0; i < length; i++) {
        char next = i + 1 < length ? text[i + 1] : '\0';
        if (text[i] == '\n')
            is_gb = false;
        if (text[i] == '~' && (next == '{' || next == '}' || next == '~' || next == '\n')) {
            is_gb = next == '{' || (is_gb && next == '~');
            if (next == '~')
                out[used++] = '~';
            i++;
        } else {
            out[used++] = is_gb && text[i] > ' ' ? (char)(text[i] | 0x80) : text[i];
        }
    }
    return used;
}
