/* Numerals: see form_numerals.h. */
#include "poll/form_numerals.h"

#include <stdlib.h>
#include <string.h>

static const struct unit {
    const char *text; /* folded; "|" between those of one amount */
    int unit;
} units[] = {
    {"番目|番|つ目|つめ|番め|個目", FORM_UNIT_PLACE},
    {"点|points|point|pts|pt|stars|star", FORM_UNIT_POINT},
    {"人分|人|名様|名|people|persons|person", FORM_UNIT_FIRST_AMOUNT},
    {"円|yen|jpy", FORM_UNIT_FIRST_AMOUNT + 1},
    {"時間|hours|hour|hrs|hr", FORM_UNIT_FIRST_AMOUNT + 2},
    {"分間|分|minutes|minute|min", FORM_UNIT_FIRST_AMOUNT + 3},
    {"回|times", FORM_UNIT_FIRST_AMOUNT + 4},
    {"個|つ|コ|pieces|pcs", FORM_UNIT_FIRST_AMOUNT + 5},
    {"%|パーセント|percent", FORM_UNIT_FIRST_AMOUNT + 6},
    {"台", FORM_UNIT_FIRST_AMOUNT + 7},
    {"歳|才|years old", FORM_UNIT_FIRST_AMOUNT + 8},
    {"日間|日|days|day", FORM_UNIT_FIRST_AMOUNT + 9},
    {"時", FORM_UNIT_FIRST_AMOUNT + 10},
    {"か月|ヶ月|カ月|ヵ月|months|month", FORM_UNIT_FIRST_AMOUNT + 11},
    {"月", FORM_UNIT_FIRST_AMOUNT + 12},
    {"年|years|year", FORM_UNIT_FIRST_AMOUNT + 13},
    {"枚|sheets", FORM_UNIT_FIRST_AMOUNT + 14},
    {"本", FORM_UNIT_FIRST_AMOUNT + 15},
    {"冊", FORM_UNIT_FIRST_AMOUNT + 16},
    {"件", FORM_UNIT_FIRST_AMOUNT + 17},
    {"週間|weeks|week", FORM_UNIT_FIRST_AMOUNT + 18},
    {"階", FORM_UNIT_FIRST_AMOUNT + 19},
    {"日目", FORM_UNIT_FIRST_AMOUNT + 20},
    {"gb|tb|mb|kb", FORM_UNIT_FIRST_AMOUNT + 21},
    {"km|m|cm|mm", FORM_UNIT_FIRST_AMOUNT + 22},
    {"kg|g", FORM_UNIT_FIRST_AMOUNT + 23},
    {"号|限|期|組|班|部", FORM_UNIT_FIRST_AMOUNT + 24},
};

static bool is_latin(char byte)
{
    return byte >= 'a' && byte <= 'z';
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

size_t form_unit_read(const char *text, int *unit)
{
    size_t best = 0;
    *unit = FORM_UNIT_NONE;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        for (const char *word = units[i].text; *word;) {
            size_t length = strcspn(word, "|");
            bool stands = length > best && strncmp(text, word, length) == 0;
            if (stands && (!is_latin(*word) || !is_latin(text[length]))) {
                best = length;
                *unit = units[i].unit;
            }
            word += length + (word[length] == '|');
        }
    return best;
}

enum { KANJI_BYTES = 3 };

/* 一 to 九; -1: none. */
static int kanji_digit(const char *text)
{
    static const char digits[] = "一二三四五六七八九";
    for (int i = 0; i < 9; i++)
        if (strncmp(text, digits + (size_t)i * KANJI_BYTES, KANJI_BYTES) == 0)
            return i + 1;
    return -1;
}

/* 十 百 千 万; 0: none. */
static double kanji_power(const char *text)
{
    static const struct {
        const char *text;
        double power;
    } powers[] = {{"十", 10}, {"百", 100}, {"千", 1000}, {"万", 10000}};
    for (size_t i = 0; i < sizeof powers / sizeof *powers; i++)
        if (strncmp(text, powers[i].text, KANJI_BYTES) == 0)
            return powers[i].power;
    return 0;
}

/* U+4E00 to U+9FFF */
static bool is_kanji(const char *text)
{
    unsigned char lead = (unsigned char)text[0];
    return lead >= 0xE4 && lead <= 0xE9 && (lead > 0xE4 || (unsigned char)text[1] >= 0xB8);
}

/* Digits, with their commas when they are grouped: 1,200 but not 1,20 nor 1,2345. */
static size_t read_digits(const char *text, bool grouped, double *number, bool *is_decimal)
{
    enum { MOST_DIGITS = 15, GROUP = 3 };
    char digits[2 * MOST_DIGITS + 2];
    size_t length = strspn(text, "0123456789");
    if (length > MOST_DIGITS)
        return 0;
    memcpy(digits, text, length);
    size_t kept = length;
    while (grouped && length <= MOST_DIGITS && text[length] == ',' &&
           strspn(text + length + 1, "0123456789") == GROUP && kept + GROUP <= MOST_DIGITS) {
        memcpy(digits + kept, text + length + 1, GROUP);
        kept += GROUP;
        length += 1 + GROUP;
    }
    size_t fraction = text[length] == '.' ? strspn(text + length + 1, "0123456789") : 0;
    if (fraction > 0 && fraction <= MOST_DIGITS) {
        memcpy(digits + kept, text + length, 1 + fraction);
        kept += 1 + fraction;
        length += 1 + fraction;
        *is_decimal = true;
    }
    digits[kept] = '\0';
    *number = strtod(digits, NULL);
    return length;
}

/* One numeral while it is read: (total) + (section) + current. */
struct numeral {
    double total;
    double section;
    double current; /* -1: no digit stands open */
};

static void multiply(struct numeral *numeral, double power)
{
    if (power >= 10000) {
        double below = numeral->section + (numeral->current < 0 ? 0 : numeral->current);
        numeral->total += (below > 0 ? below : 1) * power;
        numeral->section = 0;
    } else {
        numeral->section += (numeral->current < 0 ? 1 : numeral->current) * power;
    }
    numeral->current = -1;
}

size_t form_numeral_read(const char *start, size_t at, bool grouped, double *number, bool *is_decimal)
{
    struct numeral numeral = {.current = -1};
    size_t length = 0;
    bool has_kanji = false;
    *is_decimal = false;
    for (;;) {
        const char *text = start + at + length;
        if (is_digit(*text) && numeral.current < 0) {
            size_t digits = read_digits(text, grouped, &numeral.current, is_decimal);
            if (!digits)
                return 0;
            length += digits;
        } else if (kanji_digit(text) > 0) {
            numeral.current = (numeral.current < 0 ? 0 : numeral.current * 10) + kanji_digit(text);
            length += KANJI_BYTES;
            has_kanji = true;
        } else if (kanji_power(text) > 0) {
            multiply(&numeral, kanji_power(text));
            length += KANJI_BYTES;
            has_kanji = true;
        } else {
            break;
        }
    }
    int unit;
    bool follows_kanji = at >= KANJI_BYTES && is_kanji(start + at - KANJI_BYTES);
    const char *behind = start + at + length;
    bool is_rank = strncmp(behind, "位", KANJI_BYTES) == 0 || strncmp(behind, "希望", 2 * KANJI_BYTES) == 0 ||
                   strncmp(behind, "候補", 2 * KANJI_BYTES) == 0;
    bool is_word = is_kanji(behind) && !form_unit_read(behind, &unit) && !is_rank;
    if (has_kanji && !is_digit(start[at]) && (follows_kanji || is_word))
        return 0;
    *number = numeral.total + numeral.section + (numeral.current < 0 ? 0 : numeral.current);
    return length;
}
