/* One of the choices: what names exactly one of them, and leaves nothing open. */
#include "base/buffer.h"
#include "base/memory.h"
#include "poll/form_choose.h"

static size_t count_bits(uint64_t set)
{
    size_t count = 0;
    for (; set; set &= set - 1)
        count++;
    return count;
}

static size_t lowest_bit(uint64_t set)
{
    size_t place = 0;
    while (!(set >> place & 1))
        place++;
    return place;
}

void form_read_single(struct form_response *response, const struct form_question *question,
                      const struct form_words *words)
{
    struct choosing *choosing = form_choose(response, question, words, 1, question->choice_count);
    bool is_one = count_bits(choosing->chosen) == 1 && !choosing->is_complement && !choosing->doubt &&
                  !choosing->is_all && !choosing->is_none;
    if (!is_one) {
        form_doubt(response, words->source);
        return;
    }
    response->chosen = memory_array(response, size_t, 1);
    response->chosen[0] = lowest_bit(choosing->chosen);
    response->text = choosing->other;
    response->comment = memory_copy_text(response, choosing->comment->bytes);
}
