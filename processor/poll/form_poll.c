/* Forms between the store and the reading: see form_poll.h. */
#include "poll/form_poll.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/memory.h"
#include "poll/form_label.h"
#include "text/value.h"

static void read_bound(const char *text, bool *has, double *bound)
{
    *has = text != NULL;
    *bound = text ? strtod(text, NULL) : 0;
}

static void read_question(const void *context, const struct poll_question *question, struct form_question *asked)
{
    (void)form_kind_from_name(question->kind, &asked->kind);
    asked->mandatory = question->required;
    asked->most = (size_t)question->most;
    asked->unit = memory_copy_text(context, question->unit);
    read_bound(question->low, &asked->has_low, &asked->low);
    read_bound(question->high, &asked->has_high, &asked->high);
    asked->choice_count = memory_count(question->choices) - 1;
    struct form_choice *choices = memory_array(context, struct form_choice, asked->choice_count);
    for (size_t i = 0; i < asked->choice_count; i++)
        choices[i] = form_choice_read(context, question->choices[i + 1].label);
    asked->choices = choices;
}

struct form *form_of_poll(const void *context, const struct poll *poll, const char *ballot)
{
    struct form *form = memory_new(context, struct form);
    form->count = memory_count(poll->questions);
    form->questions = memory_array(form, struct form_question, form->count);
    form->ballot = ballot;
    for (size_t i = 0; i < form->count; i++)
        read_question(form, &poll->questions[i], &form->questions[i]);
    form_prepare_ballot(form, form);
    return form;
}

/* ----- to the store and back ----- */

static struct response *add(struct response **list, const void *context, int64_t choice_id, const char *mark)
{
    size_t count = memory_count(*list);
    *list = memory_resize(context, *list, struct response, count + 1);
    (*list)[count] = (struct response){.choice_id = choice_id, .mark = memory_copy_text(context, mark)};
    return &(*list)[count];
}

static char *number_text(const void *context, double number)
{
    return memory_format(context, "%.15g", number);
}

struct response *form_to_store(const void *context, const struct poll_question *question,
                               const struct form_question *asked, const struct form_response *response)
{
    struct response *list = NULL;
    int64_t written = question->choices[0].id;
    bool is_number = asked->kind == FORM_NUMBER || asked->kind == FORM_SCALE;
    if (response->verdict != ANSWER_OK && response->verdict != ANSWER_INFERRED)
        return NULL;
    if (response->is_blank)
        add(&list, context, written, "no")->value = memory_copy_text(context, response->text);
    else if (asked->kind == FORM_ATTENDANCE)
        add(&list, context, written, mark_name(response->mark));
    else if (asked->kind == FORM_TEXT)
        add(&list, context, written, "yes")->value = memory_copy_text(context, response->text);
    else if (is_number)
        add(&list, context, written, "yes")->value = number_text(context, response->number);
    for (size_t i = 0; i < memory_count(response->chosen); i++) {
        size_t place = response->chosen[i];
        struct response *chosen = add(&list, context, question->choices[place + 1].id, "yes");
        if (asked->kind == FORM_RANKING)
            chosen->value = memory_format(context, "%zu", i + 1);
        else if (asked->choices[place].is_other)
            chosen->value = memory_copy_text(context, response->text);
    }
    for (size_t i = 0; i < memory_count(list); i++)
        list[i].inferred = response->verdict == ANSWER_INFERRED;
    if (list && *response->comment)
        list[0].note = memory_copy_text(context, response->comment);
    return list;
}

static void take_written(struct form_response *response, const struct form_question *asked, const struct response *row)
{
    response->is_blank = asked->kind != FORM_ATTENDANCE && strcmp(row->mark, "no") == 0;
    if (asked->kind == FORM_ATTENDANCE)
        response->mark = mark_from_name(row->mark);
    else if (asked->kind == FORM_TEXT)
        response->text = row->value;
    else if (row->value && !response->is_blank)
        response->number = strtod(row->value, NULL);
}

/* A choice takes its place in the list: by number, or in a ranking by rank. */
static void take_chosen(struct form_response *response, const struct form_question *asked, const struct response *row,
                        size_t place)
{
    if (asked->kind == FORM_RANKING) {
        long rank = row->value ? strtol(row->value, NULL, 10) : 0;
        if (rank >= 1 && rank <= (long)memory_count(response->chosen))
            response->chosen[rank - 1] = place;
        return;
    }
    if (row->value)
        response->text = row->value;
    size_t count = memory_count(response->chosen);
    response->chosen = memory_resize(response, response->chosen, size_t, count + 1);
    while (count && response->chosen[count - 1] > place) {
        response->chosen[count] = response->chosen[count - 1];
        count--;
    }
    response->chosen[count] = place;
}

/* The place of a choice in its question, number 0 included; the count of them: it is another question's. */
static size_t place_of(const struct poll_question *question, int64_t choice_id)
{
    size_t place = 0;
    while (place < memory_count(question->choices) && question->choices[place].id != choice_id)
        place++;
    return place;
}

struct form_response *form_from_store(const void *context, const struct poll_question *question,
                                      const struct form_question *asked, const struct response *responses)
{
    struct form_response *response = memory_new(context, struct form_response);
    size_t choices = memory_count(question->choices);
    size_t chosen = 0;
    response->verdict = ANSWER_NONE;
    response->comment = memory_copy_text(response, "");
    for (size_t i = 0; i < memory_count(responses); i++) {
        size_t place = place_of(question, responses[i].choice_id);
        chosen += place > 0 && place < choices;
    }
    if (asked->kind == FORM_RANKING && chosen)
        response->chosen = memory_array(response, size_t, chosen);
    for (size_t i = 0; i < memory_count(responses); i++) {
        const struct response *row = &responses[i];
        size_t place = place_of(question, row->choice_id);
        if (place == choices)
            continue;
        response->verdict = row->inferred ? ANSWER_INFERRED : ANSWER_OK;
        if (row->note)
            response->comment = row->note;
        if (place == 0)
            take_written(response, asked, row);
        else
            take_chosen(response, asked, row, place - 1);
    }
    return response;
}

/* ----- in words ----- */

static void describe_chosen(struct buffer *words, const struct form_question *asked,
                            const struct form_response *response, const char *language)
{
    bool is_japanese = strcmp(language, "ja") == 0;
    const char *separator = asked->kind == FORM_RANKING ? " > " : is_japanese ? "、" : ", ";
    for (size_t i = 0; i < memory_count(response->chosen); i++) {
        const struct form_choice *choice = &asked->choices[response->chosen[i]];
        if (i)
            buffer_add_text(words, separator);
        buffer_add_text(words, choice->label);
        if (choice->is_other && response->text)
            buffer_format(words, is_japanese ? "(%s)" : " (%s)", response->text);
    }
}

char *form_describe(const void *context, const struct form_question *asked, const struct form_response *response,
                    const char *language)
{
    if (response->verdict != ANSWER_OK && response->verdict != ANSWER_INFERRED)
        return NULL;
    if (response->is_blank)
        return memory_copy_text(context, response->text ? response->text : "-");
    struct buffer *words = buffer_new(context, LIMIT_MAIL_OUT_BYTES);
    switch (asked->kind) {
    case FORM_TEXT:
        buffer_add_text(words, response->text);
        break;
    case FORM_ATTENDANCE:
        buffer_add_text(words, mark_symbol(response->mark));
        break;
    case FORM_NUMBER:
        buffer_add_text(words, number_text(words, response->number));
        if (asked->unit)
            buffer_format(words, strcmp(language, "ja") == 0 ? "%s" : " %s", asked->unit);
        break;
    case FORM_SCALE: {
        size_t step = (size_t)(response->number - asked->low);
        buffer_add_text(words, number_text(words, response->number));
        if (step < asked->choice_count && *asked->choices[step].label)
            buffer_format(words, " (%s)", asked->choices[step].label);
        break;
    }
    case FORM_SINGLE:
    case FORM_MULTIPLE:
    case FORM_RANKING:
        describe_chosen(words, asked, response, language);
        break;
    }
    return buffer_take(words, context);
}

static json_t *view_choices(const struct poll_question *question, const struct form_question *asked)
{
    json_t *list = json_array();
    for (size_t i = 0; i < asked->choice_count; i++) {
        long capacity = question->choices[i + 1].capacity;
        json_int_t number = asked->kind == FORM_SCALE ? (json_int_t)asked->low + (json_int_t)i : (json_int_t)i + 1;
        json_array_append_new(list, json_pack("{s:I, s:s, s:o, s:n}", "n", number, "label", asked->choices[i].label,
                                              "capacity", capacity ? json_integer(capacity) : json_null(), "left"));
    }
    return list;
}

json_t *form_view_questions(const struct poll *poll)
{
    json_t *list = json_array();
    void *scratch = talloc_new(NULL);
    for (size_t i = 0; i < memory_count(poll->questions); i++) {
        const struct poll_question *question = &poll->questions[i];
        struct form_question asked = {0};
        read_question(scratch, question, &asked);
        json_t *view = json_pack(
            "{s:I, s:s, s:b, s:o, s:b, s:o, s:o, s:o, s:o}", "q", (json_int_t)i + 1, "text", question->text, "required",
            question->required, "choices", view_choices(question, &asked), "has_choices", asked.choice_count > 0, "low",
            view_text(question->low), "high", view_text(question->high), "unit", view_text(question->unit), "most",
            question->most ? json_integer(question->most) : json_null());
        for (enum form_kind kind = FORM_SINGLE; kind <= FORM_ATTENDANCE; kind++) {
            char *name = memory_format(scratch, "is_%s", form_kind_name(kind));
            json_object_set_new(view, name, json_boolean(asked.kind == kind));
        }
        json_array_append_new(list, view_check(view));
    }
    talloc_free(scratch);
    return list;
}
