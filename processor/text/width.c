/* Columns: see width.h. */
#include "text/width.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/memory.h"

struct range {
    int first;
    int last;
};

/* East Asian Ambiguous (Unicode Standard Annex 11), without combining marks: two columns in a Japanese font. */
static const struct range ambiguous[] = {
    {0x00A1, 0x00A1},   {0x00A4, 0x00A4},   {0x00A7, 0x00A8},   {0x00AA, 0x00AA},   {0x00AD, 0x00AE},
    {0x00B0, 0x00B4},   {0x00B6, 0x00BA},   {0x00BC, 0x00BF},   {0x00C6, 0x00C6},   {0x00D0, 0x00D0},
    {0x00D7, 0x00D8},   {0x00DE, 0x00E1},   {0x00E6, 0x00E6},   {0x00E8, 0x00EA},   {0x00EC, 0x00ED},
    {0x00F0, 0x00F0},   {0x00F2, 0x00F3},   {0x00F7, 0x00FA},   {0x00FC, 0x00FC},   {0x00FE, 0x00FE},
    {0x0101, 0x0101},   {0x0111, 0x0111},   {0x0113, 0x0113},   {0x011B, 0x011B},   {0x0126, 0x0127},
    {0x012B, 0x012B},   {0x0131, 0x0133},   {0x0138, 0x0138},   {0x013F, 0x0142},   {0x0144, 0x0144},
    {0x0148, 0x014B},   {0x014D, 0x014D},   {0x0152, 0x0153},   {0x0166, 0x0167},   {0x016B, 0x016B},
    {0x01CE, 0x01CE},   {0x01D0, 0x01D0},   {0x01D2, 0x01D2},   {0x01D4, 0x01D4},   {0x01D6, 0x01D6},
    {0x01D8, 0x01D8},   {0x01DA, 0x01DA},   {0x01DC, 0x01DC},   {0x0251, 0x0251},   {0x0261, 0x0261},
    {0x02C4, 0x02C4},   {0x02C7, 0x02C7},   {0x02C9, 0x02CB},   {0x02CD, 0x02CD},   {0x02D0, 0x02D0},
    {0x02D8, 0x02DB},   {0x02DD, 0x02DD},   {0x02DF, 0x02DF},   {0x0391, 0x03A1},   {0x03A3, 0x03A9},
    {0x03B1, 0x03C1},   {0x03C3, 0x03C9},   {0x0401, 0x0401},   {0x0410, 0x044F},   {0x0451, 0x0451},
    {0x2010, 0x2010},   {0x2013, 0x2016},   {0x2018, 0x2019},   {0x201C, 0x201D},   {0x2020, 0x2022},
    {0x2024, 0x2027},   {0x2030, 0x2030},   {0x2032, 0x2033},   {0x2035, 0x2035},   {0x203B, 0x203B},
    {0x203E, 0x203E},   {0x2074, 0x2074},   {0x207F, 0x207F},   {0x2081, 0x2084},   {0x20AC, 0x20AC},
    {0x2103, 0x2103},   {0x2105, 0x2105},   {0x2109, 0x2109},   {0x2113, 0x2113},   {0x2116, 0x2116},
    {0x2121, 0x2122},   {0x2126, 0x2126},   {0x212B, 0x212B},   {0x2153, 0x2154},   {0x215B, 0x215E},
    {0x2160, 0x216B},   {0x2170, 0x2179},   {0x2189, 0x2189},   {0x2190, 0x2199},   {0x21B8, 0x21B9},
    {0x21D2, 0x21D2},   {0x21D4, 0x21D4},   {0x21E7, 0x21E7},   {0x2200, 0x2200},   {0x2202, 0x2203},
    {0x2207, 0x2208},   {0x220B, 0x220B},   {0x220F, 0x220F},   {0x2211, 0x2211},   {0x2215, 0x2215},
    {0x221A, 0x221A},   {0x221D, 0x2220},   {0x2223, 0x2223},   {0x2225, 0x2225},   {0x2227, 0x222C},
    {0x222E, 0x222E},   {0x2234, 0x2237},   {0x223C, 0x223D},   {0x2248, 0x2248},   {0x224C, 0x224C},
    {0x2252, 0x2252},   {0x2260, 0x2261},   {0x2264, 0x2267},   {0x226A, 0x226B},   {0x226E, 0x226F},
    {0x2282, 0x2283},   {0x2286, 0x2287},   {0x2295, 0x2295},   {0x2299, 0x2299},   {0x22A5, 0x22A5},
    {0x22BF, 0x22BF},   {0x2312, 0x2312},   {0x2460, 0x24E9},   {0x24EB, 0x254B},   {0x2550, 0x2573},
    {0x2580, 0x258F},   {0x2592, 0x2595},   {0x25A0, 0x25A1},   {0x25A3, 0x25A9},   {0x25B2, 0x25B3},
    {0x25B6, 0x25B7},   {0x25BC, 0x25BD},   {0x25C0, 0x25C1},   {0x25C6, 0x25C8},   {0x25CB, 0x25CB},
    {0x25CE, 0x25D1},   {0x25E2, 0x25E5},   {0x25EF, 0x25EF},   {0x2605, 0x2606},   {0x2609, 0x2609},
    {0x260E, 0x260F},   {0x261C, 0x261C},   {0x261E, 0x261E},   {0x2640, 0x2640},   {0x2642, 0x2642},
    {0x2660, 0x2661},   {0x2663, 0x2665},   {0x2667, 0x266A},   {0x266C, 0x266D},   {0x266F, 0x266F},
    {0x269E, 0x269F},   {0x26BF, 0x26BF},   {0x26C6, 0x26CD},   {0x26CF, 0x26D3},   {0x26D5, 0x26E1},
    {0x26E3, 0x26E3},   {0x26E8, 0x26E9},   {0x26EB, 0x26F1},   {0x26F4, 0x26F4},   {0x26F6, 0x26F9},
    {0x26FB, 0x26FC},   {0x26FE, 0x26FF},   {0x273D, 0x273D},   {0x2776, 0x277F},   {0x2B56, 0x2B59},
    {0x3248, 0x324F},   {0xE000, 0xF8FF},   {0xFFFD, 0xFFFD},   {0x1F100, 0x1F10A}, {0x1F110, 0x1F12D},
    {0x1F130, 0x1F169}, {0x1F170, 0x1F18D}, {0x1F18F, 0x1F190}, {0x1F19B, 0x1F1AC},
};

/* What may not begin a line, and what may not end one (kinsoku, JIS X 4051). */
static const char never_first[] =
    "、。，．・：；？！）」』】〕〉》］｝ー々ゝゞヽヾ…‥〜～％℃ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.:;?!)]}%";
static const char never_last[] = "（「『【〔〈《［｛￥([{";

static int compare_to_range(const void *key, const void *element)
{
    int code_point = *(const int *)key;
    const struct range *range = element;
    return code_point < range->first ? -1 : code_point > range->last;
}

static size_t code_point_width(int code_point)
{
    if (code_point >= 0x20 && code_point < 0x7F)
        return 1;
    int width = utf8proc_charwidth(code_point);
    if (width == 1 &&
        bsearch(&code_point, ambiguous, sizeof ambiguous / sizeof *ambiguous, sizeof *ambiguous, compare_to_range))
        return 2;
    /* private use has no width of its own, but carriers' emoji live there */
    if (code_point >= 0xE000 && code_point <= 0xF8FF)
        return 2;
    return width < 0 ? 0 : (size_t)width;
}

/* The code point at `text` (not at its end) and its bytes; a byte that begins none counts as U+FFFD. */
static size_t decode(const char *text, int *code_point)
{
    utf8proc_int32_t decoded;
    utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &decoded);
    *code_point = size > 0 ? (int)decoded : 0xFFFD;
    return size > 0 ? (size_t)size : 1;
}

size_t text_width(const char *text)
{
    size_t width = 0;
    while (*text) {
        int code_point;
        text += decode(text, &code_point);
        width += code_point_width(code_point);
    }
    return width;
}

/* Bytes of the longest beginning of `text` that fills at most `columns`; *width is what it fills. */
static size_t measure_prefix(const char *text, size_t columns, size_t *width)
{
    size_t at = 0;
    *width = 0;
    while (text[at]) {
        int code_point;
        size_t size = decode(text + at, &code_point);
        size_t wide = code_point_width(code_point);
        if (*width + wide > columns)
            break;
        *width += wide;
        at += size;
    }
    return at;
}

char *text_pad(const void *context, const char *text, size_t columns)
{
    static const char ellipsis[] = "…";
    enum { ELLIPSIS_WIDTH = 2 };
    size_t width;
    size_t length = measure_prefix(text, columns, &width);
    const char *tail = "";
    if (text[length] && columns >= ELLIPSIS_WIDTH) {
        length = measure_prefix(text, columns - ELLIPSIS_WIDTH, &width);
        width += ELLIPSIS_WIDTH;
        tail = ellipsis;
    }
    return memory_format(context, "%.*s%s%*s", (int)length, text, tail, (int)(columns - width), "");
}

/* One character of a text being wrapped, and where the line could be broken before it. */
struct wrapper {
    const char *text;
    char *wrapped;
    size_t length; /* of wrapped */
    size_t columns;
    size_t line;    /* where the line being filled begins in the text */
    size_t width;   /* of it so far */
    size_t opening; /* the last place where it may be broken; not above `line`: none */
    int previous;   /* code point before the one looked at; 0 at the start of a line */
};

static bool contains(const char *set, const char *character, size_t size)
{
    char needle[5] = {0};
    memcpy(needle, character, size < sizeof needle ? size : 0);
    return needle[0] && strstr(set, needle) != NULL;
}

static bool is_wide(int code_point)
{
    return code_point >= 0x1100 && code_point_width(code_point) == 2;
}

/* Whether a line may end before the character at `at`: after a blank, or between two of which one is Japanese. */
static bool may_break(const struct wrapper *wrapper, size_t at, int code_point, size_t size)
{
    const char *character = wrapper->text + at;
    if (wrapper->previous == 0 || code_point == ' ' || code_point_width(code_point) == 0)
        return false;
    if (contains(never_first, character, size))
        return false;
    if (wrapper->previous == ' ')
        return true;
    size_t before = at;
    do
        before--;
    while (before > 0 && (wrapper->text[before] & 0xC0) == 0x80);
    if (contains(never_last, wrapper->text + before, at - before))
        return false;
    return is_wide(code_point) || is_wide(wrapper->previous);
}

/* Writes the line up to `end` without the blanks at its end, and begins the next one there. */
static void end_line(struct wrapper *wrapper, size_t end)
{
    size_t last = end;
    while (last > wrapper->line && wrapper->text[last - 1] == ' ')
        last--;
    memcpy(wrapper->wrapped + wrapper->length, wrapper->text + wrapper->line, last - wrapper->line);
    wrapper->length += last - wrapper->line;
    wrapper->line = end;
    wrapper->opening = end;
    wrapper->width = 0;
    wrapper->previous = 0;
}

/* The text is measured again from where a line was broken: each byte at most a few times, as lines are short. */
static size_t wrap_character(struct wrapper *wrapper, size_t at)
{
    int code_point;
    size_t size = decode(wrapper->text + at, &code_point);
    if (code_point == '\n') {
        end_line(wrapper, at);
        wrapper->wrapped[wrapper->length++] = '\n';
        wrapper->line = wrapper->opening = at + 1;
        return at + 1;
    }
    if (may_break(wrapper, at, code_point, size))
        wrapper->opening = at;
    size_t width = code_point_width(code_point);
    bool is_full = code_point != ' ' && wrapper->width + width > wrapper->columns && at > wrapper->line;
    if (is_full) {
        size_t end = wrapper->opening > wrapper->line ? wrapper->opening : at;
        end_line(wrapper, end);
        wrapper->wrapped[wrapper->length++] = '\n';
        return end;
    }
    wrapper->width += width;
    wrapper->previous = code_point;
    return at + size;
}

char *text_wrap(const void *context, const char *text, size_t columns)
{
    size_t length = strlen(text);
    struct wrapper wrapper = {.text = text, .columns = columns};
    /* at worst every byte is followed by a line end */
    wrapper.wrapped = memory_check(talloc_size(context, 2 * length + 2));
    size_t at = 0;
    while (at < length)
        at = wrap_character(&wrapper, at);
    end_line(&wrapper, length);
    while (wrapper.length > 0 && wrapper.wrapped[wrapper.length - 1] == '\n')
        wrapper.length--;
    char *wrapped = memory_copy_bytes(context, wrapper.wrapped, wrapper.length);
    talloc_free(wrapper.wrapped);
    return wrapped;
}
