/* Questionnaires as JSON: see form_view.h. */
#include "poll/form_view.h"

#include <string.h>

#include "base/memory.h"
#include "poll/form_label.h"
#include "text/value.h"

static const char *text_of(const void *context, json_t *view, const char *name)
{
    return memory_copy_text(context, json_string_value(json_object_get(view, name)));
}

static bool read_choices(const void *context, struct form_question *question, json_t *list, struct error **error)
{
    size_t count = json_array_size(list);
    bool needs = question->kind == FORM_SINGLE || question->kind == FORM_MULTIPLE || question->kind == FORM_RANKING;
    if ((needs && count == 0) || count > FORM_CHOICES)
        return error_set(error, ERROR_REFUSED, "\"choices\" of a %s question must be a list of 1 to %d",
                         form_kind_name(question->kind), FORM_CHOICES);
    struct form_choice *choices = memory_array(context, struct form_choice, count);
    for (size_t i = 0; i < count; i++) {
        json_t *entry = json_array_get(list, i);
        const char *label = json_is_string(entry) ? json_string_value(entry)
                                                  : json_string_value(json_object_get(entry, "label"));
        json_t *number = json_object_get(entry, "n");
        if (!label)
            return error_set(error, ERROR_REFUSED, "a choice has no \"label\"");
        if (json_is_integer(number) && json_integer_value(number) != (json_int_t)i + 1)
            return error_set(error, ERROR_REFUSED, "the choices must be numbered from 1 to %zu, in order", count);
        choices[i] = form_choice_read(context, label);
        choices[i].is_other |= json_is_true(json_object_get(entry, "other"));
    }
    question->choices = choices;
    question->choice_count = count;
    return true;
}

static void read_bound(json_t *view, const char *name, bool *has, double *bound)
{
    json_t *value = json_object_get(view, name);
    if (json_is_number(value)) {
        *has = true;
        *bound = json_number_value(value);
    }
}

static bool read_scale(struct form_question *question, struct error **error)
{
    if (!question->has_low) {
        question->has_low = true;
        question->low = 1;
    }
    if (!question->has_high) {
        question->has_high = true;
        question->high = question->choice_count ? question->low + (double)question->choice_count - 1 : 5;
    }
    if (!form_scale_is_sound(question))
        return error_set(error, ERROR_REFUSED, "a scale needs whole numbers \"low\" < \"high\" with at most %d steps",
                         FORM_CHOICES);
    return true;
}

static bool read_question(const void *context, json_t *view, struct form_question *question, struct error **error)
{
    const char *kind = json_string_value(json_object_get(view, "kind"));
    if (!form_kind_from_name(kind, &question->kind))
        return error_set(
            error, ERROR_REFUSED,
            "\"kind\" must be dates, attendance, single, multiple, scale, number, ranking, text or questionnaire");
    question->mandatory = json_is_true(json_object_get(view, "mandatory"));
    question->unit = text_of(context, view, "unit");
    read_bound(view, "low", &question->has_low, &question->low);
    read_bound(view, "high", &question->has_high, &question->high);
    json_t *most = json_object_get(view, "most");
    if (json_integer_value(most) > 0)
        question->most = (size_t)json_integer_value(most);
    return read_choices(context, question, json_object_get(view, "choices"), error) &&
           (question->kind != FORM_SCALE || read_scale(question, error));
}

struct form *form_from_view(const void *context, json_t *view, bool *is_one, struct error **error)
{
    struct form *form = memory_new(context, struct form);
    const char *kind = json_string_value(json_object_get(view, "kind"));
    json_t *list = json_object_get(view, "questions");
    *is_one = !kind || strcmp(kind, "questionnaire") != 0;
    form->count = *is_one ? 1 : json_array_size(list);
    if (form->count < 1 || form->count > FORM_QUESTIONS) {
        error_set(error, ERROR_REFUSED, "\"questions\" must be a list of 1 to %d", FORM_QUESTIONS);
        return NULL;
    }
    form->questions = memory_array(form, struct form_question, form->count);
    for (size_t i = 0; i < form->count; i++)
        if (!read_question(form, *is_one ? view : json_array_get(list, i), &form->questions[i], error))
            return NULL;
    form->ballot = text_of(form, view, "ballot");
    form_prepare_ballot(form, form);
    return form;
}

static json_t *view_marks(const struct form_question *question, const struct form_response *response)
{
    json_t *marks = json_array();
    if (question->kind == FORM_ATTENDANCE)
        json_array_append_new(marks, response->mark ? json_string(mark_name(response->mark)) : json_null());
    for (size_t i = 0; question->kind != FORM_ATTENDANCE && i < question->choice_count; i++) {
        bool is_chosen = false;
        for (size_t j = 0; j < memory_count(response->chosen); j++)
            is_chosen |= response->chosen[j] == i;
        json_array_append_new(marks, is_chosen ? json_string("yes") : json_null());
    }
    return marks;
}

static json_t *view_response(const struct form_question *question, const struct form_response *response)
{
    static const char *const verdicts[] = {"ok", "inferred", "ask", "none", "withdraw", "defer", "ask"};
    json_t *chosen = json_array();
    for (size_t i = 0; i < memory_count(response->chosen); i++)
        json_array_append_new(chosen, json_integer((json_int_t)response->chosen[i] + 1));
    bool is_said = response->verdict == ANSWER_OK || response->verdict == ANSWER_INFERRED;
    bool counts = is_said && !response->is_blank && (question->kind == FORM_SCALE || question->kind == FORM_NUMBER);
    json_t *number = json_null();
    if (counts)
        number = form_number_view(response->number);
    return view_check(json_pack("{s:s, s:b, s:o, s:o, s:o, s:o, s:s, s:o}", "verdict", verdicts[response->verdict],
                                "blank", response->is_blank, "marks", view_marks(question, response), "chosen", chosen,
                                "number", number, "text", view_text(response->text), "comment", response->comment,
                                "evidence", view_text(response->evidence)));
}

json_t *form_answer_view(const struct form *form, const struct form_answer *answer, bool is_one)
{
    static const char *const verdicts[] = {"ok", "inferred", "ask", "none", "withdraw", "defer", "ask"};
    json_t *unclear = json_array();
    for (size_t i = 0; i < memory_count(answer->unclear); i++)
        json_array_append_new(unclear, json_string(answer->unclear[i]));
    json_t *view = NULL;
    if (is_one) {
        view = view_response(&form->questions[0], answer->responses[0]);
    } else {
        json_t *answers = json_array();
        for (size_t i = 0; i < form->count; i++) {
            json_t *one = view_response(&form->questions[i], answer->responses[i]);
            json_object_set_new(one, "q", json_integer((json_int_t)i + 1));
            json_object_set_new(one, "missing", json_boolean(answer->missing[i]));
            json_array_append_new(answers, one);
        }
        view = json_pack("{s:o, s:s}", "answers", answers, "comment", answer->comment);
    }
    json_object_set_new(view, "verdict", json_string(verdicts[answer->verdict]));
    json_object_set_new(view, "unclear", unclear);
    return view_check(view);
}
