/* What stands in the brackets behind a question: see form_draft.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "poll/form.h"
#include "poll/form_draft.h"
#include "poll/form_numerals.h"
#include "text/fold.h"

/* Folded; "|" between words of one meaning. */
static const struct {
    const char *words;
    const char *kind;
} kinds[] = {
    {"1つ|一つ|ひとつ|1つ選択|1つだけ|択一|単一|単一選択|single|one|choose one|pick one", "single"},
    {"複数|複数選択|複数可|複数回答|複数回答可|いくつでも|multiple|any|choose any|several", "multiple"},
    {"数値|数字|人数|金額|number|numeric", "number"},
    {"順位|順番|順位付け|ランキング|希望順|ranking|rank|order", "ranking"},
    {"記述|自由記述|自由回答|自由|自由記入|text|free text|free|comment", "text"},
    {"出欠|attendance", "attendance"},
    {"評価|点数|scale|rating", "scale"},
};

static bool is_one_of(const char *word, size_t length, const char *words)
{
    while (*words) {
        size_t width = strcspn(words, "|");
        if (width == length && strncmp(word, words, width) == 0)
            return true;
        words += width + (words[width] == '|');
    }
    return false;
}

static void set_text(const void *context, char **field, long number)
{
    *field = memory_format(context, "%ld", number);
}

/* "5段階", 「3つまで」, "up to 3", 「上位2」, "top 2": a number within a word. */
static bool read_numbered(const void *context, const char *word, struct poll_question *question)
{
    const char *digits = word + strcspn(word, "0123456789");
    long number = strtol(digits, NULL, 10);
    const char *behind = digits + strspn(digits, "0123456789");
    if (!*digits || number < 1 || number > FORM_CHOICES)
        return false;
    size_t before = (size_t)(digits - word);
    if (before == 0 && is_one_of(behind, strlen(behind), "段階|段階評価|点満点|point scale|-point scale")) {
        question->kind = memory_copy_text(context, "scale");
        set_text(context, &question->low, 1);
        set_text(context, &question->high, number);
        return true;
    }
    if ((before == 0 && is_one_of(behind, strlen(behind), "つまで|個まで|枠まで|まで|つ|つ選択")) ||
        (is_one_of(word, before, "up to |at most |max ") && !*behind)) {
        question->kind = memory_copy_text(context, number == 1 ? "single" : "multiple");
        question->most = number == 1 ? 0 : number;
        return true;
    }
    if (is_one_of(word, before, "上位|上位 |top |top") && is_one_of(behind, strlen(behind), "|つ|位|位まで")) {
        question->kind = memory_copy_text(context, "ranking");
        question->most = number;
        return true;
    }
    return false;
}

/* "0-10", 「1〜5」 */
static bool read_bounds(const void *context, const char *word, struct poll_question *question)
{
    char *end;
    long low = strtol(word, &end, 10);
    if (end == word || (*end != '-' && *end != '~'))
        return false;
    const char *second = end + 1;
    long high = strtol(second, &end, 10);
    if (end == second || *end || high <= low)
        return false;
    set_text(context, &question->low, low);
    set_text(context, &question->high, high);
    if (!question->kind)
        question->kind = memory_copy_text(context, "scale");
    return true;
}

static bool read_word(const void *context, const char *word, struct poll_question *question)
{
    size_t length = strlen(word);
    int unit;
    if (is_one_of(word, length, "必須|要回答|required|mandatory")) {
        question->required = true;
        return true;
    }
    if (is_one_of(word, length, "任意|optional"))
        return true;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (is_one_of(word, length, kinds[i].words)) {
            question->kind = memory_copy_text(context, kinds[i].kind);
            return true;
        }
    if (read_numbered(context, word, question) || read_bounds(context, word, question))
        return true;
    if (form_unit_read(word, &unit) != length || unit == FORM_UNIT_PLACE)
        return false;
    question->unit = memory_copy_text(context, word);
    if (!question->kind)
        question->kind = memory_copy_text(context, "number");
    return true;
}

/* A piece between commas: 「必須」, "choose one", or several words of one meaning each with blanks between them. */
static bool read_piece(const void *context, char *piece, struct poll_question *question)
{
    char *save = NULL;
    bool well = true;
    piece += strspn(piece, " ");
    for (size_t length = strlen(piece); length && piece[length - 1] == ' ';)
        piece[--length] = '\0';
    if (read_word(context, piece, question))
        return true;
    for (char *word = strtok_r(piece, " ", &save); word && well; word = strtok_r(NULL, " ", &save))
        well = read_word(context, word, question);
    return well;
}

bool form_read_attributes(const void *context, const char *words, struct poll_question *question)
{
    struct poll_question read = *question;
    char *folded = text_fold_key(NULL, words);
    char *save = NULL;
    bool well = true;
    bool any = false;
    for (char *c = folded; (c = strstr(c, "、")) || (c = strstr(folded, "・"));) /* to one separator */
        memcpy(c, ",  ", sizeof "、" - 1);
    for (char *piece = strtok_r(folded, ",/;", &save); piece && well; piece = strtok_r(NULL, ",/;", &save)) {
        bool is_blank = !piece[strspn(piece, " ")];
        any = any || !is_blank;
        well = is_blank || read_piece(context, piece, &read);
    }
    talloc_free(folded);
    if (any && well)
        *question = read;
    return any && well;
}
