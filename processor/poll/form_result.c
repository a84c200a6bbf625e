/* The result of a form: see form_result.h. */
#include "poll/form_result.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/memory.h"
#include "poll/form_poll.h"
#include "poll/form_seats.h"
#include "poll/form_sheet.h"
#include "text/value.h"
#include "text/width.h"

enum { BAR_CELLS = 20, PADDED_COLUMNS = 24 };

/* Everybody's responses to one question. */
struct tallying {
    const struct count *count;
    const struct form_question *asked;
    const struct form_response **responses; /* one a person; verdict NONE where nobody said anything */
    size_t people;
    size_t answered;
    const char *language;
};

static bool is_said(const struct form_response *response)
{
    return response->verdict != ANSWER_NONE;
}

static json_t *view_line(const char *label, size_t count, size_t of)
{
    char bar[BAR_CELLS * sizeof "■" + 1];
    size_t cells = of ? (count * BAR_CELLS + of / 2) / of : 0;
    bar[0] = '\0';
    for (size_t i = 0; i < cells && i < BAR_CELLS; i++)
        memcpy(bar + i * strlen("■"), "■", sizeof "■");
    size_t width = text_width(label);
    char *padded = memory_format(NULL, "%s%*s", label, width < PADDED_COLUMNS ? (int)(PADDED_COLUMNS - width) : 0, "");
    json_t *line = json_pack("{s:s, s:s, s:I, s:I, s:s, s:n}", "label", label, "padded", padded, "count",
                             (json_int_t)count, "share", (json_int_t)(of ? (count * 100 + of / 2) / of : 0), "bar", bar,
                             "rank");
    talloc_free(padded);
    return view_check(line);
}

static size_t count_chosen(const struct tallying *tallying, size_t place)
{
    size_t count = 0;
    for (size_t i = 0; i < tallying->people; i++)
        for (size_t j = 0; j < memory_count(tallying->responses[i]->chosen); j++)
            count += tallying->responses[i]->chosen[j] == place;
    return count;
}

static json_t *view_choices(const struct tallying *tallying)
{
    json_t *lines = json_array();
    for (size_t i = 0; i < tallying->asked->choice_count; i++)
        json_array_append_new(
            lines, view_line(tallying->asked->choices[i].label, count_chosen(tallying, i), tallying->answered));
    return lines;
}

static json_t *view_steps(const struct tallying *tallying)
{
    json_t *lines = json_array();
    const struct form_question *asked = tallying->asked;
    long steps = (long)(asked->high - asked->low) + 1;
    for (long step = 0; step < steps; step++) {
        size_t count = 0;
        for (size_t i = 0; i < tallying->people; i++) {
            const struct form_response *response = tallying->responses[i];
            count += is_said(response) && !response->is_blank && (long)(response->number - asked->low) == step;
        }
        bool is_named = (size_t)step < asked->choice_count;
        char *label = memory_format(NULL, is_named ? "%ld %s" : "%ld", (long)(asked->low) + step,
                                    is_named ? asked->choices[step].label : "");
        json_array_append_new(lines, view_line(label, count, tallying->answered));
        talloc_free(label);
    }
    return lines;
}

static json_t *view_attendance(const struct tallying *tallying)
{
    json_t *lines = json_array();
    static const enum mark marks[] = {MARK_YES, MARK_MAYBE, MARK_NO};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t count = 0;
        for (size_t j = 0; j < tallying->people; j++) {
            enum mark mark = tallying->responses[j]->mark;
            count += mark == marks[i] || (mark == MARK_BEST && marks[i] == MARK_YES);
        }
        json_array_append_new(lines, view_line(mark_symbol(marks[i]), count, tallying->answered));
    }
    return lines;
}

/* ----- rankings ----- */

struct standing {
    size_t place;
    size_t firsts; /* how often it was ranked best */
    double sum;    /* of ranks; whoever did not rank it puts it behind all that they ranked */
};

static int compare_standings(const void *a, const void *b)
{
    const struct standing *left = a;
    const struct standing *right = b;
    if (left->sum < right->sum || left->sum > right->sum)
        return left->sum < right->sum ? -1 : 1;
    if (left->firsts != right->firsts)
        return left->firsts > right->firsts ? -1 : 1;
    return left->place < right->place ? -1 : left->place > right->place;
}

static json_t *view_ranking(const struct tallying *tallying)
{
    size_t choices = tallying->asked->choice_count;
    struct standing *standings = memory_array(NULL, struct standing, choices);
    size_t ranked = 0;
    for (size_t i = 0; i < choices; i++)
        standings[i].place = i;
    for (size_t i = 0; i < tallying->people; i++) {
        const size_t *order = tallying->responses[i]->chosen;
        size_t count = memory_count(order);
        ranked += count > 0;
        for (size_t place = 0; count && place < choices; place++) {
            size_t rank = 0;
            while (rank < count && order[rank] != place)
                rank++;
            standings[place].sum += (double)rank + 1;
            standings[place].firsts += rank == 0;
        }
    }
    qsort(standings, choices, sizeof *standings, compare_standings);
    json_t *lines = json_array();
    for (size_t i = 0; i < choices; i++) {
        json_t *line = view_line(tallying->asked->choices[standings[i].place].label, standings[i].firsts, ranked);
        char *mean = memory_format(NULL, "%.1f", ranked ? standings[i].sum / (double)ranked : 0.0);
        if (ranked)
            json_object_set_new(line, "rank", json_string(mean));
        json_array_append_new(lines, line);
        talloc_free(mean);
    }
    talloc_free(standings);
    return lines;
}

/* ----- numbers ----- */

static int compare_numbers(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

/* Means with one digit more than people gave. */
static json_t *number_text(double number)
{
    char *text = memory_format(NULL, "%.2f", number);
    size_t length = strlen(text);
    while (length && text[length - 1] == '0')
        text[--length] = '\0';
    if (length && text[length - 1] == '.')
        text[--length] = '\0';
    json_t *view = json_string(text);
    talloc_free(text);
    return view;
}

static json_t *view_numbers(const struct tallying *tallying)
{
    double *numbers = memory_array(NULL, double, tallying->people);
    size_t count = 0;
    double sum = 0;
    for (size_t i = 0; i < tallying->people; i++)
        if (is_said(tallying->responses[i]) && !tallying->responses[i]->is_blank) {
            numbers[count++] = tallying->responses[i]->number;
            sum += tallying->responses[i]->number;
        }
    json_t *view = json_null();
    if (count) {
        qsort(numbers, count, sizeof *numbers, compare_numbers);
        double median = (numbers[(count - 1) / 2] + numbers[count / 2]) / 2;
        view = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "mean", number_text(sum / (double)count), "median",
                         number_text(median), "lowest", number_text(numbers[0]), "highest",
                         number_text(numbers[count - 1]), "sum", number_text(sum), "unit",
                         view_text(tallying->asked->unit));
    }
    talloc_free(numbers);
    return view;
}

/* ----- what was written ----- */

static void add_text(json_t *list, const struct tallying *tallying, size_t person, const char *text)
{
    if (!text || !*text)
        return;
    struct buffer *indented = buffer_new(NULL, LIMIT_MAIL_OUT_BYTES);
    for (const char *c = text; *c; c++) {
        buffer_add_byte(indented, *c);
        if (*c == '\n')
            buffer_add_text(indented, "      ");
    }
    json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "name", tallying->count->names[person], "text", text,
                                          "indented", indented->bytes));
    talloc_free(indented);
}

/* Free texts in full, words beside 「その他」, and what people remarked on their answer. */
static json_t *view_texts(const struct tallying *tallying)
{
    json_t *list = json_array();
    for (size_t i = 0; i < tallying->people; i++) {
        const struct form_response *response = tallying->responses[i];
        if (!is_said(response))
            continue;
        if (!response->is_blank)
            add_text(list, tallying, i, response->text);
        add_text(list, tallying, i, response->comment);
    }
    return list;
}

static json_t *view_lines(const struct tallying *tallying)
{
    switch (tallying->asked->kind) {
    case FORM_SINGLE:
    case FORM_MULTIPLE:
        return view_choices(tallying);
    case FORM_SCALE:
        return view_steps(tallying);
    case FORM_RANKING:
        return view_ranking(tallying);
    case FORM_ATTENDANCE:
        return view_attendance(tallying);
    case FORM_NUMBER:
    case FORM_TEXT:
        break;
    }
    return json_array();
}

/* ----- places ----- */

static void append_name(char **names, const char *name, const char *language)
{
    const char *separator = strcmp(language, "ja") == 0 ? "、" : ", ";
    *names = memory_format(talloc_parent(*names), "%s%s%s", *names, **names ? separator : "", name);
}

static const char *name_of(const struct count *count, int number)
{
    for (size_t i = 0; i < memory_count(count->invitations); i++)
        if (count->invitations[i].number == number)
            return count->names[i];
    return "?";
}

static json_t *view_seats(const struct count *count, const struct poll_question *question, const struct seat *seats,
                          const char *language)
{
    json_t *list = json_array();
    for (size_t i = 1; i < memory_count(question->choices); i++) {
        const struct question_choice *choice = &question->choices[i];
        if (!choice->capacity)
            continue;
        void *scratch = talloc_new(NULL);
        char *in = memory_copy_text(scratch, "");
        char *waiting = memory_copy_text(scratch, "");
        json_int_t taken = 0;
        for (size_t j = 0; j < memory_count(seats); j++) {
            if (seats[j].choice_id != choice->id)
                continue;
            taken += seats[j].waiting == 0;
            append_name(seats[j].waiting ? &waiting : &in, name_of(count, seats[j].invitation_number), language);
        }
        json_array_append_new(list, json_pack("{s:s, s:I, s:I, s:o, s:o}", "label", choice->label, "capacity",
                                              (json_int_t)choice->capacity, "taken", taken, "names", view_text(in),
                                              "waiting", view_text(waiting)));
        talloc_free(scratch);
    }
    return list;
}

/* ----- the whole ----- */

static void add_question(json_t *question, struct tallying *tallying)
{
    bool counts = tallying->asked->kind == FORM_SCALE || tallying->asked->kind == FORM_NUMBER;
    json_object_set_new(question, "answered", json_integer((json_int_t)tallying->answered));
    json_object_set_new(question, "lines", view_lines(tallying));
    json_object_set_new(question, "numbers", counts ? view_numbers(tallying) : json_null());
    json_object_set_new(question, "texts", view_texts(tallying));
}

/* What each person answered, in words: [{"name","cells":["…"]}], as wide as there are questions. */
static json_t *view_rows(const struct form_sheet *sheet, const char *language)
{
    json_t *rows = json_array();
    const struct count *count = sheet->count;
    for (size_t i = 0; i < memory_count(count->invitations); i++) {
        json_t *cells = json_array();
        for (size_t j = 0; j < sheet->form->count; j++) {
            char *words = form_describe(sheet, &sheet->form->questions[j], form_sheet_at(sheet, i, j), language);
            json_array_append_new(cells, json_string(words ? words : ""));
            talloc_free(words);
        }
        json_array_append_new(rows, json_pack("{s:s, s:o}", "name", count->names[i], "cells", cells));
    }
    return rows;
}

bool form_result_add(json_t *view, struct office *office, const struct count *count, const char *language,
                     struct error **error)
{
    struct form_sheet *sheet = form_sheet_load(NULL, office, count, error);
    if (!sheet)
        return false;
    const struct form *form = sheet->form;
    json_t *questions = json_deep_copy(json_object_get(view, "questions"));
    for (size_t i = 0; i < form->count; i++) {
        struct tallying tallying = {.count = count,
                                    .asked = &form->questions[i],
                                    .people = memory_count(count->invitations),
                                    .language = language};
        tallying.responses = memory_array(sheet, const struct form_response *, tallying.people);
        for (size_t j = 0; j < tallying.people; j++) {
            tallying.responses[j] = form_sheet_at(sheet, j, i);
            tallying.answered += is_said(tallying.responses[j]);
        }
        json_t *question = json_array_get(questions, i);
        add_question(question, &tallying);
        json_object_set_new(question, "seats", view_seats(count, &count->poll->questions[i], sheet->seats, language));
    }
    json_object_set_new(view, "questions", questions);
    bool is_small = memory_count(count->invitations) <= (size_t)office->config->table_rows;
    json_object_set_new(view, "rows", is_small ? view_rows(sheet, language) : json_null());
    talloc_free(sheet);
    return true;
}
