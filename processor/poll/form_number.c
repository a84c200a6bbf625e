/* A number: exactly one, in the unit that is asked for and within its bounds; nothing that is "about" or "from … to".
 */
#include "base/buffer.h"
#include "base/limits.h"
#include "base/memory.h"
#include "poll/form_words.h"

struct counting {
    const struct form_words *words;
    struct buffer *comment;
    size_t first;    /* of the clause */
    size_t numbers;  /* in the clause */
    bool is_strange; /* so is the clause */
    size_t found;    /* clauses that gave the number */
    double number;
    bool doubt;
    bool is_none;
    bool in_reason;
};

static void end_clause(struct counting *counting, size_t end)
{
    if (counting->numbers && !counting->in_reason) {
        counting->doubt |= counting->is_strange;
    } else if (counting->is_strange || counting->in_reason) {
        char *text = form_words_quote(NULL, counting->words, counting->first, end);
        if (counting->comment->length)
            buffer_add_byte(counting->comment, '\n');
        buffer_add_text(counting->comment, text);
        talloc_free(text);
    }
    counting->numbers = 0;
    counting->is_strange = counting->in_reason = false;
    counting->first = end + 1;
}

static void take_number(struct counting *counting, double number)
{
    bool differs = counting->found && (number < counting->number || number > counting->number);
    counting->doubt |= differs;
    counting->number = number;
    counting->found++;
    counting->numbers++;
}

static void take(struct counting *counting, size_t i)
{
    const struct form_word *word = &counting->words->list[i];
    if (counting->in_reason && word->kind != FORM_WORD_STOP)
        return;
    switch (word->kind) {
    case FORM_WORD_NUMBER:
        take_number(counting, word->number);
        break;
    case FORM_WORD_STOP:
    case FORM_WORD_BUT:
    case FORM_WORD_COMMA:
        end_clause(counting, i);
        break;
    case FORM_WORD_REASON:
        if (counting->found) {
            end_clause(counting, i);
            counting->in_reason = true;
        }
        break;
    case FORM_WORD_NONE:
        counting->is_none = true;
        break;
    case FORM_WORD_REMARK:
        buffer_add(counting->comment, counting->words->source + counting->words->folded->origin[word->start],
                   counting->words->folded->origin[word->end] - counting->words->folded->origin[word->start]);
        break;
    case FORM_WORD_ABOUT:
    case FORM_WORD_OR:
    case FORM_WORD_RANGE:
    case FORM_WORD_QUANTITY:
    case FORM_WORD_DOUBT:
    case FORM_WORD_NOT:
        counting->doubt = true;
        counting->is_strange = true;
        break;
    case FORM_WORD_NOISE:
    case FORM_WORD_AND:
    case FORM_WORD_TOPIC:
    case FORM_WORD_COLON:
        break;
    default:
        counting->is_strange = true;
        break;
    }
}

void form_read_number(struct form_response *response, const struct form_question *question,
                      const struct form_words *words)
{
    struct counting counting = {.words = words};
    counting.comment = buffer_new(response, 4 * LIMIT_TEXT_BYTES);
    for (size_t i = 0; i < words->count; i++)
        take(&counting, i);
    end_clause(&counting, words->count);
    bool is_zero = counting.is_none && !counting.found && !counting.comment->length;
    if (is_zero)
        response->verdict = ANSWER_INFERRED;
    response->number = is_zero ? 0 : counting.number;
    bool is_outside = (question->has_low && response->number < question->low) ||
                      (question->has_high && response->number > question->high);
    if (counting.doubt || (!counting.found && !is_zero) || is_outside || (counting.found && counting.is_none)) {
        form_doubt(response, words->source);
        return;
    }
    response->comment = memory_copy_text(response, counting.comment->bytes);
}
