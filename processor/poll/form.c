/* Reading a reply to a questionnaire: see form.h. */
#include "poll/form.h"

#include <string.h>

#include "base/memory.h"
#include "poll/form_split.h"
#include "poll/form_words.h"

static bool same_chosen(const size_t *a, const size_t *b)
{
    if (memory_count(a) != memory_count(b))
        return false;
    for (size_t i = 0; i < memory_count(a); i++)
        if (a[i] != b[i])
            return false;
    return true;
}

static bool is_said(const struct form_response *response)
{
    return response->verdict == ANSWER_OK || response->verdict == ANSWER_INFERRED;
}

static bool says_same(const struct form_response *a, const struct form_response *b)
{
    bool same_number = !(a->number < b->number) && !(a->number > b->number);
    bool same_text = (!a->text && !b->text) || (a->text && b->text && strcmp(a->text, b->text) == 0);
    return a->is_blank == b->is_blank && same_chosen(a->chosen, b->chosen) && same_number && same_text &&
           a->mark == b->mark;
}

/* Two passages to one question: the same is fine, of free texts both are meant, of all else nobody knows which. */
static struct form_response *unite(const void *context, const struct form_question *question,
                                   struct form_response *first, struct form_response *second)
{
    if (first->verdict == ANSWER_NONE)
        return second;
    if (second->verdict == ANSWER_NONE || (is_said(first) && is_said(second) && says_same(first, second)))
        return first;
    char *both = memory_format(context, "%s\n%s", first->evidence, second->evidence);
    if (question->kind == FORM_TEXT)
        return form_read_response(context, question, both);
    struct form_response *response = memory_new(context, struct form_response);
    *response = (struct form_response){.verdict = ANSWER_ASK, .comment = both, .evidence = both};
    return response;
}

static void add_unclear(struct form_answer *answer, const char *passage)
{
    size_t count = memory_count(answer->unclear);
    answer->unclear = memory_resize(answer, answer->unclear, char *, count + 1);
    answer->unclear[count] = memory_copy_text(answer->unclear, passage);
}

struct census {
    size_t said;
    size_t inferred;
    size_t asked;
    size_t missing;
};

static struct census judge_questions(struct form_answer *answer, const struct form *form)
{
    struct census census = {0};
    for (size_t i = 0; i < form->count; i++) {
        const struct form_response *response = answer->responses[i];
        census.said += is_said(response);
        census.inferred += response->verdict == ANSWER_INFERRED;
        answer->missing[i] = response->verdict == ANSWER_NONE && form->questions[i].mandatory;
        census.missing += answer->missing[i];
        if (response->verdict == ANSWER_ASK) {
            census.asked++;
            add_unclear(answer, response->evidence);
        }
    }
    return census;
}

/* What is said of the answer itself is read as in any poll: 「取り消します」, 「後日回答します」. */
static enum answer_verdict judge_words(struct form_answer *answer, const char *words)
{
    static const struct when nothing[2];
    struct answer_question question = {.choices = nothing, .choice_count = 2};
    return answer_read(answer, &question, words)->verdict;
}

static enum answer_verdict judge_rest(struct form_answer *answer)
{
    enum answer_verdict about = judge_words(answer, answer->comment);
    if (about == ANSWER_WITHDRAW || about == ANSWER_DEFER || about == ANSWER_CONFIRM)
        return about;
    bool is_nothing = !*answer->comment || form_is_courtesy(answer->comment);
    return is_nothing ? ANSWER_NONE : ANSWER_ASK;
}

/* A form of one question takes all words for its answer, those about the answer as well. */
static bool is_about_answer(struct form_answer *answer, const struct form *form)
{
    struct form_response *response = answer->responses[0];
    if (form->count != 1 || response->verdict != ANSWER_ASK)
        return false;
    enum answer_verdict about = judge_words(answer, response->evidence);
    if (about != ANSWER_WITHDRAW && about != ANSWER_DEFER && about != ANSWER_CONFIRM)
        return false;
    answer->responses[0] = form_read_response(answer, &form->questions[0], "");
    answer->verdict = about;
    return true;
}

static void judge(struct form_answer *answer, const struct form *form, bool names_no_question)
{
    struct census census = judge_questions(answer, form);
    if (!census.said && !census.asked && !names_no_question) {
        answer->verdict = judge_rest(answer);
        if (answer->verdict == ANSWER_ASK)
            add_unclear(answer, answer->comment);
    } else if (census.asked || census.missing || names_no_question) {
        answer->verdict = ANSWER_ASK;
    } else {
        answer->verdict = census.inferred ? ANSWER_INFERRED : ANSWER_OK;
    }
    if (names_no_question)
        add_unclear(answer, answer->comment);
}

struct form_answer *form_read(const void *context, const struct form *form, const char *text)
{
    struct form_answer *answer = memory_new(context, struct form_answer);
    struct form_passages *passages = form_split(answer, form, text);
    answer->responses = memory_array(answer, struct form_response *, form->count);
    answer->missing = memory_array(answer, bool, form->count);
    answer->comment = passages->rest;
    for (size_t i = 0; i < form->count; i++) {
        answer->responses[i] = form_read_response(answer, &form->questions[i], "");
        for (size_t j = 0; j < passages->count; j++) {
            const struct form_passage *passage = &passages->list[j];
            if (passage->question != i)
                continue;
            struct form_response *next = form_read_response(answer, &form->questions[i], passage->text);
            answer->responses[i] = unite(answer, &form->questions[i], answer->responses[i], next);
        }
    }
    if (!is_about_answer(answer, form))
        judge(answer, form, passages->names_no_question);
    return answer;
}
