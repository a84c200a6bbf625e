/*
 * Questionnaires: a reply in, read against questions of every kind; and the same text as an opening whose questions are
 * found. A choice is one of its question's, a number lies within its bounds, and what is in doubt sets nothing.
 *
 * Seeds: poll/form.jsonl reply
 */
#include <string.h>

#include "base/memory.h"
#include "fuzz.h"
#include "poll/form.h"
#include "poll/form_draft.h"
#include "poll/form_edit.h"

static const struct form_choice choices[] = {{.label = "春"},
                                             {.label = "春の午後"},
                                             {.label = "Main hall", .letter = "a"},
                                             {.label = "その他", .is_other = true}};

static const char ballot[] = "Q1. 時期は? (1つ)\n  1) 春\n  2) 春の午後\n  3) Main hall\n  4) その他\n\n"
                             "Q2. どれ? (2つまで)\n  1) 春\n  2) 春の午後\n  3) Main hall\n  4) その他\n\n"
                             "Q3. 評価 (1〜5)\n\n回答欄\nQ1:\nQ2:\nQ3:\nQ4:\nQ5:\nQ6:\nQ7:\n\n整理番号 K7Q2-1\n";

static void check_response(const struct form_question *question, const struct form_response *response)
{
    bool is_said = response->verdict == ANSWER_OK || response->verdict == ANSWER_INFERRED;
    size_t chosen = memory_count(response->chosen);
    bool is_numeric = question->kind == FORM_SCALE || question->kind == FORM_NUMBER;
    FUZZ_DEMAND(is_said || chosen == 0);
    FUZZ_DEMAND(chosen <= question->choice_count && (question->kind != FORM_SINGLE || chosen <= 1));
    FUZZ_DEMAND(!question->most || chosen <= question->most || question->kind == FORM_RANKING);
    for (size_t i = 0; i < chosen; i++)
        FUZZ_DEMAND(response->chosen[i] < question->choice_count);
    FUZZ_DEMAND(!is_said || response->is_blank || !is_numeric ||
                (response->number >= question->low && response->number <= question->high));
    FUZZ_DEMAND(fuzz_is_text(response->comment) && (!response->text || fuzz_is_text(response->text)));
}

void fuzz_one(const void *context, const char *bytes, size_t length)
{
    struct form_question questions[] = {
        {.kind = FORM_SINGLE, .choices = choices, .choice_count = 4, .mandatory = true},
        {.kind = FORM_MULTIPLE, .choices = choices, .choice_count = 4, .most = 2},
        {.kind = FORM_SCALE, .has_low = true, .low = 1, .has_high = true, .high = 5},
        {.kind = FORM_NUMBER, .has_low = true, .low = -3, .has_high = true, .high = 1000, .unit = "人"},
        {.kind = FORM_RANKING, .choices = choices, .choice_count = 4},
        {.kind = FORM_TEXT},
        {.kind = FORM_ATTENDANCE},
    };
    struct form form = {.questions = questions, .count = sizeof questions / sizeof *questions, .ballot = ballot};
    char *text = fuzz_text(context, bytes, length);
    form_prepare_ballot(context, &form);
    struct form_answer *answer = form_read(context, &form, text);
    for (size_t i = 0; i < form.count; i++) {
        check_response(&questions[i], answer->responses[i]);
        check_response(&questions[i], form_read_response(context, &questions[i], text));
    }
    struct draft *draft = memory_new(context, struct draft);
    FUZZ_DEMAND(fuzz_is_text(form_draft_questions(draft, "x", text)));
    struct poll_question *edited = NULL;
    long number;
    for (size_t i = 0; i <= FORM_QUESTIONS; i++) /* whatever was added can be asked */
        if (form_edit_add(context, &edited, text, &number) == FORM_EDIT_DONE)
            FUZZ_DEMAND(form_draft_complete(context, &edited[number - 1]));
    FUZZ_DEMAND(memory_count(edited) <= FORM_QUESTIONS);
    if (form_edit_fix(context, &edited, text, &number) == FORM_EDIT_DONE)
        FUZZ_DEMAND(form_draft_complete(context, &edited[number - 1]));
}
