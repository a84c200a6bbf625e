/* Any of the choices: lists, ranges, all, all but some, none. */
#include "base/buffer.h"
#include "base/memory.h"
#include "poll/form_choose.h"

static uint64_t all_of(const struct form_question *question)
{
    uint64_t all = 0;
    for (size_t i = 0; i < question->choice_count; i++)
        if (!question->choices[i].is_other)
            all |= (uint64_t)1 << i;
    return all;
}

static void list_chosen(struct form_response *response, uint64_t set)
{
    size_t count = 0;
    response->chosen = memory_array(response, size_t, sizeof set * 8);
    for (size_t place = 0; place < sizeof set * 8; place++)
        if (set >> place & 1)
            response->chosen[count++] = place;
    response->chosen = memory_resize(response, response->chosen, size_t, count);
}

void form_read_multiple(struct form_response *response, const struct form_question *question,
                        const struct form_words *words)
{
    struct choosing *choosing = form_choose(response, question, words, 1, question->choice_count);
    uint64_t chosen = choosing->chosen | (choosing->is_all ? all_of(question) : 0);
    bool is_mixed = choosing->is_all && choosing->refused;
    if (choosing->is_none && !chosen && !choosing->refused && !choosing->doubt) {
        response->is_blank = true;
        response->comment = memory_copy_text(response, choosing->comment->bytes);
        return;
    }
    if (!chosen || choosing->doubt || is_mixed || choosing->is_none) {
        form_doubt(response, words->source);
        return;
    }
    list_chosen(response, chosen);
    if (question->most && memory_count(response->chosen) > question->most) {
        response->chosen = NULL;
        form_doubt(response, words->source);
        return;
    }
    response->text = choosing->other;
    response->comment = memory_copy_text(response, choosing->comment->bytes);
    if (choosing->is_complement)
        response->verdict = ANSWER_INFERRED;
}
