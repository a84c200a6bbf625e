/* poll/form_draft, poll/form_edit: questions as organisers write and correct them (tests/vectors/poll/form_drafts.jsonl). */
#include <string.h>

#include "base/memory.h"
#include "poll/draft.h"
#include "poll/form_draft.h"
#include "poll/form_edit.h"
#include "unit.h"

/* "single required | 時期は? | 春 | 夏 {3}": the kind, what else the brackets say, the text, the choices and their places. */
static char *write_question(const void *context, const struct poll_question *question)
{
    char *text = memory_format(context, "%s%s", question->kind, question->required ? " required" : "");
    if (question->low || question->high)
        text = memory_format(context, "%s %s-%s", text, question->low, question->high);
    if (question->most)
        text = memory_format(context, "%s most %ld", text, question->most);
    if (question->unit)
        text = memory_format(context, "%s %s", text, question->unit);
    text = memory_format(context, "%s | %s", text, question->text);
    for (size_t i = 1; i < memory_count(question->choices); i++) {
        const struct question_choice *choice = &question->choices[i];
        text = memory_format(context, "%s | %s", text, choice->label);
        if (choice->capacity)
            text = memory_format(context, "%s {%ld}", text, choice->capacity);
    }
    return text;
}

static json_t *write_questions(const struct poll_question *questions)
{
    json_t *list = json_array();
    for (size_t i = 0; i < memory_count(questions); i++) {
        void *scratch = talloc_new(NULL);
        json_array_append_new(list, json_string(write_question(scratch, &questions[i])));
        talloc_free(scratch);
    }
    return list;
}

static json_t *write_problems(const struct draft *draft)
{
    json_t *list = json_array();
    for (size_t i = 0; i < draft->problem_count; i++)
        json_array_append_new(list, json_string(draft_problem_name(draft->problems[i].kind)));
    return list;
}

static const char *outcome_name(enum form_edit_outcome outcome)
{
    static const char *const names[] = {"done", "unclear", "no_question", "too_many", "last"};
    return names[outcome];
}

/* What the correction of a case makes of the questions. */
static enum form_edit_outcome edit(const void *context, json_t *entry, struct poll_question **questions, long *number)
{
    const char *text = json_string_value(json_object_get(entry, "add"));
    if (text)
        return form_edit_add(context, questions, text, number);
    text = json_string_value(json_object_get(entry, "fix"));
    if (text)
        return form_edit_fix(context, questions, text, number);
    *number = (long)json_integer_value(json_object_get(entry, "drop"));
    return form_edit_drop(context, questions, *number);
}

static bool is_same(json_t *entry, const char *key, json_t *got)
{
    json_t *wanted = json_object_get(entry, key);
    bool same = !wanted || json_equal(wanted, got);
    char *said = json_dumps(got, JSON_ENCODE_ANY | JSON_COMPACT);
    if (!same)
        fprintf(stderr, "%s: %s\n", key, said);
    free(said);
    json_decref(got);
    return same;
}

static bool check_case(json_t *entry)
{
    struct draft *draft = memory_new(NULL, struct draft);
    const char *text = json_string_value(json_object_get(entry, "text"));
    form_draft_questions(draft, "題", text);
    struct poll_question *questions = draft->questions;
    bool same = true;
    if (json_object_get(entry, "outcome")) {
        long number = 0;
        enum form_edit_outcome outcome = edit(draft, entry, &questions, &number);
        bool same_outcome = is_same(entry, "outcome", json_string(outcome_name(outcome)));
        same = is_same(entry, "number", json_integer(number)) && same_outcome;
    }
    bool same_problems = is_same(entry, "problems", write_problems(draft));
    bool same_questions = is_same(entry, "questions", write_questions(questions));
    talloc_free(draft);
    return same && same_problems && same_questions;
}

START_TEST(questions_are_read_and_corrected)
{
    unit_check_vectors("poll/form_drafts.jsonl", check_case);
}
END_TEST

static Suite *form_draft_suite(void)
{
    Suite *suite = suite_create("form_draft");
    TCase *cases = tcase_create("form_draft");
    tcase_add_test(cases, questions_are_read_and_corrected);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(form_draft_suite())
