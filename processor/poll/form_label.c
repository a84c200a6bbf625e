/* Choices and bounds: see form_label.h. */
#include "poll/form_label.h"

#include <string.h>

#include "base/memory.h"
#include "text/fold.h"

/* "b)", "b.", "(b)", "ア)" in front of a label; the bytes of it. */
static size_t read_letter(const struct folded *folded, char *letter)
{
    static const char kana[] = "アイウエオカキクケコ";
    enum { KANA = 3 };
    const char *text = folded->text;
    size_t open = *text == '(';
    size_t length = 0;
    if (text[open] >= 'a' && text[open] <= 'z')
        length = 1;
    for (size_t i = 0; !length && i + KANA < sizeof kana; i += KANA)
        if (strncmp(text + open, kana + i, KANA) == 0)
            length = KANA;
    if (!length)
        return 0;
    memcpy(letter, text + open, length);
    letter[length] = '\0';
    char close = text[open + length];
    bool is_alone = !close && !open;
    if (!is_alone && close != ')' && (open || (close != '.' && close != ':')))
        return 0;
    return open + length + !is_alone;
}

static bool is_other(const char *label)
{
    static const char *const words[] = {"その他", "そのほか", "other", "others"};
    char *key = text_fold_key(NULL, label);
    bool found = false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t length = strlen(words[i]);
        if (strncmp(key, words[i], length) != 0)
            continue;
        bool is_word = !key[length] ||
                       !((key[length] >= 'a' && key[length] <= 'z') || (unsigned char)key[length] >= 0x80);
        found |= is_word;
    }
    talloc_free(key);
    return found;
}

struct form_choice form_choice_read(const void *context, const char *text)
{
    enum { LETTER_BYTES = 4 };
    char letter[LETTER_BYTES];
    text += strspn(text, " \t");
    struct folded *folded = text_fold(NULL, text, strlen(text));
    size_t length = read_letter(folded, letter);
    struct form_choice choice = {0};
    if (length) {
        choice.letter = memory_copy_text(context, letter);
        const char *rest = text + folded->origin[length];
        rest += strspn(rest, " \t");
        if (*rest)
            text = rest;
    }
    choice.label = memory_copy_text(context, text);
    choice.is_other = is_other(text);
    talloc_free(folded);
    return choice;
}

bool form_scale_is_sound(const struct form_question *question)
{
    double steps = question->high - question->low;
    bool is_whole = question->low >= -1000 && question->high <= 1000 &&
                    !(question->low < (double)(long)question->low) && !(question->low > (double)(long)question->low) &&
                    !(steps < (double)(long)steps) && !(steps > (double)(long)steps);
    return is_whole && steps >= 1 && steps < FORM_CHOICES;
}

json_t *form_number_view(double number)
{
    enum { EXACT = 1000000000 };
    bool is_whole = number > -EXACT && number < EXACT && !(number < (double)(long)number) &&
                    !(number > (double)(long)number);
    return is_whole ? json_integer((json_int_t)number) : json_real(number);
}
