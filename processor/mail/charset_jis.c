/* Decoders of the Japanese encodings: see charset_decoders.h. The names follow https://encoding.spec.whatwg.org/
 * section 13. */
#include <string.h>

#include "base/utf8.h"
#include "mail/charset_decoders.h"

enum {
    HALF_WIDTH_KANA = 0xFF61, /* what 0xA1 of JIS X 0201 is */
    EUDC_FIRST = 8836,        /* pointers of 0xF040 to 0xF9FC of Shift_JIS: rows for everybody's own characters … */
    EUDC_LAST = 10715,
    EUDC_POINT = 0xE000,      /* … in the private use area */
    KANA_FIRST = 3 * JIS_ROW, /* rows 4 and 5 */
    KANA_END = 5 * JIS_ROW,
    LEVEL_2_FIRST = 47 * JIS_ROW,
};

static bool is_within(unsigned byte, unsigned first, unsigned last)
{
    return byte >= first && byte <= last;
}

/* The run of ASCII at the start, which is most of what there is between characters. */
static size_t copy_ascii(struct sink *sink, const char *text, size_t length)
{
    size_t run = utf8_ascii_length(text, length);
    memcpy(sink->text + sink->length, text, run);
    sink->length += run;
    return run;
}

/* A character of two bytes, as detection counts it. */
static void add_pair(struct sink *sink, unsigned pointer, unsigned point)
{
    sink_add(sink, point);
    sink->pairs++;
    sink->kana += pointer >= KANA_FIRST && pointer < KANA_END;
    sink->rare += pointer >= LEVEL_2_FIRST;
}

/* --- Shift_JIS --- */

/* Writes a pair, or U+FFFD and returns false when it is none. */
static bool add_shift_jis_pair(struct sink *sink, unsigned lead, unsigned trail)
{
    unsigned pointer = JIS0208_CELLS;
    if (is_within(trail, 0x40, 0x7E) || is_within(trail, 0x80, 0xFC))
        pointer = (lead - (lead < 0xA0 ? 0x81 : 0xC1)) * 188 + trail - (trail < 0x7F ? 0x40 : 0x41);
    unsigned point = pointer < JIS0208_CELLS ? charset_jis0208[pointer] : 0;
    if (is_within(pointer, EUDC_FIRST, EUDC_LAST))
        point = EUDC_POINT + pointer - EUDC_FIRST;
    if (point)
        add_pair(sink, pointer, point);
    else
        sink_replace(sink);
    return point != 0;
}

void charset_decode_shift_jis(struct sink *sink, const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    for (size_t i = copy_ascii(sink, text, length); i < length;) {
        unsigned byte = bytes[i++];
        if (byte < 0x80) {
            i--;
            i += copy_ascii(sink, text + i, length - i);
        } else if (byte == 0x80) {
            sink_add(sink, byte);
        } else if (is_within(byte, 0xA1, 0xDF)) {
            sink_add(sink, HALF_WIDTH_KANA - 0xA1 + byte);
        } else if (byte == 0xA0 || byte > 0xFC || i == length) {
            sink_replace(sink);
        } else {
            bool is_pair = add_shift_jis_pair(sink, byte, bytes[i]);
            i += is_pair || bytes[i] >= 0x80; /* an ASCII byte is read again */
        }
    }
}

/* --- EUC-JP --- */

/* Writes what lead and trail are, or U+FFFD and returns false when they are nothing. */
static bool add_euc_pair(struct sink *sink, const uint16_t *table, unsigned lead, unsigned trail)
{
    if (lead == 0x8E && is_within(trail, 0xA1, 0xDF)) {
        sink_add(sink, HALF_WIDTH_KANA - 0xA1 + trail);
        return true;
    }
    bool is_pair = is_within(lead, 0xA1, 0xFE) && is_within(trail, 0xA1, 0xFE);
    unsigned pointer = is_pair ? (lead - 0xA1) * JIS_ROW + trail - 0xA1 : 0;
    unsigned point = is_pair ? table[pointer] : 0;
    if (point)
        add_pair(sink, pointer, point);
    else
        sink_replace(sink);
    return point != 0;
}

void charset_decode_euc_jp(struct sink *sink, const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    for (size_t i = copy_ascii(sink, text, length); i < length;) {
        unsigned lead = bytes[i++];
        const uint16_t *table = charset_jis0208;
        if (lead == 0x8F && i < length && is_within(bytes[i], 0xA1, 0xFE)) {
            table = charset_jis0212;
            lead = bytes[i++];
        }
        if (lead < 0x80) {
            i--;
            i += copy_ascii(sink, text + i, length - i);
        } else if (i == length || (lead != 0x8E && lead != 0x8F && !is_within(lead, 0xA1, 0xFE))) {
            sink_replace(sink);
        } else {
            bool is_pair = add_euc_pair(sink, table, lead, bytes[i]);
            i += is_pair || bytes[i] >= 0x80;
        }
    }
}

/* --- ISO-2022-JP --- */

enum state { STATE_ASCII, STATE_ROMAN, STATE_KATAKANA, STATE_0208, STATE_0212 };

struct designation {
    const char *bytes;
    enum state state;
    bool is_standard;
};

static const struct designation designations[] = {
    {"(B", STATE_ASCII, true},    {"$B", STATE_0208, true},   {"$@", STATE_0208, true},   {"(J", STATE_ROMAN, true},
    {"(I", STATE_KATAKANA, true}, {"$(D", STATE_0212, false}, {"$(B", STATE_0208, false}, {"$(@", STATE_0208, false},
    {"$(O", STATE_0208, false},   {"$(Q", STATE_0208, false}, {"(H", STATE_ASCII, false},
};

struct iso_2022_jp {
    struct sink *sink;
    const unsigned char *bytes;
    size_t length;
    size_t at;
    enum state state;
    bool is_strict;
    bool is_shifted;      /* between SO and SI */
    bool has_designation; /* nothing was written since the last one: the standard's output flag */
};

static void put(struct iso_2022_jp *decoder, unsigned point)
{
    decoder->has_designation = false;
    sink_add(decoder->sink, point);
}

static void fail(struct iso_2022_jp *decoder)
{
    decoder->has_designation = false;
    sink_replace(decoder->sink);
}

/* Behind an ESC. What is no designation is one error, and its bytes are read as if there had been no ESC. */
static void take_escape(struct iso_2022_jp *decoder)
{
    const unsigned char *rest = decoder->bytes + decoder->at;
    size_t left = decoder->length - decoder->at;
    for (size_t i = 0; i < sizeof designations / sizeof *designations; i++) {
        const struct designation *designation = &designations[i];
        size_t size = strlen(designation->bytes);
        if (size > left || memcmp(rest, designation->bytes, size) != 0 ||
            (decoder->is_strict && !designation->is_standard))
            continue;
        decoder->at += size;
        decoder->state = designation->state;
        if (decoder->has_designation && decoder->is_strict)
            sink_replace(decoder->sink);
        decoder->has_designation = true;
        return;
    }
    if (!decoder->is_strict && left >= 2 && memcmp(rest, "&@", 2) == 0)
        decoder->at += 2; /* announces the revision of JIS X 0208 */
    else
        fail(decoder);
}

/* A byte of the standard's lead byte state, ESC excepted. */
static void take_pair(struct iso_2022_jp *decoder, unsigned lead)
{
    if (!is_within(lead, 0x21, 0x7E)) {
        fail(decoder);
        return;
    }
    decoder->has_designation = false;
    if (decoder->at == decoder->length || decoder->bytes[decoder->at] == 0x1B ||
        (!decoder->is_strict && decoder->bytes[decoder->at] < ' ')) {
        fail(decoder); /* the second one is read for itself */
        return;
    }
    unsigned trail = decoder->bytes[decoder->at++];
    unsigned pointer = (lead - 0x21) * JIS_ROW + trail - 0x21;
    const uint16_t *table = decoder->state == STATE_0212 ? charset_jis0212 : charset_jis0208;
    unsigned point = is_within(trail, 0x21, 0x7E) ? table[pointer] : 0;
    if (point)
        put(decoder, point);
    else
        fail(decoder);
}

/* What only mail knows; false when the standard is to decide. */
static bool take_lenient(struct iso_2022_jp *decoder, unsigned byte)
{
    if (byte == 0x0E || byte == 0x0F) {
        decoder->is_shifted = byte == 0x0E;
    } else if (byte == '\n' || byte == '\r') {
        decoder->state = STATE_ASCII;
        decoder->is_shifted = false;
        put(decoder, byte);
    } else if (byte <= ' ' || byte == 0x7F) {
        put(decoder, byte);
    } else if (is_within(byte, 0xA1, 0xDF)) {
        put(decoder, HALF_WIDTH_KANA - 0xA1 + byte);
    } else if (decoder->is_shifted && is_within(byte, 0x21, 0x5F)) {
        put(decoder, HALF_WIDTH_KANA - 0x21 + byte);
    } else {
        return false;
    }
    return true;
}

static void take_byte(struct iso_2022_jp *decoder, unsigned byte)
{
    if (byte == 0x1B)
        take_escape(decoder);
    else if (!decoder->is_strict && take_lenient(decoder, byte))
        return;
    else if (decoder->state == STATE_0208 || decoder->state == STATE_0212)
        take_pair(decoder, byte);
    else if (decoder->state == STATE_KATAKANA && is_within(byte, 0x21, 0x5F))
        put(decoder, HALF_WIDTH_KANA - 0x21 + byte);
    else if (decoder->state == STATE_KATAKANA || byte >= 0x80 || byte == 0x0E || byte == 0x0F)
        fail(decoder);
    else if (decoder->state == STATE_ROMAN && byte == '\\')
        put(decoder, 0xA5);
    else if (decoder->state == STATE_ROMAN && byte == '~')
        put(decoder, 0x203E);
    else
        put(decoder, byte);
}

void charset_decode_iso_2022_jp(struct sink *sink, const char *text, size_t length, bool is_strict)
{
    struct iso_2022_jp decoder = {
        .sink = sink, .bytes = (const unsigned char *)text, .length = length, .is_strict = is_strict};
    while (decoder.at < length)
        take_byte(&decoder, decoder.bytes[decoder.at++]);
}
