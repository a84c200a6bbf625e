/* Free text: kept as it was written. 「特になし」 is an answer, too. */
#include <string.h>

#include "base/memory.h"
#include "poll/form_words.h"

bool form_is_courtesy(const char *text)
{
    static const char *const words[] = {"よろしく", "宜しく", "お願い",    "ありがと",   "お疲れ",
                                        "おつかれ", "お世話", "失礼",      "以上",       "regards",
                                        "thank",    "cheers", "sincerely", "best wishes"};
    bool is_polite = false;
    char *key = text_fold_key(NULL, text);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        is_polite |= strstr(key, words[i]) != NULL;
    talloc_free(key);
    return is_polite && answer_is_courtesy(text);
}

static bool is_blank(const char *passage)
{
    static const struct form_question any = {.kind = FORM_TEXT};
    void *scratch = talloc_new(NULL);
    struct form_words *words = form_words_read(scratch, &any, passage);
    bool blank = words->count > 0 && form_words_skip(words);
    bool says_none = false;
    bool says_more = false;
    for (size_t i = 0; i < words->count; i++) {
        enum form_word_kind kind = words->list[i].kind;
        says_none |= kind == FORM_WORD_NONE;
        says_more |= kind != FORM_WORD_NONE && kind != FORM_WORD_NOISE && kind != FORM_WORD_STOP;
    }
    talloc_free(scratch);
    return blank || (says_none && !says_more);
}

/* Without the lines of mere courtesy at its end, unless there is nothing else. */
static size_t own_length(const char *passage)
{
    size_t length = strlen(passage);
    for (;;) {
        while (length && strchr(" \t\r\n", passage[length - 1]))
            length--;
        size_t start = length;
        while (start && passage[start - 1] != '\n')
            start--;
        if (start == 0)
            return length;
        char *line = memory_copy_bytes(NULL, passage + start, length - start);
        bool is_courtesy = form_is_courtesy(line);
        talloc_free(line);
        if (!is_courtesy)
            return length;
        length = start;
    }
}

void form_read_text(struct form_response *response, const char *passage)
{
    enum { LONGEST_BLANK = 100 };
    passage += strspn(passage, " \t\r\n");
    if (strlen(passage) <= LONGEST_BLANK && is_blank(passage))
        response->is_blank = true;
    response->text = memory_copy_bytes(response, passage, own_length(passage));
}
