/* Finding words: see answer_words.h. Both dictionaries are sorted, so that a search narrows byte by byte. */
#include "poll/answer_words.h"

#include <stdint.h>
#include <string.h>

static bool is_letter(char byte)
{
    return byte >= 'a' && byte <= 'z';
}

/* Whether a Latin word goes on here: a letter, or an apostrophe before one ("can" in "can't"). */
static bool goes_on(const char *text)
{
    static const char apostrophe[] = "\xE2\x80\x99";
    if (*text == '\'')
        return is_letter(text[1]);
    if (strncmp(text, apostrophe, sizeof apostrophe - 1) == 0)
        return is_letter(text[sizeof apostrophe - 1]);
    return is_letter(*text);
}

/* Longest match: each further byte narrows the rows that still agree; whole rows on the way are remembered. */
const struct answer_word *answer_word_longest(const struct answer_word *words, size_t count, const char *text,
                                              size_t most)
{
    const struct answer_word *best = NULL;
    size_t low = 0;
    size_t high = count;
    for (size_t at = 0; at < most && text[at] && low < high; at++) {
        unsigned char byte = (unsigned char)text[at];
        size_t first = low;
        for (size_t end = high; first < end;) {
            size_t middle = first + (end - first) / 2;
            if ((unsigned char)words[middle].text[at] < byte)
                first = middle + 1;
            else
                end = middle;
        }
        size_t last = first;
        for (size_t end = high; last < end;) {
            size_t middle = last + (end - last) / 2;
            if ((unsigned char)words[middle].text[at] <= byte)
                last = middle + 1;
            else
                end = middle;
        }
        low = first;
        high = last;
        if (low < high && !words[low].text[at + 1] && !(is_letter(text[at]) && goes_on(text + at + 1)))
            best = &words[low++];
    }
    return best;
}

static const struct answer_word *find(const char *text, size_t most, size_t *length)
{
    size_t count;
    const struct answer_word *words = is_letter(*text) ? answer_words_latin(&count) : answer_words_other(&count);
    const struct answer_word *word = answer_word_longest(words, count, text, most);
    if (word)
        *length = strlen(word->text);
    return word;
}

const struct answer_word *answer_word_find(const char *text, size_t *length)
{
    return find(text, SIZE_MAX, length);
}

const struct answer_word *answer_word_find_shorter(const char *text, size_t *length)
{
    return find(text, *length - 1, length);
}

const struct answer_word *answer_ending_find(const char *text, size_t *length)
{
    static const struct answer_word endings[] = {
        {"かねます", TOKEN_MARK, MARK_NO, WORD_NEGATED},
        {"ず", TOKEN_MARK, MARK_NO, WORD_NEGATED},
        {"そう", TOKEN_MARK, MARK_YES, WORD_HEDGED},
        {"そうです", TOKEN_MARK, MARK_YES, WORD_HEDGED},
        {"そうなら", TOKEN_CONDITION, 0, 0},
        {"そうにありません", TOKEN_MARK, MARK_NO, WORD_NEGATED},
        {"そうにない", TOKEN_MARK, MARK_NO, WORD_NEGATED},
        {"そうもありません", TOKEN_MARK, MARK_NO, WORD_NEGATED},
        {"そうもない", TOKEN_MARK, MARK_NO, WORD_NEGATED},
        {"ない", TOKEN_MARK, MARK_NO, WORD_NEGATED},
        {"ないかも", TOKEN_MARK, MARK_MAYBE, WORD_NEGATED},
        {"ないかもしれない", TOKEN_MARK, MARK_MAYBE, WORD_NEGATED},
        {"ないかもしれません", TOKEN_MARK, MARK_MAYBE, WORD_NEGATED},
        {"ないことはない", TOKEN_HEDGE, 0, 0},
        {"ないこともない", TOKEN_HEDGE, 0, 0},
        {"ないです", TOKEN_MARK, MARK_NO, WORD_NEGATED},
        {"なければ", TOKEN_CONDITION, 0, 0},
        {"なさそう", TOKEN_MARK, MARK_NO, WORD_NEGATED},
        {"なさそうです", TOKEN_MARK, MARK_NO, WORD_NEGATED},
        {"なら", TOKEN_CONDITION, 0, 0},
        {"へん", TOKEN_MARK, MARK_NO, WORD_NEGATED},
        {"ました", TOKEN_ALLEGED, 0, 0},
        {"ます", TOKEN_MARK, MARK_YES, 0},
        {"ますか", TOKEN_QUESTION, 0, 0},
        {"ません", TOKEN_MARK, MARK_NO, WORD_NEGATED},
        {"ませんか", TOKEN_QUESTION, 0, 0},
        {"ませんでした", TOKEN_ALLEGED, 0, 0},
        {"まへん", TOKEN_MARK, MARK_NO, WORD_NEGATED},
        {"る", TOKEN_MARK, MARK_YES, 0},
        {"るか", TOKEN_HEDGE, 0, 0},
        {"るかも", TOKEN_MARK, MARK_MAYBE, WORD_NEGATED},
        {"るかもしれない", TOKEN_MARK, MARK_MAYBE, WORD_NEGATED},
        {"るかもしれません", TOKEN_MARK, MARK_MAYBE, WORD_NEGATED},
        {"るなら", TOKEN_CONDITION, 0, 0},
        {"るようなら", TOKEN_CONDITION, 0, 0},
        {"るようになりました", TOKEN_MARK, MARK_YES, 0},
        {"れば", TOKEN_CONDITION, 0, 0},
    };
    const struct answer_word *ending = answer_word_longest(endings, sizeof endings / sizeof *endings, text, SIZE_MAX);
    if (ending)
        *length = strlen(ending->text);
    return ending;
}
