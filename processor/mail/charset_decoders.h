/*
 * The decoders behind charset.h, one encoding each. They never fail: what is no character becomes U+FFFD and is counted.
 * Those of Shift_JIS, EUC-JP and ISO-2022-JP are the WHATWG Encoding Standard's, step by step, with its recovery from errors.
 */
#ifndef KAIRAN_MAIL_CHARSET_DECODERS_H
#define KAIRAN_MAIL_CHARSET_DECODERS_H

#include <stdbool.h>
#include <stddef.h>

#include "mail/charset_tables.h"

/* UTF-8 being written. Nobody looks for room: `text` has 3 bytes for each byte that is read, and SINK_SPARE more. */
struct sink {
    char *text;
    size_t length;
    size_t replaced;
    size_t pairs; /* characters of JIS X 0208 that Shift_JIS or EUC-JP wrote as two bytes; among them … */
    size_t kana;  /* … hiragana and katakana, which no Japanese text is without … */
    size_t rare;  /* … and kanji of level 2 and beyond, which hardly any is full of */
};

enum { SINK_SPARE = 16 };

/* One code point of the Basic Multilingual Plane. */
static inline void sink_add(struct sink *sink, unsigned point)
{
    char *at = sink->text + sink->length;
    if (point < 0x80) {
        at[0] = (char)point;
        sink->length++;
    } else if (point < 0x800) {
        at[0] = (char)(0xC0 | point >> 6);
        at[1] = (char)(0x80 | (point & 0x3F));
        sink->length += 2;
    } else {
        at[0] = (char)(0xE0 | point >> 12);
        at[1] = (char)(0x80 | (point >> 6 & 0x3F));
        at[2] = (char)(0x80 | (point & 0x3F));
        sink->length += 3;
    }
}

static inline void sink_replace(struct sink *sink)
{
    sink_add(sink, 0xFFFD);
    sink->replaced++;
}

void charset_decode_utf8(struct sink *sink, const char *text, size_t length);
void charset_decode_shift_jis(struct sink *sink, const char *text, size_t length);
void charset_decode_euc_jp(struct sink *sink, const char *text, size_t length);

/*
 * With `is_strict` the standard's decoder. Without, what mail needs where the standard says U+FFFD: a designation may follow
 * another one (programs write empty runs, and encoded words are joined), line ends go back to ASCII (RFC 1468) and pass
 * like other controls in any state; SO and SI shift to half-width kana (CP50222), as bytes with the eighth bit do;
 * JIS X 0212 is known (ISO-2022-JP-1).
 */
void charset_decode_iso_2022_jp(struct sink *sink, const char *text, size_t length, bool is_strict);

/* `table` is one of charset_singles. */
void charset_decode_single(struct sink *sink, const char *text, size_t length, const uint16_t table[128]);

/*
 * HZ (RFC 1843) as GB 2312 with the eighth bit, into `out`, which has room for all of `text`. The end of a line goes back to
 * ASCII. Returns the length.
 */
size_t charset_unfold_hz(char *out, const char *text, size_t length);

/* By the C library's converter `name`; false when there is none. */
bool charset_decode_library(struct sink *sink, const char *text, size_t length, const char *name);

#endif
