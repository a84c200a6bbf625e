/* Views of a poll: see view.h. */
#include "poll/view.h"

#include <ctype.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "poll/form_poll.h"
#include "poll/option.h"
#include "text/when.h"

struct when choice_to_when(const struct choice *choice)
{
    return (struct when){.start = choice->start,
                         .end = choice->end,
                         .has_end = choice->has_end,
                         .all_day = choice->all_day,
                         .note = choice->note};
}

struct when *poll_list_whens(const void *context, const struct poll *poll)
{
    struct when *whens = memory_array(context, struct when, poll->choice_count);
    for (size_t i = 0; i < poll->choice_count; i++)
        whens[i] = choice_to_when(&poll->choices[i]);
    return whens;
}

int *poll_list_numbers(const void *context, const struct poll *poll)
{
    int *numbers = memory_array(context, int, poll->choice_count);
    for (size_t i = 0; i < poll->choice_count; i++)
        numbers[i] = poll->choices[i].number;
    return numbers;
}

/*
 * The year that goes without saying beside a date of the poll: the date's own when it lies within nine months of the
 * opening. It counts from the opening and not from today, so that a ballot reads the same in the new year as on the
 * day it was sent.
 */
static int plain_year(const struct poll *poll, struct civil date)
{
    enum { NINE_MONTHS = 275 };
    struct civil opened = clock_to_civil(poll->created_at);
    long days = civil_day_number(date) - civil_day_number(opened);
    return days >= 0 && days <= NINE_MONTHS ? date.year : opened.year;
}

char *view_when_label(const void *context, const struct poll *poll, const struct when *when, const char *language)
{
    return when_format(context, language, when, plain_year(poll, when->start));
}

char *view_choice_label(const void *context, const struct poll *poll, const struct choice *choice, const char *language)
{
    struct when when = choice_to_when(choice);
    return view_when_label(context, poll, &when, language);
}

json_t *view_mark(enum mark mark)
{
    return json_pack("{s:s, s:b, s:b, s:b, s:b, s:b}", "symbol", mark_symbol(mark), "is_yes", mark == MARK_YES, "is_best",
                     mark == MARK_BEST, "is_maybe", mark == MARK_MAYBE, "is_no", mark == MARK_NO, "is_none",
                     mark == MARK_NONE);
}

static json_t *view_choices(const struct poll *poll, const char *language)
{
    json_t *choices = json_array();
    for (size_t i = 0; i < poll->choice_count; i++) {
        const struct choice *choice = &poll->choices[i];
        char *label = view_choice_label(NULL, poll, choice, language);
        json_array_append_new(choices, json_pack("{s:i, s:s, s:o}", "n", choice->number, "label", label, "note",
                                                 view_text(choice->note)));
        talloc_free(label);
    }
    return choices;
}

json_t *view_poll(const struct poll *poll, const char *organiser, const char *language)
{
    void *context = talloc_new(NULL);
    struct civil deadline = clock_to_civil(poll->deadline);
    char *code = memory_copy_text(context, poll->code);
    for (char *c = code; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    json_t *view = json_pack(
        "{s:s, s:s, s:o, s:o, s:s, s:s, s:s, s:o, s:I, s:b, s:o, s:I, s:o}", "code", code, "title", poll->title, "description",
        view_text(poll->description), "place", view_text(poll->place), "deadline",
        when_format_point(context, language, deadline, plain_year(poll, deadline)), "deadline_short",
        when_format_short(context, language, deadline), "organiser", organiser, "choices",
        view_choices(poll, language), "choice_count", (json_int_t)poll->choice_count, "is_form", poll->is_form, "questions",
        form_view_questions(poll), "question_count", (json_int_t)memory_count(poll->questions), "options",
        option_view(&poll->options));
    talloc_free(context);
    return view_check(view);
}
