/* A step of a scale: its number, 点, stars, or the name of the step. Nothing between two steps is one. */
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "poll/form_choose.h"

/* "4 (満足)" names the step twice: that is no remark. */
static bool names_step(const struct form_question *question, size_t step, const char *comment)
{
    char *key = text_fold_key(NULL, comment);
    size_t length = strlen(key);
    bool is_bracketed = length > 2 && key[0] == '(' && key[length - 1] == ')';
    bool names = is_bracketed && step < question->choice_count && strlen(question->keys[step]) == length - 2 &&
                 strncmp(key + 1, question->keys[step], length - 2) == 0;
    talloc_free(key);
    return names;
}

void form_read_scale(struct form_response *response, const struct form_question *question,
                     const struct form_words *words)
{
    size_t count = (size_t)(question->high - question->low) + 1;
    struct choosing *choosing = form_choose(response, question, words, question->low, count);
    uint64_t chosen = choosing->chosen;
    bool is_one = chosen && !(chosen & (chosen - 1));
    if (!is_one || choosing->doubt || choosing->is_all || choosing->is_none) {
        form_doubt(response, words->source);
        return;
    }
    size_t step = 0;
    while (!(chosen >> step & 1))
        step++;
    response->number = question->low + (double)step;
    if (!names_step(question, step, choosing->comment->bytes))
        response->comment = memory_copy_text(response, choosing->comment->bytes);
}
