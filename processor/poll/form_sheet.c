/* Everybody's responses: see form_sheet.h. */
#include "poll/form_sheet.h"

#include "base/buffer.h"
#include "base/limits.h"
#include "base/memory.h"
#include "poll/form_poll.h"
#include "store/question.h"

/* The responses of everybody, by the place of their invitation. */
static struct response **sort_rows(void *context, const struct count *count, const struct response *rows)
{
    size_t people = memory_count(count->invitations);
    struct response **sorted = memory_array(context, struct response *, people);
    int last = 0; /* number; in an anonymous poll they stand in no order */
    for (size_t i = 0; i < people; i++)
        last = count->invitations[i].number > last ? count->invitations[i].number : last;
    size_t *places = memory_array(context, size_t, last + 1);
    for (size_t i = 0; i < people; i++)
        places[count->invitations[i].number] = i + 1;
    for (size_t i = 0; i < memory_count(rows); i++) {
        if (rows[i].invitation_number > last || !places[rows[i].invitation_number])
            continue;
        struct response **list = &sorted[places[rows[i].invitation_number] - 1];
        size_t length = memory_count(*list);
        *list = memory_resize(context, *list, struct response, length + 1);
        (*list)[length] = rows[i];
    }
    return sorted;
}

struct form_sheet *form_sheet_load(const void *context, struct office *office, const struct count *count,
                                   struct error **error)
{
    const struct poll *poll = count->poll;
    struct form_sheet *sheet = memory_new(context, struct form_sheet);
    struct response *rows = store_list_responses(sheet, office->store, poll->id, 0, error);
    sheet->seats = rows ? seats_list(sheet, office, poll, error) : NULL;
    if (!sheet->seats) {
        talloc_free(sheet);
        return NULL;
    }
    sheet->count = count;
    sheet->form = form_of_poll(sheet, poll, NULL);
    struct response **sorted = sort_rows(sheet, count, rows);
    size_t questions = sheet->form->count;
    sheet->responses = memory_array(sheet, struct form_response *, memory_count(count->invitations) * questions);
    for (size_t i = 0; i < memory_count(count->invitations); i++)
        for (size_t j = 0; j < questions; j++)
            sheet->responses[i * questions + j] =
                form_from_store(sheet, &poll->questions[j], &sheet->form->questions[j], sorted[i]);
    return sheet;
}

const struct form_response *form_sheet_at(const struct form_sheet *sheet, size_t person, size_t question)
{
    return sheet->responses[person * sheet->form->count + question];
}

/* Choices one after the other, each with the place in its queue. */
static char *write_seats(const void *context, const struct form_sheet *sheet, size_t person, size_t question,
                         const char *waiting)
{
    const struct form_response *response = form_sheet_at(sheet, person, question);
    const struct poll_question *asked = &sheet->count->poll->questions[question];
    int number = sheet->count->invitations[person].number;
    struct buffer *words = buffer_new(context, LIMIT_MAIL_OUT_BYTES);
    for (size_t i = 0; i < memory_count(response->chosen); i++) {
        const struct question_choice *choice = &asked->choices[response->chosen[i] + 1];
        const struct seat *seat = seats_find(sheet->seats, number, choice->id);
        buffer_format(words, "%s%s", i ? ", " : "", choice->label);
        if (seat && seat->waiting)
            buffer_format(words, " [%s %zu]", waiting, seat->waiting);
    }
    return buffer_take(words, context);
}

static bool has_places(const struct poll_question *question)
{
    bool any = false;
    for (size_t i = 0; i < memory_count(question->choices); i++)
        any = any || question->choices[i].capacity;
    return any;
}

struct form_cell form_sheet_cell(const void *context, const struct form_sheet *sheet, size_t person, size_t question,
                                 const char *waiting, const char *language)
{
    const struct form_response *response = form_sheet_at(sheet, person, question);
    const struct form_question *asked = &sheet->form->questions[question];
    bool is_said = response->verdict != ANSWER_NONE && !response->is_blank;
    if (is_said && (asked->kind == FORM_NUMBER || asked->kind == FORM_SCALE))
        return (struct form_cell){memory_format(context, "%.15g", response->number), true};
    if (is_said && has_places(&sheet->count->poll->questions[question]))
        return (struct form_cell){write_seats(context, sheet, person, question, waiting), false};
    char *words = form_describe(context, asked, response, language);
    return (struct form_cell){words ? words : memory_copy_text(context, ""), false};
}
