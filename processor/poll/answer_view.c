/* Questions and answers as JSON: see answer_view.h. */
#include "poll/answer_view.h"

#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/memory.h"

static bool read_point(json_t *value, const char *what, struct civil *civil, bool *has_time, struct error **error)
{
    const char *text = json_string_value(value);
    time_t instant;
    if (!text || !clock_parse(text, &instant))
        return error_set(error, ERROR_REFUSED, "%s is no time such as \"2026-01-15T13:00\"", what);
    *civil = clock_to_civil(instant);
    *has_time = strlen(text) > strlen("2026-01-15");
    return true;
}

static bool read_label(const void *context, const char *label, struct civil now, struct when *choice)
{
    struct when_context about = {.now = now};
    struct when_result *result = when_read_candidates(context, label, &about);
    if (result->count == 1)
        *choice = result->dates[0];
    return result->count == 1;
}

static bool read_choice(const void *context, const struct answer_question *question, json_t *entry, struct when *choice,
                        struct error **error)
{
    json_t *start = json_object_get(entry, "start");
    json_t *end = json_object_get(entry, "end");
    const char *label = json_string_value(json_object_get(entry, "label"));
    bool has_time = false;
    if (json_is_string(start)) {
        if (!read_point(start, "the start of a choice", &choice->start, &has_time, error))
            return false;
        choice->all_day = !has_time;
        choice->has_end = json_is_string(end);
        return !choice->has_end || read_point(end, "the end of a choice", &choice->end, &has_time, error);
    }
    if ((label && read_label(context, label, question->now, choice)) || question->kind != ANSWER_DATES)
        return true;
    return error_set(error, ERROR_REFUSED, "a choice has neither \"start\" nor a \"label\" that is one date");
}

static bool read_choices(struct answer_question *question, json_t *list, struct error **error)
{
    size_t count = json_array_size(list);
    bool is_open = question->kind == ANSWER_ATTENDANCE && count == 0; /* who comes: there is but one thing to come to */
    if ((count == 0 && !is_open) || count > LIMIT_CHOICES)
        return error_set(error, ERROR_REFUSED, "\"choices\" must be a list of 1 to %d", LIMIT_CHOICES);
    question->choice_count = is_open ? 1 : count;
    struct when *choices = memory_array(question, struct when, question->choice_count);
    question->choices = choices;
    bool *seen = memory_array(question, bool, question->choice_count);
    size_t i;
    json_t *entry;
    json_array_foreach(list, i, entry)
    {
        json_t *number = json_object_get(entry, "n");
        json_int_t n = number ? json_integer_value(number) : (json_int_t)i + 1;
        if (n < 1 || n > (json_int_t)count || seen[n - 1])
            return error_set(error, ERROR_REFUSED, "the choices must be numbered from 1 to %zu, each once", count);
        seen[n - 1] = true;
        if (!read_choice(choices, question, entry, &choices[n - 1], error))
            return false;
    }
    return true;
}

static bool read_kind(const char *name, enum answer_kind *kind, struct error **error)
{
    static const char *const names[] = {[ANSWER_DATES] = "dates", [ANSWER_ATTENDANCE] = "attendance"};
    for (size_t i = 0; name && i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0) {
            *kind = (enum answer_kind)i;
            return true;
        }
    return error_set(error, ERROR_REFUSED, "\"kind\" must be dates, attendance, single, multiple, scale, number, ranking, text or questionnaire");
}

struct answer_question *answer_question_from_view(const void *context, json_t *view, struct error **error)
{
    struct answer_question *question = memory_new(context, struct answer_question);
    json_t *now = json_object_get(view, "now");
    bool has_time;
    bool done = read_kind(json_string_value(json_object_get(view, "kind")), &question->kind, error);
    question->now = clock_to_civil(clock_now());
    if (done && json_is_string(now))
        done = read_point(now, "\"now\"", &question->now, &has_time, error);
    question->ballot = memory_copy_text(question, json_string_value(json_object_get(view, "ballot")));
    return done && read_choices(question, json_object_get(view, "choices"), error) ? question : NULL;
}

/* ----- answers ----- */

static json_t *view_mark_name(enum mark mark)
{
    return mark == MARK_NONE ? json_null() : json_string(mark_name(mark));
}

static json_t *view_proposal(const struct answer_question *question, const struct answer *answer)
{
    if (!answer->proposal)
        return json_null();
    json_t *list = json_array();
    for (size_t i = 0; i < question->choice_count; i++)
        json_array_append_new(list, view_mark_name(answer->proposal[i]));
    return list;
}

/* The choices that somebody wished for, the dearest first. */
static json_t *view_preference(const struct answer_question *question, const struct answer *answer)
{
    json_t *list = json_array();
    for (int wish = 1; wish <= LIMIT_CHOICES; wish++)
        for (size_t i = 0; i < question->choice_count; i++)
            if (answer->marks[i].wish == wish && answer->marks[i].mark != MARK_NONE)
                json_array_append_new(list, json_integer((json_int_t)i + 1));
    return list;
}

static void add_numbered(json_t *object, size_t i, const char *text)
{
    char number[24];
    snprintf(number, sizeof number, "%zu", i + 1);
    if (text)
        json_object_set_new(object, number, json_string(text));
}

json_t *answer_view(const struct answer_question *question, const struct answer *answer)
{
    /* a bare yes answers nothing here: nobody proposed anything */
    static const char *const verdicts[] = {"ok", "inferred", "ask", "none", "withdraw", "defer", "ask"};
    json_t *marks = json_array();
    json_t *inferred = json_array();
    json_t *notes = json_object();
    json_t *evidence = json_object();
    json_t *unclear = json_array();
    for (size_t i = 0; i < question->choice_count; i++) {
        const struct answer_mark *mark = &answer->marks[i];
        json_array_append_new(marks, view_mark_name(mark->mark));
        if (mark->mark == MARK_NONE)
            continue;
        if (mark->inferred)
            json_array_append_new(inferred, json_integer((json_int_t)i + 1));
        add_numbered(notes, i, mark->note);
        add_numbered(evidence, i, mark->evidence);
    }
    for (size_t i = 0; i < memory_count(answer->unclear); i++)
        json_array_append_new(unclear, json_string(answer->unclear[i]));
    return memory_check(json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:o}", "verdict", verdicts[answer->verdict],
                                  "marks", marks, "inferred", inferred, "notes", notes, "evidence", evidence,
                                  "preference", view_preference(question, answer), "proposal",
                                  view_proposal(question, answer), "comment", answer->comment, "unclear", unclear));
}
