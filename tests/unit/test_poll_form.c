/* poll/form: what replies to questionnaires mean (tests/vectors/poll/form.jsonl, questions.json). */
#include <string.h>

#include "base/memory.h"
#include "poll/form.h"
#include "poll/form_view.h"
#include "unit.h"

static json_t *questions;

static void load_questions(void)
{
    questions = json_load_file("tests/vectors/poll/questions.json", 0, NULL);
    ck_assert(questions != NULL);
}

static void free_questions(void)
{
    json_decref(questions);
}

static struct form *load_form(const void *context, const char *name, bool *is_one)
{
    struct error *error = NULL;
    struct form *form = form_from_view(context, json_object_get(questions, name), is_one, &error);
    ck_assert_msg(form != NULL, "%s", name);
    return form;
}

/* What one response must be: the fields that the case names, and nothing where it names none. */
static bool is_right(const struct form_question *question, const struct form_response *response, json_t *wanted)
{
    json_t *chosen = json_object_get(wanted, "chosen");
    json_t *number = json_object_get(wanted, "number");
    const char *text = json_string_value(json_object_get(wanted, "text"));
    const char *comment = json_string_value(json_object_get(wanted, "comment"));
    const char *mark = json_string_value(json_object_get(wanted, "mark"));
    bool right = memory_count(response->chosen) == json_array_size(chosen) &&
                 response->is_blank == json_is_true(json_object_get(wanted, "blank")) &&
                 response->mark == mark_from_name(mark);
    for (size_t i = 0; right && i < json_array_size(chosen); i++)
        right = (json_int_t)response->chosen[i] + 1 == json_integer_value(json_array_get(chosen, i));
    double difference = response->number - json_number_value(number);
    bool says_number = (question->kind == FORM_SCALE || question->kind == FORM_NUMBER) && wanted;
    right = right && (!says_number || (difference > -1e-9 && difference < 1e-9));
    right = right && (text ? response->text && strcmp(response->text, text) == 0 : !response->text);
    return right && (!comment || strcmp(response->comment, comment) == 0);
}

static bool is_said(const struct form_response *response)
{
    return response->verdict == ANSWER_OK || response->verdict == ANSWER_INFERRED;
}

static bool check_one(const struct form *form, const struct form_answer *answer, json_t *entry, const char *verdict)
{
    const struct form_response *response = answer->responses[0];
    json_t *view = form_answer_view(form, answer, true);
    bool right = strcmp(json_string_value(json_object_get(view, "verdict")), verdict) == 0 &&
                 (!is_said(response) || is_right(&form->questions[0], response, entry));
    if (!right)
        json_dumpf(view, stderr, JSON_COMPACT);
    json_decref(view);
    return right;
}

static bool check_all(const struct form *form, const struct form_answer *answer, json_t *entry, const char *verdict)
{
    json_t *answers = json_object_get(entry, "answers");
    json_t *view = form_answer_view(form, answer, false);
    bool right = strcmp(json_string_value(json_object_get(view, "verdict")), verdict) == 0;
    for (size_t i = 0; i < form->count; i++) {
        char number[24];
        snprintf(number, sizeof number, "%zu", i + 1);
        json_t *wanted = json_object_get(answers, number);
        right = right && is_said(answer->responses[i]) == (wanted != NULL) &&
                (!wanted || is_right(&form->questions[i], answer->responses[i], wanted));
    }
    if (!right)
        json_dumpf(view, stderr, JSON_COMPACT);
    json_decref(view);
    return right;
}

static bool check_reply(json_t *entry)
{
    void *context = talloc_new(NULL);
    bool is_one;
    struct form *form = load_form(context, json_string_value(json_object_get(entry, "q")), &is_one);
    const char *reply = json_string_value(json_object_get(entry, "reply"));
    const char *verdict = json_string_value(json_object_get(entry, "verdict"));
    struct form_answer *answer = form_read(context, form, reply);
    bool right = is_one ? check_one(form, answer, entry, verdict) : check_all(form, answer, entry, verdict);
    if (!right)
        fprintf(stderr, "\n  %s\n", reply);
    talloc_free(context);
    return right;
}

START_TEST(replies_mean_what_they_say)
{
    unit_check_vectors("poll/form.jsonl", check_reply);
}
END_TEST

/* What stands around a response must not change it: politeness, width, quotes below. */
START_TEST(what_stands_around_does_not_matter)
{
    static const struct {
        const char *question;
        const char *reply;
    } replies[] = {{"season", "2"},    {"days", "1,3"},          {"stars", "4"},       {"people", "3人"},
                   {"fruit", "3>1>2"}, {"wish", "時計がほしい"}, {"vote", "賛成です"}, {"room", "Main hall"}};
    static const char *const frames[][2] = {
        {"\n", "\n\nよろしくお願いいたします。\n"},
        {"", "\n\n2025/12/20 13:00、山田 <yamada@example.ac.jp>のメール:\n> 1) 春\n> 2) 夏\n> 佐藤: 3\n"},
        {"", "\n-- \n佐藤 花子\n内線 1234\n"},
    };
    void *context = talloc_new(NULL);
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++)
        for (size_t j = 0; j < sizeof frames / sizeof *frames; j++) {
            bool is_one;
            struct form *form = load_form(context, replies[i].question, &is_one);
            char *framed = memory_format(context, "%s%s%s", frames[j][0], replies[i].reply, frames[j][1]);
            struct form_answer *plain = form_read(context, form, replies[i].reply);
            struct form_answer *other = form_read(context, form, framed);
            ck_assert_msg(plain->verdict == ANSWER_OK && other->verdict == ANSWER_OK, "%s", framed);
            ck_assert_uint_eq(memory_count(plain->responses[0]->chosen), memory_count(other->responses[0]->chosen));
            for (size_t k = 0; k < memory_count(plain->responses[0]->chosen); k++)
                ck_assert_uint_eq(plain->responses[0]->chosen[k], other->responses[0]->chosen[k]);
            ck_assert(!(plain->responses[0]->number < other->responses[0]->number) &&
                      !(plain->responses[0]->number > other->responses[0]->number));
        }
    talloc_free(context);
}
END_TEST

/* Words that leave open what is meant must never let a choice through, whatever it is. */
START_TEST(doubt_is_asked_about)
{
    static const char *const doubts[] = {
        "%zuかな",       "%zuかもしれません", "たぶん%zu", "%zuは嫌です", "%zuではありません",
        "%zuが最悪です", "maybe %zu",         "not %zu",   "%zu?",        "%zuなら"};
    void *context = talloc_new(NULL);
    bool is_one;
    struct form *form = load_form(context, "season", &is_one);
    for (size_t i = 0; i < sizeof doubts / sizeof *doubts; i++)
        for (size_t choice = 1; choice <= form->questions[0].choice_count; choice++) {
            char *number = memory_format(context, "%zu", choice);
            const char *hole = strstr(doubts[i], "%zu");
            char *reply = memory_format(context, "%.*s%s%s", (int)(hole - doubts[i]), doubts[i], number,
                                        hole + strlen("%zu"));
            ck_assert_msg(form_read(context, form, reply)->verdict == ANSWER_ASK, "%s", reply);
        }
    talloc_free(context);
}
END_TEST

static Suite *form_suite(void)
{
    Suite *suite = suite_create("form");
    TCase *cases = tcase_create("form");
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, load_questions, free_questions);
    tcase_add_test(cases, replies_mean_what_they_say);
    tcase_add_test(cases, what_stands_around_does_not_matter);
    tcase_add_test(cases, doubt_is_asked_about);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(form_suite())
