/* Everybody's responses to a form: what results and spreadsheets are made from. */
#ifndef KAIRAN_POLL_FORM_SHEET_H
#define KAIRAN_POLL_FORM_SHEET_H

#include "mail/office.h"
#include "poll/count.h"
#include "poll/form.h"
#include "poll/form_seats.h"

struct form_sheet {
    const struct count *count;
    struct form *form;
    struct form_response **responses; /* talloc array: responses[person * questions + question], people as in the count */
    struct seat *seats;               /* talloc array */
};

/* Reads them below `context`; the count must live as long. */
struct form_sheet *form_sheet_load(const void *context, struct office *office, const struct count *count,
                                   struct error **error);

/* The response of a person, by the place in the count; its verdict is NONE where nothing was said. */
const struct form_response *form_sheet_at(const struct form_sheet *sheet, size_t person, size_t question);

/* One cell for spreadsheets. */
struct form_cell {
    char *text;
    bool is_number; /* ours: no formula, whatever its sign */
};

/*
 * What a person answered, in words: numbers without their unit, choices with how long their place is waited for ("見学
 * [キャンセル待ち 2]", where `waiting` is that word). Below `context`.
 */
struct form_cell form_sheet_cell(const void *context, const struct form_sheet *sheet, size_t person, size_t question,
                                 const char *waiting, const char *language);

#endif
