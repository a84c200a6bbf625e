/* From text to tokens: see when_parts.h. */
#include <string.h>

#include "base/memory.h"
#include "text/when_parts.h"

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte)
{
    return byte >= 'a' && byte <= 'z';
}

/* Bytes of the character at `text`, which is valid UTF-8. */
static size_t character_size(const char *text)
{
    unsigned char lead = (unsigned char)*text;
    return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/* The value of a kanji digit (十 is 10), or -1; all are three bytes. */
static int kanji_digit(const char *text)
{
    static const char *const digits[] = {"〇", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"};
    if ((unsigned char)*text < 0xE3 || (unsigned char)*text > 0xE5)
        return -1;
    for (int i = 0; i < 11; i++)
        if (text[2] == digits[i][2] && text[1] == digits[i][1] && *text == *digits[i])
            return i;
    return -1;
}

/* 二〇二六 and 二十五 alike; too large ones stop growing. */
static void read_kanji_number(const char *text, struct token *token)
{
    int value = 0;
    int digit;
    int tens = 0;
    while ((digit = kanji_digit(text + token->end)) >= 0) {
        if (digit == 10) {
            tens += value ? value * 10 : 10;
            value = 0;
        } else if (value < 10000) {
            value = value * 10 + digit;
        }
        token->end += 3;
    }
    token->kind = TOKEN_NUMBER;
    token->value = tens < 10000 ? tens + value : tens;
}

static void read_number(const char *text, struct token *token)
{
    token->kind = TOKEN_NUMBER;
    for (; is_digit(text[token->end]); token->end++) {
        if (token->value < 100000000)
            token->value = token->value * 10 + (text[token->end] - '0');
        token->digits++;
    }
}

/* ① was folded to the same digit as 1, but does not come from one; 1️⃣ is followed by what was a keycap. */
static bool is_enclosed(const struct folded *folded, const char *source, const struct token *token)
{
    const char *origin = source + folded->origin[token->start];
    bool is_fullwidth = memcmp(origin, "\xEF\xBC", strnlen(origin, 2)) == 0;
    if (!is_digit(*origin) && !is_fullwidth && (unsigned char)*origin >= 0xE2)
        return true;
    return folded->text[token->end] == ' ' && strncmp(source + folded->origin[token->end], "\xE2\x83\xA3", 3) == 0;
}

/* Any bracket as "(" or ")", 0 for what is none: ( [ < and 〈 to 】, 〔 〕, which are E3 80 88 and on, in pairs. */
static int bracket_of(const char *text)
{
    unsigned char last = (unsigned char)text[0] == 0xE3 && (unsigned char)text[1] == 0x80 ? (unsigned char)text[2] : 0;
    if ((last >= 0x88 && last <= 0x91) || last == 0x94 || last == 0x95)
        return last % 2 ? ')' : '(';
    if (*text == '(' || *text == '[' || *text == '<')
        return '(';
    return *text == ')' || *text == ']' ? ')' : 0;
}

static void read_sign(const char *text, struct token *token)
{
    const char *at = text + token->start;
    token->end = token->start + character_size(at);
    token->value = bracket_of(at);
    if (!token->value && (unsigned char)*at < 0x80)
        token->value = (unsigned char)*at;
    token->kind = token->value ? TOKEN_SIGN : TOKEN_OTHER;
}

/* The longest word of both dictionaries, the second one before the first. */
static const struct word *find_word(const struct dictionary *more, const char *at, size_t length, bool is_whole)
{
    const struct word *word = when_find_word(&when_words, at, length, is_whole);
    const struct word *other = more ? when_find_word(more, at, length, is_whole) : NULL;
    bool is_shorter = other && word && strlen(other->text) < strlen(word->text);
    return other && !is_shorter ? other : word;
}

/* "a.m." and "p.m.", with or without the last dot. */
static bool read_dotted_half(const char *text, struct token *token)
{
    const char *at = text + token->start;
    if ((*at != 'a' && *at != 'p') || at[1] != '.' || at[2] != 'm' || is_letter(at[3]))
        return false;
    token->kind = *at == 'a' ? TOKEN_FORENOON : TOKEN_AFTERNOON;
    token->end = token->start + (at[3] == '.' ? 4 : 3);
    return true;
}

static void read_word(const char *text, size_t length, const struct dictionary *more, struct token *token)
{
    const char *at = text + token->start;
    bool is_latin = is_letter(*at);
    size_t size = 0;
    if (read_dotted_half(text, token))
        return;
    while (is_latin && is_letter(at[size]))
        size++;
    const struct word *word = find_word(more, at, is_latin ? size : length - token->start, is_latin);
    if (word) {
        token->kind = word->kind;
        token->value = word->value;
        token->end = token->start + strlen(word->text);
    } else if (is_latin) {
        token->kind = TOKEN_OTHER;
        token->end = token->start + size;
    } else if (kanji_digit(at) >= 0) {
        read_kanji_number(text, token);
    } else {
        read_sign(text, token);
    }
}

struct token *when_tokenize(const void *context, const struct folded *folded, const char *source,
                            const struct dictionary *more, size_t *count)
{
    const char *text = folded->text;
    size_t capacity = folded->length / 2 + 16;
    struct token *tokens = memory_array(context, struct token, capacity);
    *count = 0;
    bool is_spaced = false;
    for (size_t at = 0; at < folded->length;) {
        if (text[at] == ' ' || text[at] == '\n') {
            is_spaced = true;
            at++;
            continue;
        }
        if (*count + 2 > capacity) {
            capacity *= 2;
            tokens = memory_resize(context, tokens, struct token, capacity);
        }
        struct token *token = &tokens[(*count)++];
        *token = (struct token){.start = at, .end = at, .is_spaced = is_spaced};
        if (is_digit(text[at])) {
            read_number(text, token);
            if (is_enclosed(folded, source, token))
                token->kind = TOKEN_LABEL;
        } else {
            read_word(text, folded->length, more, token);
        }
        is_spaced = false;
        at = token->end;
    }
    tokens[*count] = (struct token){.kind = TOKEN_END, .start = folded->length, .end = folded->length};
    return tokens;
}

bool when_is_compact_date(const struct token *token)
{
    struct civil date = {token->value / 10000, token->value / 100 % 100, token->value % 100, 0, 0};
    return token->digits == 8 && date.year >= 1900 && date.year < 2100 && civil_is_valid(date);
}

bool when_is_compact_time(const struct token *token)
{
    return token->kind == TOKEN_NUMBER && token->digits == 4 && token->value / 100 <= 24 && token->value % 100 < 60;
}

bool when_accept(struct reader *reader, enum token_kind kind)
{
    if (when_peek(reader, 0)->kind != kind)
        return false;
    reader->at++;
    return true;
}

bool when_accept_sign(struct reader *reader, char sign)
{
    const struct token *token = when_peek(reader, 0);
    if (token->kind != TOKEN_SIGN || token->value != sign)
        return false;
    reader->at++;
    return true;
}

bool when_is_range(const struct token *token)
{
    return token->kind == TOKEN_RANGE || (token->kind == TOKEN_SIGN && (token->value == '-' || token->value == '~'));
}

bool when_is_list(const struct token *token)
{
    return token->kind == TOKEN_LIST || token->kind == TOKEN_EITHER ||
           (token->kind == TOKEN_SIGN && (token->value == ',' || token->value == '/'));
}
