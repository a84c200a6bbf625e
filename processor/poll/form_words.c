/* The words of a response: see form_words.h. One pass over the folded text, the longest word first. */
#include "poll/form_words.h"

#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "poll/form_dictionary.h"
#include "poll/form_numerals.h"

struct lexer {
    const struct form_question *question;
    struct form_words *words;
    const char *text; /* folded */
    size_t at;
};

static struct form_word *add(struct lexer *lexer, enum form_word_kind kind, size_t length)
{
    struct form_words *words = lexer->words;
    if (words->count == memory_count(words->list))
        words->list = memory_resize(words, words->list, struct form_word, 2 * words->count + 16);
    struct form_word *word = &words->list[words->count++];
    bool glued = lexer->at > 0 && lexer->text[lexer->at - 1] != ' ' && lexer->text[lexer->at - 1] != '\n';
    *word = (struct form_word){.kind = kind, .glued = glued, .start = lexer->at, .end = lexer->at + length};
    lexer->at += length;
    return word;
}

static bool begins(const char *text, const char *word)
{
    return strncmp(text, word, strlen(word)) == 0;
}

/* ----- numbers ----- */

static bool is_unit_asked_for(const struct form_question *question, const char *behind, int unit, size_t length,
                              size_t *taken)
{
    *taken = length;
    if (question->kind != FORM_NUMBER)
        return unit == FORM_UNIT_NONE || unit == FORM_UNIT_PLACE ||
               (unit == FORM_UNIT_POINT && question->kind == FORM_SCALE);
    if (!question->unit || unit == FORM_UNIT_NONE)
        return unit != FORM_UNIT_PLACE;
    void *scratch = talloc_new(NULL);
    char *key = text_fold_key(scratch, question->unit);
    int asked;
    bool same = form_unit_read(key, &asked) && asked == unit;
    if (!same && begins(behind, key)) {
        *taken = strlen(key);
        same = true;
    }
    talloc_free(scratch);
    return same;
}

/* "-3" where that can be an answer: a dash in front, and nothing that it could join. */
static bool takes_sign(const struct lexer *lexer)
{
    const struct form_question *question = lexer->question;
    bool may_be_negative = (question->kind == FORM_NUMBER || question->kind == FORM_SCALE) &&
                           (!question->has_low || question->low < 0);
    return may_be_negative && lexer->text[lexer->at] == '-' && lexer->text[lexer->at + 1] >= '0' &&
           lexer->text[lexer->at + 1] <= '9' && (lexer->at == 0 || strchr(" \n:(", lexer->text[lexer->at - 1]));
}

static bool take_rank(struct lexer *lexer)
{
    if (lexer->question->kind != FORM_RANKING)
        return false;
    size_t before = begins(lexer->text + lexer->at, "第") ? strlen("第") : 0;
    double number;
    bool is_decimal;
    size_t digits = form_numeral_read(lexer->text, lexer->at + before, false, &number, &is_decimal);
    if (!digits && before) { /* 第一 stands behind a kanji by itself */
        char *copy = memory_copy_text(NULL, lexer->text + lexer->at + before);
        digits = form_numeral_read(copy, 0, false, &number, &is_decimal);
        talloc_free(copy);
    }
    const char *behind = lexer->text + lexer->at + before + digits;
    static const char *const endings[] = {"位", "希望", "候補", "番目に", "番手"};
    for (size_t i = 0; digits && i < sizeof endings / sizeof *endings; i++)
        if (begins(behind, endings[i])) {
            add(lexer, FORM_WORD_RANK, before + digits + strlen(endings[i]))->number = number;
            return true;
        }
    return false;
}

static bool take_number(struct lexer *lexer)
{
    size_t sign = takes_sign(lexer) ? 1 : 0;
    double number;
    bool is_decimal;
    size_t length = form_numeral_read(lexer->text, lexer->at + sign, lexer->question->kind == FORM_NUMBER, &number,
                                      &is_decimal);
    if (!length)
        return false;
    length += sign;
    const char *behind = lexer->text + lexer->at + length;
    size_t blank = *behind == ' ';
    int unit;
    size_t width = form_unit_read(behind + blank, &unit);
    size_t taken;
    bool is_level = begins(behind, "点満点") || begins(behind, "段階");
    bool is_asked = is_level || is_unit_asked_for(lexer->question, behind + blank, unit, width, &taken);
    bool touches_letters = !form_is_word(lexer->text, lexer->at, length) && width == 0;
    enum form_word_kind kind = is_asked && !touches_letters ? FORM_WORD_NUMBER : FORM_WORD_QUANTITY;
    size_t unit_length = is_level || (!width && !(is_asked && taken)) ? 0 : blank + (is_asked ? taken : width);
    struct form_word *word = add(lexer, kind, length + unit_length);
    word->number = sign ? -number : number;
    word->is_decimal = is_decimal;
    return true;
}

/* ★★★☆☆ is three of five. */
static void take_stars(struct lexer *lexer)
{
    static const char *const stars[] = {"★", "⭐", "☆"};
    double number = 0;
    size_t length = 0;
    size_t width;
    do {
        width = 0;
        for (size_t i = 0; i < sizeof stars / sizeof *stars; i++)
            if (begins(lexer->text + lexer->at + length, stars[i])) {
                width = strlen(stars[i]);
                number += i < 2;
            }
        length += width;
    } while (width);
    add(lexer, FORM_WORD_STARS, length)->number = number;
}

/* ----- choices ----- */

static size_t common_length(const char *text, const char *key)
{
    size_t length = 0;
    while (key[length] && text[length] == key[length])
        length++;
    while (length && ((unsigned char)key[length] & 0xC0) == 0x80)
        length--;
    return length;
}

static bool is_hiragana(const char *text)
{
    return (unsigned char)text[0] == 0xE3 &&
           ((unsigned char)text[1] == 0x81 || ((unsigned char)text[1] == 0x82 && (unsigned char)text[2] < 0xA0));
}

static bool is_wide_letter(const char *text)
{
    return (unsigned char)text[0] >= 0xE3 && !begins(text, "、") && !begins(text, "。") && !begins(text, "」") &&
           !begins(text, "・");
}

/* Whether the beginning of a label may end here: the reader has typed a word, and not another one. */
static bool ends_beginning(const char *text, size_t length)
{
    enum { FEWEST_LETTERS = 3, FEWEST_BYTES = 6, WIDE = 3 };
    const char *behind = text + length;
    if ((unsigned char)text[0] < 0x80)
        return length >= FEWEST_LETTERS && form_is_word(text, 0, length);
    bool ends_in_hiragana = length >= WIDE && is_hiragana(behind - WIDE);
    return length >= FEWEST_BYTES && (!is_wide_letter(behind) || (is_hiragana(behind) && !ends_in_hiragana));
}

/* 「参加」 is no beginning of 「参加しない」. */
static bool turns_round(const char *rest)
{
    static const char *const words[] = {"ない", "ません", "なし", "以外",  "不可", "不",
                                        "せず", "not",    "n't",  "never", "no "};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(rest, words[i]))
            return true;
    return false;
}

struct match {
    size_t place;
    size_t length;
    bool is_whole;
    bool is_unsure; /* the beginning of several */
};

static void weigh(struct match *best, const struct lexer *lexer, const char *key, size_t place)
{
    const char *text = lexer->text + lexer->at;
    size_t length = common_length(text, key);
    if (!length)
        return;
    bool is_whole = !key[length] && form_is_word(lexer->text, lexer->at, length);
    while (length && text[length - 1] == ' ')
        length--;
    if (!is_whole && (!form_is_word(lexer->text, lexer->at, 0) || !ends_beginning(text, length)))
        return;
    if (length < best->length || (length == best->length && best->is_whole && !is_whole))
        return;
    bool ties = length == best->length && best->is_whole == is_whole;
    bool is_unsure = ties || (!is_whole && turns_round(key + length));
    *best = (struct match){place, length, is_whole, is_unsure};
}

/* The choice whose label, letter or beginning of a label stands here. */
static struct match find_choice(const struct lexer *lexer)
{
    const struct form_question *question = lexer->question;
    struct match best = {0};
    for (size_t i = 0; i < question->choice_count; i++) {
        if (*question->keys[i])
            weigh(&best, lexer, question->keys[i], i);
        const char *letter = question->letters[i];
        size_t length = letter ? strlen(letter) : 0;
        bool is_letter = length > best.length && begins(lexer->text + lexer->at, letter) &&
                         form_is_word(lexer->text, lexer->at, length) &&
                         !(is_wide_letter(letter) && is_wide_letter(lexer->text + lexer->at + length) &&
                           !is_hiragana(lexer->text + lexer->at + length));
        if (is_letter)
            best = (struct match){i, length, true, false};
    }
    return best;
}

/* ----- what stands in brackets ----- */

/* (2) and (b) are what they hold; all else in brackets is a remark. */
static bool take_bracket(struct lexer *lexer)
{
    enum { LONGEST_PLACE = 4 };
    const char *text = lexer->text + lexer->at;
    if (*text == '[' || *text == ']' || *text == ')') {
        add(lexer, FORM_WORD_NOISE, 1);
        return true;
    }
    if (*text != '(')
        return false;
    size_t inside = strcspn(text + 1, ")\n");
    size_t digits = strspn(text + 1, "0123456789 ");
    bool is_place = text[1 + inside] == ')' && inside && (digits == inside || inside <= 1 || inside == strlen("ア")) &&
                    inside <= LONGEST_PLACE;
    if (is_place)
        add(lexer, FORM_WORD_NOISE, 1);
    else
        add(lexer, FORM_WORD_REMARK, 1 + inside + (text[1 + inside] == ')'));
    return true;
}

static void take_unknown(struct lexer *lexer)
{
    const char *text = lexer->text + lexer->at;
    size_t bad;
    size_t length = 0;
    while ((text[length] >= 'a' && text[length] <= 'z') || text[length] == '\'')
        length++;
    if (!length)
        length = utf8_sequence_length(text, strlen(text) < 4 ? strlen(text) : 4, &bad);
    add(lexer, FORM_WORD_UNKNOWN, length ? length : 1);
}

/* 月曜 and 月曜日 are the same. */
static size_t day_length(const char *text, size_t length)
{
    static const char weekday[] = "曜";
    static const char day[] = "日";
    bool ends_so = length >= sizeof weekday - 1 && begins(text + length - (sizeof weekday - 1), weekday);
    return ends_so && begins(text + length, day) ? sizeof day - 1 : 0;
}

/* A word that means something else beside what it touches: 構いません holds no いません, 3人以上 is no end of a letter.
 */
static enum form_word_kind kind_here(const struct lexer *lexer, const struct form_entry *entry, size_t length)
{
    static const char bound[] = "以上";
    const struct form_words *words = lexer->words;
    const struct form_word *before = words->count ? &words->list[words->count - 1] : NULL;
    bool touches = before && before->end == lexer->at;
    if (entry->kind == FORM_WORD_RANK && lexer->question->kind != FORM_RANKING)
        return FORM_WORD_UNKNOWN;
    if (entry->kind == FORM_WORD_NONE && touches && before->kind == FORM_WORD_UNKNOWN)
        return FORM_WORD_UNKNOWN;
    bool is_bound = length == sizeof bound - 1 && memcmp(lexer->text + lexer->at, bound, length) == 0;
    if (is_bound && touches && before->kind == FORM_WORD_NUMBER)
        return FORM_WORD_ABOUT;
    return entry->kind;
}

static void take_word(struct lexer *lexer)
{
    size_t length;
    if (lexer->text[lexer->at] == '\n') {
        add(lexer, FORM_WORD_STOP, 1)->ends_line = true;
        return;
    }
    if (take_bracket(lexer) || take_rank(lexer))
        return;
    struct match choice = find_choice(lexer);
    const struct form_entry *entry = form_dictionary_find(lexer->text, lexer->at, &length);
    if (choice.length && choice.length >= length) {
        choice.length += day_length(lexer->text + lexer->at, choice.length);
        enum form_word_kind kind = choice.is_unsure ? FORM_WORD_UNSURE : FORM_WORD_CHOICE;
        add(lexer, kind, choice.length)->place = choice.place;
    } else if (takes_sign(lexer) && take_number(lexer)) {
        return;
    } else if (entry && entry->kind == FORM_WORD_STARS) {
        take_stars(lexer);
    } else if (entry) {
        enum form_word_kind kind = kind_here(lexer, entry, length);
        add(lexer, kind, length)->number = entry->number;
    } else if (!take_number(lexer)) {
        take_unknown(lexer);
    }
}

struct form_words *form_words_read(const void *context, const struct form_question *question, const char *passage)
{
    struct form_words *words = memory_new(context, struct form_words);
    words->source = passage;
    words->folded = text_fold(words, passage, strlen(passage));
    struct lexer lexer = {.question = question, .words = words, .text = words->folded->text};
    while (lexer.text[lexer.at]) {
        if (lexer.text[lexer.at] == ' ')
            lexer.at++;
        else
            take_word(&lexer);
    }
    return words;
}

char *form_words_quote(const void *context, const struct form_words *words, size_t first, size_t end)
{
    if (first >= end)
        return memory_copy_text(context, "");
    size_t start = words->folded->origin[words->list[first].start];
    size_t stop = words->folded->origin[words->list[end - 1].end];
    while (stop > start && strchr(" \t\r\n", words->source[stop - 1]))
        stop--;
    return memory_copy_bytes(context, words->source + start, stop - start);
}

bool form_words_skip(const struct form_words *words)
{
    bool skips = false;
    for (size_t i = 0; i < words->count; i++) {
        enum form_word_kind kind = words->list[i].kind;
        bool is_dash = kind == FORM_WORD_RANGE && i == 0;
        skips = skips || kind == FORM_WORD_SKIP || is_dash;
        if (kind != FORM_WORD_SKIP && kind != FORM_WORD_NOISE && kind != FORM_WORD_STOP && !is_dash)
            return false;
    }
    return skips;
}
