/* Charsets: see charset.h. The Japanese ones are brought into the form of CP932, whose table the C library has right.
 */
#include "mail/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/utf8.h"

enum encoding {
    ENCODING_UNKNOWN, /* no label, or one that says nothing */
    ENCODING_UTF8,
    ENCODING_ISO_2022_JP,
    ENCODING_CP932,
    ENCODING_EUC_JP,
    ENCODING_OTHER, /* by the C library */
};

struct label {
    const char *name;
    enum encoding encoding;
};

static const struct label labels[] = {
    {"utf-8", ENCODING_UTF8},
    {"utf8", ENCODING_UTF8},
    {"unicode-1-1-utf-8", ENCODING_UTF8},
    {"iso-2022-jp", ENCODING_ISO_2022_JP},
    {"iso-2022-jp-1", ENCODING_ISO_2022_JP},
    {"iso-2022-jp-2", ENCODING_ISO_2022_JP},
    {"iso-2022-jp-3", ENCODING_ISO_2022_JP},
    {"iso-2022-jp-2004", ENCODING_ISO_2022_JP},
    {"iso-2022-jp-ms", ENCODING_ISO_2022_JP},
    {"csiso2022jp", ENCODING_ISO_2022_JP},
    {"x-iso-2022-jp", ENCODING_ISO_2022_JP},
    {"cp50220", ENCODING_ISO_2022_JP},
    {"cp50221", ENCODING_ISO_2022_JP},
    {"cp50222", ENCODING_ISO_2022_JP},
    {"jis", ENCODING_ISO_2022_JP},
    {"shift_jis", ENCODING_CP932},
    {"shift-jis", ENCODING_CP932},
    {"shiftjis", ENCODING_CP932},
    {"x-sjis", ENCODING_CP932},
    {"sjis", ENCODING_CP932},
    {"sjis-win", ENCODING_CP932},
    {"ms_kanji", ENCODING_CP932},
    {"csshiftjis", ENCODING_CP932},
    {"windows-31j", ENCODING_CP932},
    {"cswindows31j", ENCODING_CP932},
    {"windows-932", ENCODING_CP932},
    {"cp932", ENCODING_CP932},
    {"ms932", ENCODING_CP932},
    {"x-ms-cp932", ENCODING_CP932},
    {"euc-jp", ENCODING_EUC_JP},
    {"eucjp", ENCODING_EUC_JP},
    {"x-euc-jp", ENCODING_EUC_JP},
    {"x-euc", ENCODING_EUC_JP},
    {"x-eucjp", ENCODING_EUC_JP},
    {"ujis", ENCODING_EUC_JP},
    {"eucjp-ms", ENCODING_EUC_JP},
    {"eucjp-win", ENCODING_EUC_JP},
    {"cp51932", ENCODING_EUC_JP},
    {"cseucpkdfmtjapanese", ENCODING_EUC_JP},
    {"us-ascii", ENCODING_UNKNOWN},
    {"ascii", ENCODING_UNKNOWN},
    {"ansi_x3.4-1968", ENCODING_UNKNOWN},
    {"unknown-8bit", ENCODING_UNKNOWN},
    {"unknown", ENCODING_UNKNOWN},
    {"x-unknown", ENCODING_UNKNOWN},
    {"8bit", ENCODING_UNKNOWN},
    {"7bit", ENCODING_UNKNOWN},
    {"default", ENCODING_UNKNOWN},
    {"_autodetect", ENCODING_UNKNOWN},
};

/* Labels that mean more than the C library makes of them: what people send under them is the superset. */
static const char *const supersets[][2] = {
    {"iso-8859-1", "WINDOWS-1252"},
    {"latin1", "WINDOWS-1252"},
    {"iso-8859-9", "WINDOWS-1254"},
    {"gb2312", "GB18030"},
    {"gbk", "GB18030"},
    {"gb_2312-80", "GB18030"},
    {"ks_c_5601-1987", "CP949"},
    {"euc-kr", "CP949"},
    {"unicode-1-1-utf-7", "UTF-7"},
    {"big5", "BIG5-HKSCS"},
    {"x-unicode-2-0-utf-7", "UTF-7"},
    {"iso-8859-8-i", "ISO-8859-8"},
    {"iso-8859-11", "CP874"},
    {"tis-620", "CP874"},
};

void charset_preload(void)
{
    static const char *const names[] = {"CP932",      "UTF-8",        "WINDOWS-1252", "GB18030",     "CP949",
                                        "BIG5-HKSCS", "ISO-8859-15",  "UTF-7",        "UTF-16",      "UTF-16LE",
                                        "UTF-16BE",   "WINDOWS-1251", "WINDOWS-1250", "ISO-8859-2",  "KOI8-R",
                                        "ISO-8859-5", "WINDOWS-1254", "ISO-8859-7",   "WINDOWS-1253"};
    /* Never closed on purpose: the library keeps what it has loaded only as long as somebody uses it. */
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        (void)iconv_open("UTF-8", names[i]);
}

/* What a look over the bytes tells before anything is decoded. */
struct census {
    bool is_utf8;
    bool has_wide;   /* UTF-8 sequences of three bytes or more: no other encoding gives them by chance */
    bool has_high;   /* bytes above 0x7F */
    bool has_escape; /* ESC $ or ESC ( */
};

static struct census take_census(const char *text, size_t length)
{
    struct census census = {.is_utf8 = true};
    size_t i = 0;
    while (census.is_utf8) {
        i += utf8_ascii_length(text + i, length - i);
        if (i == length)
            break;
        size_t bad;
        size_t sequence = utf8_sequence_length(text + i, length - i, &bad);
        census.has_high = true;
        census.is_utf8 = sequence > 0;
        census.has_wide = census.has_wide || sequence >= 3;
        i += sequence;
    }
    const char *escape = memchr(text, 0x1B, length);
    census.has_escape = escape && (memmem(escape, length - (size_t)(escape - text), "\x1B$", 2) ||
                                   memmem(escape, length - (size_t)(escape - text), "\x1B(", 2));
    return census;
}

static void replace(struct charset_text *result, struct buffer *out)
{
    buffer_add_code_point(out, 0xFFFD);
    result->replaced++;
}

static void decode_utf8(struct charset_text *result, struct buffer *out, const char *text, size_t length)
{
    size_t i = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (i < length) {
        size_t bad;
        size_t sequence = utf8_ascii_length(text + i, length - i);
        if (!sequence)
            sequence = utf8_sequence_length(text + i, length - i, &bad);
        if (sequence) {
            buffer_add(out, text + i, sequence);
            i += sequence;
        } else {
            replace(result, out);
            i += bad;
        }
    }
}

/* Bytes for the C library; the room was made for the most that can come. */
struct bytes {
    char *bytes;
    size_t length;
};

static void decode_by_library(struct charset_text *result, struct buffer *out, const char *name, struct bytes source)
{
    iconv_t converter = iconv_open("UTF-8", *name ? name : "-"); /* "" would be the locale's charset */
    if ((intptr_t)converter == -1) {
        result->replaced += source.length + 1;
        return;
    }
    char *input = source.bytes;
    size_t left = source.length;
    char converted[8192];
    bool is_flushing = false;
    while (!is_flushing) {
        char *output = converted;
        size_t room = sizeof converted;
        is_flushing = left == 0;
        size_t status = iconv(converter, is_flushing ? NULL : &input, is_flushing ? NULL : &left, &output, &room);
        int reason = errno;
        buffer_add(out, converted, (size_t)(output - converted));
        if (status != (size_t)-1 || reason == E2BIG || is_flushing)
            continue;
        replace(result, out);
        input++;
        left--;
        iconv(converter, NULL, NULL, NULL, NULL);
    }
    iconv_close(converter);
}

static void add_byte(struct bytes *bytes, char byte)
{
    bytes->bytes[bytes->length++] = byte;
}

/* A pair of JIS X 0208 (0x21 to 0x7E each) in the form of CP932, NEC row 13 and the rows of IBM and NEC included. */
static void add_jis_pair(struct bytes *cp932, unsigned row, unsigned cell)
{
    unsigned lead = ((row - 0x21) >> 1) + 0x81;
    if (lead > 0x9F)
        lead += 0x40;
    unsigned trail = row & 1 ? cell + 0x1F + (cell >= 0x60) : cell + 0x7E;
    add_byte(cp932, (char)lead);
    add_byte(cp932, (char)trail);
}

/* 〓, for JIS X 0212, which CP932 does not have. */
static void add_geta(struct bytes *cp932)
{
    add_byte(cp932, (char)0x81);
    add_byte(cp932, (char)0xAC);
}

enum jis_set { JIS_ASCII, JIS_KANA, JIS_0208, JIS_0212 };

struct escape {
    const char *bytes;
    enum jis_set set;
};

static const struct escape escapes[] = {
    {"$B", JIS_0208},  {"$@", JIS_0208}, {"$(B", JIS_0208}, {"$(@", JIS_0208}, {"$(O", JIS_0208}, {"$(Q", JIS_0208},
    {"$(D", JIS_0212}, {"(I", JIS_KANA}, {"(B", JIS_ASCII}, {"(J", JIS_ASCII}, {"(H", JIS_ASCII},
};

/* The bytes of the escape sequence behind ESC, 0 when it is unknown. "&@" announces the revision of JIS X 0208. */
static size_t escape_length(const char *bytes, size_t length, enum jis_set *set)
{
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++) {
        size_t size = strlen(escapes[i].bytes);
        if (size <= length && memcmp(bytes, escapes[i].bytes, size) == 0) {
            *set = escapes[i].set;
            return size;
        }
    }
    return length >= 2 && memcmp(bytes, "&@", 2) == 0 ? 2 : 0;
}

static bool is_jis_byte(unsigned char byte)
{
    return byte >= 0x21 && byte <= 0x7E;
}

static void iso_2022_jp_to_cp932(struct bytes *cp932, const char *bytes, size_t length)
{
    enum jis_set set = JIS_ASCII;
    bool is_shifted = false; /* SO … SI: half-width kana in CP50222 */
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (byte == 0x1B) {
            i += escape_length(bytes + i + 1, length - i - 1, &set);
        } else if (byte == 0x0E || byte == 0x0F) {
            is_shifted = byte == 0x0E;
        } else if (byte == '\n' || byte == '\r') {
            set = JIS_ASCII; /* a line that forgot its ESC ( B must not swallow the next */
            is_shifted = false;
            add_byte(cp932, (char)byte);
        } else if ((set == JIS_KANA || is_shifted) && byte >= 0x21 && byte <= 0x5F) {
            add_byte(cp932, (char)(byte | 0x80));
        } else if (set >= JIS_0208 && is_jis_byte(byte) && i + 1 < length && is_jis_byte((unsigned char)bytes[i + 1])) {
            if (set == JIS_0208)
                add_jis_pair(cp932, byte, (unsigned char)bytes[i + 1]);
            else
                add_geta(cp932);
            i++;
        } else {
            add_byte(cp932, (char)byte);
        }
    }
}

static bool is_euc_byte(unsigned char byte)
{
    return byte >= 0xA1 && byte <= 0xFE;
}

static void euc_jp_to_cp932(struct bytes *cp932, const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = bytes[i];
        bool has_second = i + 1 < length && is_euc_byte(bytes[i + 1]);
        if (byte < 0x80) {
            add_byte(cp932, (char)byte);
        } else if (byte == 0x8E && has_second && bytes[i + 1] <= 0xDF) {
            add_byte(cp932, (char)bytes[++i]);
        } else if (byte == 0x8F && has_second && i + 2 < length && is_euc_byte(bytes[i + 2])) {
            add_geta(cp932);
            i += 2;
        } else if (is_euc_byte(byte) && has_second) {
            add_jis_pair(cp932, byte & 0x7Fu, bytes[++i] & 0x7Fu);
        } else {
            add_byte(cp932, (char)0xFF); /* no CP932 either, so it is replaced and counted */
        }
    }
}

/* A name that the C library may be asked for: no "//TRANSLIT", no path. */
static const char *library_name(const char *label)
{
    for (size_t i = 0; i < sizeof supersets / sizeof *supersets; i++)
        if (strcasecmp(label, supersets[i][0]) == 0)
            return supersets[i][1];
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:";
    size_t length = strspn(label, allowed);
    return label[length] || length > 40 ? "" : label;
}

static struct charset_text decode_as(const void *context, enum encoding encoding, const char *label, const char *bytes,
                                     size_t length)
{
    struct charset_text result = {0};
    struct buffer *out = buffer_new(context, 3 * length + 16);
    struct bytes source = {
        .bytes = memory_check(talloc_size(out, length + 1))}; /* no form of JIS is shorter than CP932 */
    switch (encoding) {
    case ENCODING_ISO_2022_JP:
        iso_2022_jp_to_cp932(&source, bytes, length);
        decode_by_library(&result, out, "CP932", source);
        break;
    case ENCODING_EUC_JP:
        euc_jp_to_cp932(&source, bytes, length);
        decode_by_library(&result, out, "CP932", source);
        break;
    case ENCODING_CP932:
    case ENCODING_OTHER:
        memcpy(source.bytes, bytes, length);
        source.length = length;
        decode_by_library(&result, out, encoding == ENCODING_CP932 ? "CP932" : library_name(label), source);
        break;
    default:
        decode_utf8(&result, out, bytes, length);
    }
    result.length = out->length;
    result.text = buffer_take(out, context);
    return result;
}

static enum encoding encoding_of(const char *label)
{
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (strcasecmp(label, labels[i].name) == 0)
            return labels[i].encoding;
    return *label ? ENCODING_OTHER : ENCODING_UNKNOWN;
}

/* EUC-JP read as CP932 shows up as half-width kana, which people hardly write. */
static size_t count_half_width_kana(const struct charset_text *decoded)
{
    size_t count = 0;
    const unsigned char *bytes = (const unsigned char *)decoded->text;
    for (size_t i = 0; i + 2 < decoded->length; i++)
        if (bytes[i] == 0xEF &&
            ((bytes[i + 1] == 0xBD && bytes[i + 2] >= 0xA1) || (bytes[i + 1] == 0xBE && bytes[i + 2] <= 0x9F)))
            count++;
    return count;
}

static size_t badness(const struct charset_text *decoded)
{
    return decoded->replaced * 16 + count_half_width_kana(decoded) * 3;
}

/* The label is missing or a lie: the encoding that leaves the least damage. `first` (text NULL: none) is one try. */
static struct charset_text detect(const void *context, struct charset_text first, const struct census *census,
                                  const char *bytes, size_t length)
{
    static const enum encoding candidates[] = {ENCODING_UTF8, ENCODING_ISO_2022_JP, ENCODING_CP932, ENCODING_EUC_JP};
    struct charset_text best = first;
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        if (candidates[i] == ENCODING_ISO_2022_JP && !census->has_escape)
            continue;
        struct charset_text decoded = decode_as(context, candidates[i], "", bytes, length);
        decoded.is_guessed = true;
        if (best.text && badness(&decoded) >= badness(&best)) {
            talloc_free(decoded.text);
        } else {
            talloc_free(best.text);
            best = decoded;
        }
    }
    return best;
}

/* Encodings in which bytes below 0x80 are not ASCII, so that the looks of the bytes tell nothing. */
static bool is_modal_label(const char *label)
{
    static const char *const names[] = {"utf-7", "utf-16", "utf-32", "hz-gb", "iso-2022-", "ucs-"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasestr(label, names[i]))
            return true;
    return false;
}

static struct charset_text choose(const void *context, const char *label, const char *bytes, size_t length)
{
    enum encoding encoding = encoding_of(label);
    struct census census = take_census(bytes, length);
    bool is_modal = encoding == ENCODING_OTHER && is_modal_label(label);
    bool is_shifted = encoding == ENCODING_ISO_2022_JP && memchr(bytes, 0x0E, length);
    if (!census.has_high && !census.has_escape && !is_modal && !is_shifted)
        return decode_as(context, ENCODING_UTF8, "", bytes, length);
    if (encoding == ENCODING_ISO_2022_JP && (census.has_escape || !census.has_high))
        return decode_as(context, encoding, "", bytes, length);
    if (census.has_escape && !census.has_high && !is_modal)
        return decode_as(context, ENCODING_ISO_2022_JP, "", bytes, length);
    bool is_told_utf8 = encoding == ENCODING_UTF8 || encoding == ENCODING_UNKNOWN;
    if (census.is_utf8 && !is_modal && (is_told_utf8 || census.has_wide))
        return decode_as(context, ENCODING_UTF8, "", bytes, length);
    struct charset_text labelled = {0};
    if (encoding != ENCODING_UNKNOWN && encoding != ENCODING_ISO_2022_JP) {
        labelled = decode_as(context, encoding, label, bytes, length);
        bool is_broken = labelled.replaced * 20 > length || (encoding != ENCODING_UTF8 && labelled.replaced > 0);
        bool is_kana = encoding == ENCODING_CP932 && count_half_width_kana(&labelled) * 24 > labelled.length;
        if (!is_broken && !is_kana)
            return labelled;
    }
    return detect(context, labelled, &census, bytes, length);
}

static void drop_nuls(struct charset_text *decoded)
{
    char *nul = memchr(decoded->text, '\0', decoded->length);
    if (!nul)
        return;
    char *write = nul;
    for (char *read = nul; read < decoded->text + decoded->length; read++)
        if (*read)
            *write++ = *read;
    *write = '\0';
    decoded->length = (size_t)(write - decoded->text);
}

struct charset_text charset_decode(const void *context, const char *label, const char *bytes, size_t length)
{
    struct charset_text decoded = choose(context, label ? label : "", bytes, length);
    drop_nuls(&decoded);
    return decoded;
}
