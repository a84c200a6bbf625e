/* A step of a scale: its number, 点, stars, or the name of the step. Nothing between two steps is one. */
#include "base/buffer.h"
#include "base/memory.h"
#include "poll/form_choose.h"

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
    response->number = question->low;
    for (; !(chosen & 1); chosen >>= 1)
        response->number += 1;
    response->comment = memory_copy_text(response, choosing->comment->bytes);
}
