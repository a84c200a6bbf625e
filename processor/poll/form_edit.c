/* Corrections of questions: see form_edit.h. */
#include "poll/form_edit.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "poll/form.h"
#include "poll/form_draft.h"
#include "poll/form_refer.h"
#include "text/fold.h"

/* 「2 」「2.」「2:」: a bare number, when something that is no part of a word ends it. */
static long read_bare_number(const char *text, const char **behind)
{
    struct folded *folded = text_fold(NULL, text, strlen(text));
    size_t start = strspn(folded->text, " ");
    size_t digits = strspn(folded->text + start, "0123456789");
    size_t end = start + digits;
    bool is_number = digits && digits <= 2 && strchr(" .:)", folded->text[end]);
    long number = is_number ? strtol(folded->text + start, NULL, 10) : 0;
    end += strspn(folded->text + end, " .:)");
    if (number)
        *behind = text + folded->origin[end];
    talloc_free(folded);
    return number;
}

long form_edit_number(const char *text, const char **behind)
{
    size_t width;
    size_t length = strcspn(text, "\n");
    long number = form_refer_line(text, length, &width);
    if (number > 0) {
        *behind = text + width;
        return number;
    }
    return read_bare_number(text, behind);
}

static struct poll_question *read_question(const void *context, const char *text)
{
    return form_draft_question(context, memory_format(context, "Q1. %s", text));
}

enum form_edit_outcome form_edit_add(const void *context, struct poll_question **questions, const char *text,
                                     long *number)
{
    size_t count = memory_count(*questions);
    const char *words = text;
    long wanted = form_edit_number(text, &words);
    size_t place = wanted && (size_t)wanted <= count ? (size_t)wanted - 1 : count;
    struct poll_question *question = read_question(context, words);
    *number = (long)place + 1;
    if (!question || !form_draft_complete(context, question))
        return FORM_EDIT_UNCLEAR;
    if (count >= FORM_QUESTIONS)
        return FORM_EDIT_TOO_MANY;
    struct poll_question *list = memory_array(context, struct poll_question, count + 1);
    for (size_t i = 0; i < count; i++)
        list[i + (i >= place)] = (*questions)[i];
    list[place] = *question;
    *questions = list;
    return FORM_EDIT_DONE;
}

/* Whether the brackets behind a question say anything. */
static bool has_attributes(const struct poll_question *question)
{
    return question->kind || question->required || question->low || question->high || question->unit || question->most;
}

static bool takes_choices(const char *kind)
{
    static const char *const kinds[] = {"single", "multiple", "ranking", "scale"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kind, kinds[i]) == 0)
            return true;
    return false;
}

/* What was said of a question before, where nothing is said now. */
static void inherit(struct poll_question *question, const struct poll_question *before)
{
    bool has_choices = memory_count(question->choices) > 1;
    if (!*question->text)
        question->text = before->text;
    if (!has_attributes(question)) {
        question->required = before->required;
        if (!has_choices || takes_choices(before->kind)) {
            question->kind = before->kind;
            question->low = before->low;
            question->high = before->high;
            question->unit = before->unit;
            question->most = before->most;
        }
    } else if (!question->kind && (!has_choices || takes_choices(before->kind))) {
        question->kind = before->kind; /* 「(必須)」 alone */
        question->low = question->low ? question->low : before->low;
        question->high = question->high ? question->high : before->high;
        question->unit = question->unit ? question->unit : before->unit;
        question->most = question->most ? question->most : before->most;
    }
    bool keeps_choices = !question->kind || takes_choices(question->kind);
    if (keeps_choices && !has_choices && memory_count(before->choices) > 1)
        question->choices = before->choices;
}

enum form_edit_outcome form_edit_fix(const void *context, struct poll_question **questions, const char *text,
                                     long *number)
{
    size_t count = memory_count(*questions);
    const char *words = text;
    *number = form_edit_number(text, &words);
    if (!*number)
        return FORM_EDIT_UNCLEAR;
    if ((size_t)*number > count)
        return FORM_EDIT_NO_QUESTION;
    struct poll_question *question = read_question(context, words);
    if (!question || (!*question->text && !has_attributes(question) && memory_count(question->choices) < 2))
        return FORM_EDIT_UNCLEAR;
    inherit(question, &(*questions)[*number - 1]);
    if (!form_draft_complete(context, question))
        return FORM_EDIT_UNCLEAR;
    struct poll_question *list = memory_array(context, struct poll_question, count);
    memcpy(list, *questions, count * sizeof *list);
    list[*number - 1] = *question;
    *questions = list;
    return FORM_EDIT_DONE;
}

enum form_edit_outcome form_edit_drop(const void *context, struct poll_question **questions, long number)
{
    size_t count = memory_count(*questions);
    if (number < 1 || (size_t)number > count)
        return FORM_EDIT_NO_QUESTION;
    if (count == 1)
        return FORM_EDIT_LAST;
    struct poll_question *list = memory_array(context, struct poll_question, count - 1);
    for (size_t i = 0; i + 1 < count; i++)
        list[i] = (*questions)[i + (i + 1 >= (size_t)number)];
    *questions = list;
    return FORM_EDIT_DONE;
}
