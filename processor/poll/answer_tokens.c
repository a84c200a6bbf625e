/* Tokens of an answer: see answer_tokens.h. One pass, every byte looked at a bounded number of times. */
#include "poll/answer_tokens.h"

#include <string.h>

#include "base/memory.h"
#include "poll/answer_numbers.h"

enum { KANJI_FIRST = 0x3005, KANJI_LAST = 0x9FFF };

struct token *tokens_add(struct tokens *tokens, enum token_kind kind, size_t start, size_t end)
{
    if (!tokens->list || tokens->count == memory_count(tokens->list))
        tokens->list = memory_resize(tokens, tokens->list, struct token, 2 * tokens->count + 64);
    bool glued = start > 0 && tokens->folded->text[start - 1] != ' ' && tokens->folded->text[start - 1] != '\n';
    struct token *token = &tokens->list[tokens->count++];
    *token = (struct token){.kind = kind, .start = start, .end = end, .glued = glued};
    return token;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte)
{
    return byte >= 'a' && byte <= 'z';
}

static size_t code_point_bytes(const char *text)
{
    unsigned char byte = (unsigned char)*text;
    return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

/* Kana or kanji, which write words without blanks between. */
static bool is_script(const char *text)
{
    if (code_point_bytes(text) != 3)
        return false;
    unsigned code_point = ((unsigned)(unsigned char)text[0] & 0xF) << 12 |
                          ((unsigned)(unsigned char)text[1] & 0x3F) << 6 | ((unsigned)(unsigned char)text[2] & 0x3F);
    return code_point >= KANJI_FIRST && code_point <= KANJI_LAST && code_point != 0x3007 &&
           !(code_point >= 0x3008 && code_point <= 0x3020) && code_point != 0x30FB;
}

/* Whether what follows goes on in one word that we do not know. */
static bool runs_on(const char *text)
{
    size_t length;
    return is_script(text) && !answer_word_find(text, &length);
}

static const struct token *last(const struct tokens *tokens)
{
    return tokens->count ? &tokens->list[tokens->count - 1] : NULL;
}

static bool touches_unknown(const struct tokens *tokens, size_t at)
{
    const struct token *token = last(tokens);
    return token && token->kind == TOKEN_UNKNOWN && token->end == at;
}

/* ----- runs of marks ----- */

struct run_sign {
    const char *text;
    enum mark mark;
    unsigned flags;
    bool strong; /* makes a run by itself; the others are letters, digits and dashes */
};

static const struct run_sign *run_sign_at(const char *text)
{
    static const struct run_sign signs[] = {
        {"○", MARK_YES, 0, true},
        {"×", MARK_NO, 0, true},
        {"△", MARK_MAYBE, 0, true},
        {"◎", MARK_BEST, 0, true},
        {"o", MARK_YES, 0, false},
        {"x", MARK_NO, 0, false},
        {"ο", MARK_YES, 0, false},
        {"о", MARK_YES, 0, false},
        {"х", MARK_NO, 0, false},
        {"0", MARK_YES, WORD_HEDGED, false},
        {"?", MARK_MAYBE, WORD_DOUBT, false},
        {"-", MARK_NONE, 0, false},
        {"メ", MARK_NO, 0, false},
        {"レ", MARK_YES, WORD_TICK, false},
    };
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strncmp(text, signs[i].text, strlen(signs[i].text)) == 0)
            return &signs[i];
    return NULL;
}

struct run {
    size_t bytes;
    size_t signs;
    bool strong;
    bool letters; /* o or x that could be a word */
    bool crosses;
    bool zeros;
};

static struct run measure_run(const char *text)
{
    struct run run = {0};
    const struct run_sign *sign;
    while ((sign = run_sign_at(text + run.bytes)) != NULL) {
        run.bytes += strlen(sign->text);
        run.signs++;
        run.strong |= sign->strong;
        run.letters |= *sign->text == 'o' || *sign->text == 'x';
        run.crosses |= sign->mark == MARK_NO;
        run.zeros |= *sign->text == '0';
    }
    return run;
}

/* Whether a run reads as marks: symbols always, letters and zeros only where they are as many as the choices. */
static bool is_mark_run(const struct tokens *tokens, const struct run *run, const char *end)
{
    if (is_letter(*end) || is_digit(*end))
        return false;
    if (run->strong)
        return !(run->zeros && !run->crosses);
    return run->signs >= 2 && run->signs == tokens->choice_count && (run->letters || run->crosses) &&
           (!run->zeros || run->crosses);
}

/* ○○大学, ○○さん: circles for a name that is not said. */
static bool is_placeholder(const char *text)
{
    static const char *const titles[] = {"さん", "様", "先生", "殿", "氏", "会議", "部", "課", "室"};
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        if (strncmp(text, titles[i], strlen(titles[i])) == 0)
            return true;
    return runs_on(text);
}

static size_t read_run(struct tokens *tokens, size_t at)
{
    const char *text = tokens->folded->text + at;
    char before = at ? text[-1] : ' ';
    if (is_letter(before) || is_digit(before) || touches_unknown(tokens, at)) {
        if (!run_sign_at(text) || !run_sign_at(text)->strong)
            return 0;
    }
    struct run run = measure_run(text);
    if (run.signs == 0 || !is_mark_run(tokens, &run, text + run.bytes))
        return 0;
    if (run.strong && (*text == '-' || *text == '?') && (is_digit(before) || before == ')'))
        return 0;
    if (run.strong && is_placeholder(text + run.bytes)) {
        tokens_add(tokens, TOKEN_UNKNOWN, at, at + run.bytes);
        return run.bytes;
    }
    for (size_t done = 0; done < run.bytes;) {
        const struct run_sign *sign = run_sign_at(text + done);
        size_t length = strlen(sign->text);
        struct token *token = tokens_add(tokens, TOKEN_MARK, at + done, at + done + length);
        token->value = (int)sign->mark;
        token->flags = sign->flags | WORD_SYMBOL;
        done += length;
    }
    return run.bytes;
}

/* ----- words ----- */

static bool stands_apart(const struct tokens *tokens, size_t at, const char *end)
{
    return !touches_unknown(tokens, at) && !runs_on(end);
}

static size_t read_stem(struct tokens *tokens, const struct answer_word *stem, size_t at, size_t length)
{
    size_t ending_length = 0;
    const struct answer_word *ending = answer_ending_find(tokens->folded->text + at + length, &ending_length);
    struct token *token = tokens_add(tokens, ending ? ending->kind : TOKEN_UNKNOWN, at, at + length + ending_length);
    if (ending) {
        token->value = ending->value;
        token->flags = ending->flags | (ending->value == MARK_NO ? stem->flags : 0);
    }
    return length + ending_length;
}

/* です with a blank behind it ends a sentence as 。 does: 山田です 1○ 2× */
static bool ends_sentence(const struct answer_word *word, const char *after)
{
    return word->kind == TOKEN_NOISE && *after == ' ' &&
           (strcmp(word->text, "です") == 0 || strcmp(word->text, "ます") == 0);
}

/* "No." is the head of a number, or an answer that a full stop ends. */
static bool is_number_head(const char *text, size_t length)
{
    return text[length - 1] != '.' || is_digit(text[length + strspn(text + length, " ")]);
}

/* The longest word that may stand here: ほか-は-いけます holds no はい. */
static const struct answer_word *word_at(const struct tokens *tokens, size_t at, size_t *length)
{
    const char *text = tokens->folded->text + at;
    const struct answer_word *word = answer_word_find(text, length);
    while (word && ((word->flags & WORD_APART && !stands_apart(tokens, at, text + *length)) ||
                    (word->kind == TOKEN_PREFIX && !is_number_head(text, *length))))
        word = answer_word_find_shorter(text, length);
    return word;
}

/* いけます〜, ですー: a sound drawn out. */
static bool is_drawl(const struct tokens *tokens, const struct answer_word *word, size_t at, size_t length)
{
    const char *text = tokens->folded->text + at;
    const struct token *before = last(tokens);
    bool follows_word = before && before->end == at && (before->kind == TOKEN_NOISE || before->kind == TOKEN_MARK ||
                                                        before->kind == TOKEN_STOP || before->kind == TOKEN_POLITE);
    const char *next = text + length + strspn(text + length, " ");
    return word->kind == TOKEN_RANGE && !is_letter(*text) && follows_word && !(before->flags & WORD_SYMBOL) &&
           !is_digit(*next);
}

static size_t read_word(struct tokens *tokens, size_t at)
{
    const char *text = tokens->folded->text + at;
    size_t length;
    const struct answer_word *word = word_at(tokens, at, &length);
    if (!word)
        return 0;
    if ((*text == '+' || *text == '-') && length > 1 && ((at && is_digit(text[-1])) || is_digit(text[length])))
        word = answer_word_find(*text == '-' ? "-" : "&", &length); /* 10-12 holds no -1 */
    if (word->kind == TOKEN_STEM)
        return read_stem(tokens, word, at, length);
    const char *next = text + length;
    next += strspn(next, " ");
    if (length == 1 && *text == 'a' && !is_letter(*next))
        return 0; /* the choice "a", not the article */
    if (word->kind == TOKEN_ARTICLE)
        return length;
    enum token_kind kind = ends_sentence(word, text + length) ? TOKEN_STOP : word->kind;
    if (is_drawl(tokens, word, at, length))
        kind = TOKEN_NOISE;
    struct token *token = tokens_add(tokens, kind, at, at + length);
    token->value = word->value;
    token->flags = word->flags;
    return length;
}

static size_t read_blank(struct tokens *tokens, size_t at)
{
    const char *text = tokens->folded->text + at;
    if (*text == ' ')
        return strspn(text, " ");
    if (*text != '\n')
        return 0;
    size_t length = strspn(text, " \n");
    const char *second = strchr(text + 1, '\n');
    bool is_paragraph = second && (size_t)(second - text) < length;
    tokens_add(tokens, is_paragraph ? TOKEN_PARAGRAPH : TOKEN_LINE, at, at + length);
    return length;
}

/* A full stop ends a sentence; behind a number (1. ○) it is nothing. */
static size_t read_stop(struct tokens *tokens, size_t at)
{
    const char *text = tokens->folded->text + at;
    if (*text != '.')
        return 0;
    size_t length = strspn(text, ".");
    const struct token *token = last(tokens);
    bool is_stop = !(token && token->kind == TOKEN_NUMBER && token->end == at);
    tokens_add(tokens, is_stop ? TOKEN_STOP : TOKEN_NOISE, at, at + length);
    return length;
}

/* Pictures beside the words: 😊, 💦; those that mean something are in the dictionary. */
static size_t read_picture(struct tokens *tokens, size_t at)
{
    const char *text = tokens->folded->text + at;
    if (strncmp(text, "\xF0\x9F", 2) != 0)
        return 0;
    tokens_add(tokens, TOKEN_NOISE, at, at + code_point_bytes(text));
    return code_point_bytes(text);
}

/* What no rule knows: a Latin word whole, else one code point, grown onto the one before. */
static size_t read_unknown(struct tokens *tokens, size_t at)
{
    const char *text = tokens->folded->text + at;
    size_t length = code_point_bytes(text);
    if (is_letter(*text))
        while (is_letter(text[length]) || is_digit(text[length]) || text[length] == '\'')
            length++;
    if (touches_unknown(tokens, at))
        tokens->list[tokens->count - 1].end += length;
    else
        tokens_add(tokens, TOKEN_UNKNOWN, at, at + length);
    return length;
}

struct tokens *tokens_read(const void *context, const struct folded *folded, size_t choice_count)
{
    static size_t (*const readers[])(struct tokens *, size_t) = {
        read_blank, read_run, number_read, read_word, read_stop, read_picture, read_unknown,
    };
    struct tokens *tokens = memory_new(context, struct tokens);
    *tokens = (struct tokens){.folded = folded, .choice_count = choice_count};
    tokens->list = memory_resize(tokens, NULL, struct token, folded->length / 4 + 16);
    for (size_t at = 0; at < folded->length;) {
        size_t length = 0;
        for (size_t i = 0; length == 0; i++)
            length = readers[i](tokens, at);
        at += length;
    }
    return tokens;
}
