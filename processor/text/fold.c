/* Folding: see fold.h. One streaming pass: our own spellings, then NFKC and case folding, one cluster at a time. */
#include "text/fold.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/memory.h"

enum {
    /* marks kept on one base letter (Unicode's stream-safe format has the same limit): more is an attack on fonts */
    MOST_MARKS = 30,
    MOST_DECOMPOSED = 32, /* one code point decomposes into at most 18 */
    MOST_ZEROS = 4,       /* looked over at once, in search of the digit behind them */
    KANJI_ZERO = 0x3007,
    CROSS_KANJI = 0x4E42, /* 乂, typed for × */
    KEYCAP = 0x20E3,
    REPLACEMENT = 0xFFFD,
};

/* A starter whose marks are still being collected; all of it counts as coming from one place of the source. */
struct cluster {
    utf8proc_int32_t code_points[1 + MOST_MARKS];
    size_t count;
    size_t origin;
};

struct folder {
    const char *source;
    size_t source_length;
    size_t at;                 /* the code point being folded */
    utf8proc_int32_t previous; /* the one before it that did not vanish */
    struct cluster cluster;
    struct folded *folded;
    size_t capacity;
};

/* What people type for one mark or dash, each to one spelling. ◎ stays, and so do letters: they may be words. */
static const struct spelling {
    utf8proc_int32_t from;
    utf8proc_int32_t to;
} spellings[] = {
    /* sorted by `from` */
    {0x02DC, '~'},     /* ˜ */
    {0x0394, 0x25B3},  /* Δ */
    {0x2010, '-'},     /* ‐ */
    {0x2011, '-'},     /* ‑ */
    {0x2012, '-'},     /* ‒ */
    {0x2013, '-'},     /* – */
    {0x2014, '-'},     /* — */
    {0x2015, '-'},     /* ― */
    {0x2053, '~'},     /* ⁓ */
    {0x2206, 0x25B3},  /* ∆ */
    {0x2212, '-'},     /* − */
    {0x223C, '~'},     /* ∼ */
    {0x2299, 0x25CB},  /* ⊙ */
    {0x2500, '-'},     /* ─ */
    {0x2573, 0x00D7},  /* ╳ */
    {0x25B2, 0x25B3},  /* ▲ */
    {0x25B5, 0x25B3},  /* ▵ */
    {0x25E6, 0x25CB},  /* ◦ */
    {0x25EF, 0x25CB},  /* ◯ */
    {0x2613, 0x00D7},  /* ☓ */
    {0x26AA, 0x25CB},  /* ⚪ */
    {0x26AC, 0x25CB},  /* ⚬ */
    {0x2715, 0x00D7},  /* ✕ */
    {0x2716, 0x00D7},  /* ✖ */
    {0x2717, 0x00D7},  /* ✗ */
    {0x2718, 0x00D7},  /* ✘ */
    {0x274C, 0x00D7},  /* ❌ */
    {0x2796, '-'},     /* ➖ */
    {0x2A09, 0x00D7},  /* ⨉ */
    {0x2A2F, 0x00D7},  /* ⨯ */
    {0x2B55, 0x25CB},  /* ⭕ */
    {0x2B58, 0x25CB},  /* ⭘ */
    {0x301C, '~'},     /* 〜 */
    {0x3030, '~'},     /* 〰 */
    {0x4E42, 0x00D7},  /* 乂 */
    {0xFE58, '-'},     /* ﹘ */
    {0xFE63, '-'},     /* ﹣ */
    {0xFF0D, '-'},     /* － */
    {0xFF5E, '~'},     /* ～ */
    {0x1F53A, 0x25B3}, /* 🔺 */
};

static int compare_spelling(const void *key, const void *element)
{
    utf8proc_int32_t code_point = *(const utf8proc_int32_t *)key;
    const struct spelling *spelling = element;
    return code_point < spelling->from ? -1 : code_point > spelling->from;
}

static utf8proc_int32_t respell(utf8proc_int32_t code_point)
{
    const struct spelling *spelling = bsearch(&code_point, spellings, sizeof spellings / sizeof *spellings,
                                              sizeof *spellings, compare_spelling);
    return spelling ? spelling->to : code_point;
}

/* The number in a circle, in brackets or with a full stop; -1 for all else. */
static int enclosed_number(utf8proc_int32_t code_point)
{
    static const struct {
        utf8proc_int32_t first;
        utf8proc_int32_t last;
        int number; /* of the first */
    } ranges[] = {
        {0x2460, 0x2473, 1},  {0x2474, 0x2487, 1},  {0x2488, 0x249B, 1},    {0x24EA, 0x24EA, 0}, {0x24EB, 0x24F4, 11},
        {0x24F5, 0x24FE, 1},  {0x24FF, 0x24FF, 0},  {0x2776, 0x277F, 1},    {0x2780, 0x2789, 1}, {0x278A, 0x2793, 1},
        {0x3251, 0x325F, 21}, {0x32B1, 0x32BF, 36}, {0x1F51F, 0x1F51F, 10},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (code_point >= ranges[i].first && code_point <= ranges[i].last)
            return ranges[i].number + (int)(code_point - ranges[i].first);
    return -1;
}

/* 一 to 九 without zero */
static bool is_kanji_digit(utf8proc_int32_t code_point)
{
    static const utf8proc_int32_t digits[] = {0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D};
    for (size_t i = 0; i < sizeof digits / sizeof *digits; i++)
        if (code_point == digits[i])
            return true;
    return false;
}

/* 年 月 日 時 分 */
static bool is_counter(utf8proc_int32_t code_point)
{
    return code_point == 0x5E74 || code_point == 0x6708 || code_point == 0x65E5 || code_point == 0x6642 ||
           code_point == 0x5206;
}

/* Whether a code point leaves no trace: zero-width and formatting characters, variation selectors, skin tones. */
static bool vanishes(utf8proc_int32_t code_point)
{
    return (code_point >= 0x1F3FB && code_point <= 0x1F3FF) || utf8proc_get_property(code_point)->ignorable;
}

/* The code point at `at` (U+FFFD for a byte that begins none) and its bytes. */
static size_t decode(const struct folder *folder, size_t at, utf8proc_int32_t *code_point)
{
    utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)folder->source + at,
                                             (utf8proc_ssize_t)(folder->source_length - at), code_point);
    if (size > 0)
        return (size_t)size;
    *code_point = REPLACEMENT;
    return 1;
}

static void make_room(struct folder *folder, size_t length)
{
    struct folded *folded = folder->folded;
    if (folded->length + length <= folder->capacity)
        return;
    folder->capacity = 2 * folder->capacity + length;
    folded->text = memory_resize(folded, folded->text, char, folder->capacity + 1);
    folded->origin = memory_resize(folded, folded->origin, size_t, folder->capacity + 1);
}

static void write_bytes(struct folder *folder, const char *bytes, size_t length, size_t origin)
{
    struct folded *folded = folder->folded;
    make_room(folder, length);
    memcpy(folded->text + folded->length, bytes, length);
    for (size_t i = 0; i < length; i++)
        folded->origin[folded->length++] = origin;
}

static void write_code_point(struct folder *folder, utf8proc_int32_t code_point, size_t origin)
{
    char bytes[4] = {(char)code_point};
    utf8proc_ssize_t length = 1;
    if (code_point >= 0x80)
        length = utf8proc_encode_char(code_point, (utf8proc_uint8_t *)bytes);
    write_bytes(folder, bytes, (size_t)length, origin);
}

/* Composes what was collected, writes it and leaves the cluster empty. */
static void flush(struct folder *folder)
{
    struct cluster *cluster = &folder->cluster;
    utf8proc_ssize_t count = (utf8proc_ssize_t)cluster->count;
    if (count > 1)
        count = utf8proc_normalize_utf32(cluster->code_points, count, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    for (utf8proc_ssize_t i = 0; i < count; i++)
        write_code_point(folder, cluster->code_points[i], cluster->origin);
    cluster->count = 0;
}

/* Puts a mark behind those of its own or a lower class: the canonical order, without which é is not always é. */
static void add_mark(struct folder *folder, utf8proc_int32_t mark, utf8proc_propval_t class)
{
    struct cluster *cluster = &folder->cluster;
    if (cluster->count == 0)
        cluster->origin = folder->at;
    if (cluster->count == 1 + MOST_MARKS)
        return;
    size_t place = cluster->count++;
    while (place > 0 && utf8proc_get_property(cluster->code_points[place - 1])->combining_class > class) {
        cluster->code_points[place] = cluster->code_points[place - 1];
        place--;
    }
    cluster->code_points[place] = mark;
}

/* Whether `next` became one with the starter before it, as the vowels and finals of Hangul and some of India do. */
static bool joins(struct folder *folder, utf8proc_int32_t next, const utf8proc_property_t *property)
{
    struct cluster *cluster = &folder->cluster;
    if (cluster->count == 0 ||
        (property->boundclass != UTF8PROC_BOUNDCLASS_V && property->boundclass != UTF8PROC_BOUNDCLASS_T &&
         property->boundclass != UTF8PROC_BOUNDCLASS_EXTEND && property->boundclass != UTF8PROC_BOUNDCLASS_SPACINGMARK))
        return false;
    cluster->count = (size_t)utf8proc_normalize_utf32(cluster->code_points, (utf8proc_ssize_t)cluster->count,
                                                      UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    if (cluster->count != 1)
        return false;
    utf8proc_int32_t pair[2] = {cluster->code_points[0], next};
    if (utf8proc_normalize_utf32(pair, 2, UTF8PROC_COMPOSE | UTF8PROC_STABLE) != 1)
        return false;
    cluster->code_points[0] = pair[0];
    return true;
}

static void begin_cluster(struct folder *folder, utf8proc_int32_t code_point)
{
    flush(folder);
    folder->cluster.code_points[0] = code_point;
    folder->cluster.count = 1;
    folder->cluster.origin = folder->at;
}

static void add_decomposed(struct folder *folder, utf8proc_int32_t code_point)
{
    const utf8proc_property_t *property = utf8proc_get_property(code_point);
    if (property->combining_class) {
        add_mark(folder, code_point, property->combining_class);
        return;
    }
    if (joins(folder, code_point, property))
        return;
    begin_cluster(folder, code_point);
}

/* Kana, unified ideographs and 、。「」 are what they fold to; most Japanese text is nothing else. */
static bool is_settled(utf8proc_int32_t code_point)
{
    return code_point == 0x3001 || code_point == 0x3002 || code_point == 0x300C || code_point == 0x300D ||
           (code_point >= 0x3041 && code_point <= 0x3096) || (code_point >= 0x30A1 && code_point <= 0x30FE) ||
           (code_point >= 0x4E00 && code_point <= 0x9FFF && code_point != CROSS_KANJI);
}

/* The code point of three valid bytes when it is a settled one, else 0. */
static utf8proc_int32_t settled_at(const struct folder *folder, size_t at)
{
    if (folder->source_length - at < 3)
        return 0;
    const unsigned char *bytes = (const unsigned char *)folder->source + at;
    if (bytes[0] < 0xE3 || bytes[0] > 0xE9 || (bytes[1] & 0xC0) != 0x80 || (bytes[2] & 0xC0) != 0x80)
        return 0;
    utf8proc_int32_t code_point = (bytes[0] & 0x0F) << 12 | (bytes[1] & 0x3F) << 6 | (bytes[2] & 0x3F);
    return is_settled(code_point) ? code_point : 0;
}

/* Copies the settled code points here that are followed by another one, so that no mark can join them: one run, one copy. */
static void copy_settled(struct folder *folder)
{
    utf8proc_int32_t last = settled_at(folder, folder->at);
    size_t end = folder->at;
    for (utf8proc_int32_t next; last && (next = settled_at(folder, end + 3)) != 0; last = next) {
        folder->previous = last;
        end += 3;
    }
    size_t length = end - folder->at;
    if (!length)
        return;
    struct folded *folded = folder->folded;
    flush(folder);
    make_room(folder, length);
    memcpy(folded->text + folded->length, folder->source + folder->at, length);
    for (; folder->at < end; folder->at += 3)
        for (size_t i = 0; i < 3; i++)
            folded->origin[folded->length++] = folder->at;
}

static void add_code_point(struct folder *folder, utf8proc_int32_t code_point)
{
    utf8proc_int32_t decomposed[MOST_DECOMPOSED];
    int last_class = UTF8PROC_BOUNDCLASS_START;
    utf8proc_ssize_t count =
        utf8proc_decompose_char(code_point, decomposed, MOST_DECOMPOSED,
                                UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_STABLE | UTF8PROC_COMPOSE, &last_class);
    if (count < 1 || count > MOST_DECOMPOSED) {
        add_decomposed(folder, REPLACEMENT);
        return;
    }
    for (utf8proc_ssize_t i = 0; i < count; i++)
        add_decomposed(folder, respell(decomposed[i]));
}

static void add_plain(struct folder *folder, const char *text)
{
    flush(folder);
    write_bytes(folder, text, strlen(text), folder->at);
}

/* The circled and other numbers stand alone, or ①② would be 12. */
static void add_number(struct folder *folder, int number)
{
    char digits[] = {' ', (char)('0' + number / 10), (char)('0' + number % 10), ' ', '\0'};
    if (number < 10) {
        digits[1] = ' ';
        add_plain(folder, digits + 1);
    } else {
        add_plain(folder, digits);
    }
}

/* 〇 is a circle, except where it is a zero of a number written in kanji: 二〇二六年, 二〇〇五. */
static bool is_zero(const struct folder *folder, size_t after)
{
    if (!is_kanji_digit(folder->previous) && folder->previous != KANJI_ZERO)
        return false;
    utf8proc_int32_t next = KANJI_ZERO;
    for (int zeros = 0; next == KANJI_ZERO && zeros < MOST_ZEROS && after < folder->source_length; zeros++)
        after += decode(folder, after, &next);
    return is_kanji_digit(next) || is_counter(next);
}

static void fold_line_end(struct folder *folder, utf8proc_int32_t code_point)
{
    bool is_second = code_point == '\n' && folder->at > 0 && folder->source[folder->at - 1] == '\r';
    if (!is_second)
        add_plain(folder, "\n");
}

static bool is_control(utf8proc_int32_t code_point)
{
    return code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0);
}

static bool ends_line(utf8proc_int32_t code_point)
{
    return code_point == '\n' || code_point == '\r' || code_point == 0x85 || code_point == 0x2028 ||
           code_point == 0x2029;
}

/* Folds one code point of `size` bytes at folder->at; true when it is one that the next may look back at. */
static bool fold_one(struct folder *folder, utf8proc_int32_t *code_point, size_t size)
{
    int number;
    if (ends_line(*code_point)) {
        fold_line_end(folder, *code_point);
    } else if (is_control(*code_point) || *code_point == KEYCAP) {
        add_plain(folder, " ");
    } else if (vanishes(*code_point)) {
        return false;
    } else if ((number = enclosed_number(*code_point)) >= 0) {
        add_number(folder, number);
    } else if (*code_point == KANJI_ZERO && !is_zero(folder, folder->at + size)) {
        *code_point = 0x25CB;
        add_decomposed(folder, *code_point);
    } else {
        add_code_point(folder, respell(*code_point));
    }
    return true;
}

struct folded *text_fold(const void *context, const char *source, size_t length)
{
    struct folder folder = {.source = source, .source_length = length, .capacity = length + length / 2 + 16};
    folder.folded = memory_new(context, struct folded);
    folder.folded->text = memory_check(talloc_size(folder.folded, folder.capacity + 1));
    folder.folded->origin = memory_resize(folder.folded, NULL, size_t, folder.capacity + 1);
    while (folder.at < length) {
        copy_settled(&folder);
        utf8proc_int32_t code_point = (unsigned char)source[folder.at];
        size_t size = 1;
        if (code_point >= 0x80)
            size = decode(&folder, folder.at, &code_point);
        if (code_point >= 0x20 && code_point < 0x7F) {
            begin_cluster(&folder, code_point >= 'A' && code_point <= 'Z' ? code_point + 32 : code_point);
            folder.previous = code_point;
        } else if (is_settled(code_point)) {
            begin_cluster(&folder, code_point);
            folder.previous = code_point;
        } else if (fold_one(&folder, &code_point, size)) {
            folder.previous = code_point;
        }
        folder.at += size;
    }
    flush(&folder);
    folder.folded->text[folder.folded->length] = '\0';
    folder.folded->origin[folder.folded->length] = length;
    return folder.folded;
}

void text_fold_single_blanks(struct folded *folded)
{
    size_t kept = 0;
    for (size_t i = 0; i < folded->length; i++) {
        if (folded->text[i] == ' ' && kept && folded->text[kept - 1] == ' ')
            continue;
        folded->text[kept] = folded->text[i];
        folded->origin[kept++] = folded->origin[i];
    }
    folded->origin[kept] = folded->origin[folded->length];
    folded->length = kept;
    folded->text[kept] = '\0';
}

char *text_fold_key(const void *context, const char *source)
{
    struct folded *folded = text_fold(context, source, strlen(source));
    size_t kept = 0;
    bool blank = false;
    for (size_t i = 0; i < folded->length; i++) {
        char byte = folded->text[i];
        if (byte == ' ' || byte == '\n') {
            blank = kept > 0;
            continue;
        }
        if (blank)
            folded->text[kept++] = ' ';
        blank = false;
        folded->text[kept++] = byte;
    }
    char *key = memory_copy_bytes(context, folded->text, kept);
    talloc_free(folded);
    return key;
}
