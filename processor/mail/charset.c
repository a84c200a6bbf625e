/* Charsets: see charset.h. Here it is decided which decoder reads a text; charset_decoders.h has them. */
#include "mail/charset.h"

#include <iconv.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "mail/charset_decoders.h"
#include "mail/charset_tables.h"

static int close_converter(iconv_t *converter)
{
    return iconv_close(*converter);
}

void charset_preload(const void *context)
{
    for (const char *const *name = charset_library_names; *name; name++) {
        iconv_t opened = iconv_open("UTF-8", *name);
        if ((intptr_t)opened == -1)
            continue; /* a C library without it: texts that need it are told of when they come */
        iconv_t *converter = memory_new(context, iconv_t);
        *converter = opened;
        talloc_set_destructor(converter, close_converter);
    }
}

/* A text to decode, and what a look over its bytes tells. */
struct source {
    const void *context;
    const char *bytes;
    size_t length;
    size_t high; /* bytes above 0x7F */
    bool is_utf8;
    size_t wide;          /* UTF-8 sequences of three bytes or more: no other encoding gives several by chance */
    bool has_control;     /* ESC, SO or SI */
    bool has_designation; /* an ESC of ISO-2022-JP */
    bool is_mail;         /* several lines, or a header field: by the rules of mail */
};

static bool has_designation(const char *bytes, size_t length)
{
    const char *end = bytes + length;
    for (const char *escape = bytes; (escape = memchr(escape, 0x1B, (size_t)(end - escape))) != NULL; escape++)
        if (end - escape >= 3 && (escape[1] == '$' || escape[1] == '(') && strchr("B@JI(", escape[2]))
            return true;
    return false;
}

static bool has_several_lines(const char *bytes, size_t length)
{
    const char *first = memchr(bytes, '\n', length);
    return first && memchr(first + 1, '\n', length - (size_t)(first + 1 - bytes));
}

static struct source look_at(const void *context, const char *bytes, size_t length, bool is_field)
{
    struct source source = {.context = context, .bytes = bytes, .length = length, .is_utf8 = true};
    size_t i = 0;
    while ((i += utf8_ascii_length(bytes + i, length - i)) < length) {
        size_t bad;
        size_t sequence = source.is_utf8 ? utf8_sequence_length(bytes + i, length - i, &bad) : 0;
        source.is_utf8 = sequence > 0;
        source.wide += sequence >= 3;
        source.high += sequence ? sequence : 1;
        i += sequence ? sequence : 1;
    }
    source.has_control = memchr(bytes, 0x1B, length) || memchr(bytes, 0x0E, length) || memchr(bytes, 0x0F, length);
    source.has_designation = source.has_control && has_designation(bytes, length);
    source.is_mail = is_field || has_several_lines(bytes, length);
    return source;
}

/* A text as one encoding reads it. */
struct attempt {
    struct sink sink; /* text NULL: not decoded */
    bool is_guessed;
};

static const struct charset_label utf8 = {"utf-8", ENCODING_UTF8, 0, ""};
static const struct charset_label iso_2022_jp = {"iso-2022-jp", ENCODING_ISO_2022_JP_MAIL, 0, ""};
static const struct charset_label shift_jis = {"shift_jis", ENCODING_SHIFT_JIS, 0, ""};
static const struct charset_label euc_jp = {"euc-jp", ENCODING_EUC_JP, 0, ""};

static struct attempt decode(const struct source *source, const struct charset_label *label)
{
    const char *bytes = source->bytes;
    size_t length = source->length;
    struct attempt attempt = {0};
    struct sink *sink = &attempt.sink;
    sink->text = memory_check(talloc_size(source->context, 3 * length + SINK_SPARE + 1));
    switch (label->encoding) {
    case ENCODING_ISO_2022_JP:
    case ENCODING_ISO_2022_JP_MAIL:
        charset_decode_iso_2022_jp(sink, bytes, length, label->encoding == ENCODING_ISO_2022_JP && !source->is_mail);
        break;
    case ENCODING_SHIFT_JIS:
        charset_decode_shift_jis(sink, bytes, length);
        break;
    case ENCODING_EUC_JP:
        charset_decode_euc_jp(sink, bytes, length);
        break;
    case ENCODING_HZ: {
        char *unfolded = memory_check(talloc_size(source->context, length + 1));
        length = charset_unfold_hz(unfolded, bytes, length);
        if (!charset_decode_library(sink, unfolded, length, "GB18030"))
            charset_decode_utf8(sink, unfolded, length);
        talloc_free(unfolded);
        break;
    }
    case ENCODING_SINGLE:
        charset_decode_single(sink, bytes, length, charset_singles[label->single]);
        break;
    case ENCODING_LIBRARY:
    case ENCODING_LIBRARY_MODAL:
        if (charset_decode_library(sink, bytes, length, label->library))
            break;
        /* fall through */
    default:
        charset_decode_utf8(sink, bytes, length);
    }
    return attempt;
}

static void drop(struct attempt *attempt)
{
    talloc_free(attempt->sink.text);
    attempt->sink.text = NULL;
}

/* The same text where nothing but ASCII is in it, or all of it is UTF-8. */
static struct attempt copy(const struct source *source)
{
    size_t mark = source->length >= 3 && memcmp(source->bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    size_t length = source->length - mark;
    return (struct attempt){
        .sink = {.text = memory_copy_bytes(source->context, source->bytes + mark, length), .length = length}};
}

/* EUC-JP read as Shift_JIS shows up as half-width kana, which people hardly write. */
static size_t count_half_width_kana(const struct sink *sink)
{
    size_t count = 0;
    const unsigned char *bytes = (const unsigned char *)sink->text;
    for (size_t i = 0; i + 2 < sink->length; i++)
        if (bytes[i] == 0xEF &&
            ((bytes[i + 1] == 0xBD && bytes[i + 2] >= 0xA1) || (bytes[i + 1] == 0xBE && bytes[i + 2] <= 0x9F)))
            count++;
    return count;
}

/* Whether what one of Shift_JIS and EUC-JP makes of the bytes can be nothing but Japanese. */
static bool is_japanese(const struct sink *sink)
{
    size_t odd = sink->rare + count_half_width_kana(sink);
    return !sink->replaced && ((sink->kana >= 2 && odd <= sink->kana) || (sink->pairs >= 4 && !odd));
}

/* The label is broken by the bytes: another encoding takes over when they leave no doubt, and only then. */
static struct attempt override(const struct source *source, struct attempt labelled)
{
    static const struct charset_label *const candidates[] = {&shift_jis, &euc_jp, NULL};
    for (size_t i = 0; candidates[i]; i++) {
        struct attempt attempt = decode(source, candidates[i]);
        if (is_japanese(&attempt.sink)) {
            drop(&labelled);
            attempt.is_guessed = true;
            return attempt;
        }
        drop(&attempt);
    }
    return labelled;
}

/* A label that says little, or UTF-8 that is none: what does the least damage. */
static struct attempt detect(const struct source *source, struct attempt best)
{
    static const struct charset_label *const candidates[] = {&utf8, &shift_jis, &euc_jp, NULL};
    bool is_told_utf8 = best.sink.text != NULL;
    size_t least = is_told_utf8 ? best.sink.replaced * 16 : 0;
    for (size_t i = is_told_utf8 ? 1 : 0; candidates[i]; i++) {
        struct attempt attempt = decode(source, candidates[i]);
        size_t characters = source->high / 3;
        size_t weight = candidates[i] == &utf8 && attempt.sink.replaced * 4 <= characters ? 4 : 16;
        size_t damage = attempt.sink.replaced * weight + attempt.sink.rare * 6 +
                        (candidates[i] == &utf8 ? 0 : count_half_width_kana(&attempt.sink) * 3);
        attempt.is_guessed = true;
        if (best.sink.text && damage >= least) {
            drop(&attempt);
            continue;
        }
        drop(&best);
        best = attempt;
        least = damage;
    }
    if (is_told_utf8 || least <= source->high + 4)
        return best;
    drop(&best);
    best = decode(source, charset_find_label("windows-1252")); /* what the standard makes of us-ascii */
    best.is_guessed = true;
    return best;
}

static struct attempt choose(const struct source *source, const struct charset_label *label)
{
    enum encoding encoding = label ? label->encoding : ENCODING_UNKNOWN;
    bool is_jis = encoding == ENCODING_ISO_2022_JP || encoding == ENCODING_ISO_2022_JP_MAIL;
    if (encoding == ENCODING_LIBRARY_MODAL || encoding == ENCODING_HZ)
        return decode(source, label);
    if (!source->high && !(is_jis && source->has_control) && !source->has_designation)
        return copy(source);
    if (is_jis && (source->has_designation || !source->high))
        return decode(source, label);
    if (!source->high || (encoding == ENCODING_UNKNOWN && source->has_designation && !source->is_utf8))
        return decode(source, &iso_2022_jp);
    bool says_little = encoding == ENCODING_UTF8 || encoding == ENCODING_UNKNOWN ||
                       (encoding == ENCODING_SINGLE && source->wide);
    if (source->is_utf8 && (source->wide >= 2 || says_little)) {
        struct attempt attempt = copy(source);
        attempt.is_guessed = encoding != ENCODING_UTF8 && encoding != ENCODING_UNKNOWN;
        return attempt;
    }
    if (encoding == ENCODING_UNKNOWN)
        return detect(source, (struct attempt){0});
    struct attempt labelled = decode(source, label);
    if (encoding == ENCODING_UTF8)
        return labelled.sink.replaced * 20 > source->length ? detect(source, labelled) : labelled;
    bool is_kana = encoding == ENCODING_SHIFT_JIS && count_half_width_kana(&labelled.sink) * 24 > labelled.sink.length;
    bool is_doubtful = labelled.sink.replaced || is_kana || encoding == ENCODING_SINGLE;
    return is_doubtful ? override(source, labelled) : labelled;
}

static void drop_nuls(struct sink *sink)
{
    char *nul = memchr(sink->text, '\0', sink->length);
    if (!nul)
        return;
    char *write = nul;
    for (char *read = nul; read < sink->text + sink->length; read++)
        if (*read)
            *write++ = *read;
    sink->length = (size_t)(write - sink->text);
}

static struct charset_text decode_text(const char *label, const struct source *source)
{
    struct attempt attempt = choose(source, charset_find_label(label ? label : ""));
    drop_nuls(&attempt.sink);
    attempt.sink.text[attempt.sink.length] = '\0';
    return (struct charset_text){.text = attempt.sink.text,
                                 .length = attempt.sink.length,
                                 .replaced = attempt.sink.replaced,
                                 .is_guessed = attempt.is_guessed};
}

struct charset_text charset_decode(const void *context, const char *label, const char *bytes, size_t length)
{
    struct source source = look_at(context, bytes, length, false);
    return decode_text(label, &source);
}

struct charset_text charset_decode_field(const void *context, const char *label, const char *bytes, size_t length)
{
    struct source source = look_at(context, bytes, length, true);
    return decode_text(label, &source);
}
