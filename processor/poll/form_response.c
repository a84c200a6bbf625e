/* Reading one response: see form.h. */
#include <string.h>

#include "base/memory.h"
#include "poll/form_words.h"

static const char *const kind_names[] = {
    [FORM_SINGLE] = "single",         [FORM_MULTIPLE] = "multiple", [FORM_SCALE] = "scale",
    [FORM_NUMBER] = "number",         [FORM_RANKING] = "ranking",   [FORM_TEXT] = "text",
    [FORM_ATTENDANCE] = "attendance",
};

const char *form_kind_name(enum form_kind kind)
{
    return kind_names[kind];
}

bool form_kind_from_name(const char *name, enum form_kind *kind)
{
    for (size_t i = 0; name && i < sizeof kind_names / sizeof *kind_names; i++)
        if (strcmp(name, kind_names[i]) == 0) {
            *kind = (enum form_kind)i;
            return true;
        }
    return false;
}

void form_prepare(const void *context, struct form_question *question)
{
    question->keys = memory_array(context, char *, question->choice_count);
    question->letters = memory_array(context, char *, question->choice_count);
    for (size_t i = 0; i < question->choice_count; i++) {
        const struct form_choice *choice = &question->choices[i];
        question->keys[i] = text_fold_key(question->keys, choice->label);
        question->letters[i] = choice->letter ? text_fold_key(question->letters, choice->letter) : NULL;
    }
}

void form_doubt(struct form_response *response, const char *passage)
{
    response->verdict = ANSWER_ASK;
    response->comment = memory_copy_text(response, passage);
}

/* All kinds but free text and attendance, which are read by other rules. */
static void read_words(struct form_response *response, const struct form_question *question, const char *passage)
{
    static void (*const kinds[])(struct form_response *, const struct form_question *, const struct form_words *) = {
        [FORM_SINGLE] = form_read_single, [FORM_MULTIPLE] = form_read_multiple, [FORM_SCALE] = form_read_scale,
        [FORM_NUMBER] = form_read_number, [FORM_RANKING] = form_read_ranking,
    };
    struct form_words *words = form_words_read(response, question, passage);
    if (!form_words_skip(words))
        kinds[question->kind](response, question, words);
    else if (question->mandatory)
        form_doubt(response, passage);
    else
        response->is_blank = true;
}

struct form_response *form_read_response(const void *context, const struct form_question *question, const char *passage)
{
    enum { LONGEST_CHOICE = 8 * 1024 }; /* what is longer is no choice, and time is not for that */
    struct form_response *response = memory_new(context, struct form_response);
    response->verdict = ANSWER_OK;
    size_t blank = strspn(passage, " \t\r\n");
    size_t length = strlen(passage);
    while (length > blank && strchr(" \t\r\n", passage[length - 1]))
        length--;
    response->evidence = memory_copy_bytes(response, passage + blank, length - blank);
    if (!passage[blank] || form_is_courtesy(passage))
        response->verdict = ANSWER_NONE;
    else if (question->kind == FORM_TEXT)
        form_read_text(response, passage);
    else if (question->kind == FORM_ATTENDANCE)
        form_read_attendance(response, passage + blank);
    else if (strlen(passage) > LONGEST_CHOICE)
        form_doubt(response, passage);
    else
        read_words(response, question, passage + blank);
    if (!response->comment)
        response->comment = memory_copy_text(response, "");
    return response;
}
