/* The ○△× table: see result_table.h. Choices stand in the order of their numbers, as on the ballot. */
#include "poll/result_table.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "poll/view.h"
#include "text/width.h"

enum { WIDEST_LINE = 78, CELL_COLUMNS = 4, WIDEST_NAME = 24, NARROWEST_NAME = 8, LINE_BYTES = 4096 };

static size_t name_columns(const struct ballot_box *box, char *const *names)
{
    size_t columns = NARROWEST_NAME;
    for (size_t i = 0; i < box->people; i++) {
        size_t width = text_width(names[i]);
        columns = width > columns ? width : columns;
    }
    size_t room = WIDEST_LINE - box->choices * CELL_COLUMNS;
    columns = columns > WIDEST_NAME ? WIDEST_NAME : columns;
    return columns > room ? room : columns;
}

static json_t *head_line(const struct ballot_box *box, size_t columns)
{
    struct buffer *line = buffer_new(NULL, LINE_BYTES);
    for (size_t i = 0; i < columns; i++)
        buffer_add_byte(line, ' ');
    for (size_t i = 0; i < box->choices; i++)
        buffer_format(line, "%*d", (int)CELL_COLUMNS, box->numbers[i]);
    json_t *text = json_string(line->bytes);
    talloc_free(line);
    return text;
}

static json_t *row_line(const struct ballot_box *box, size_t person, const char *name, size_t columns)
{
    struct buffer *line = buffer_new(NULL, LINE_BYTES);
    buffer_add_text(line, text_pad(line, name, columns));
    for (size_t choice = 0; choice < box->choices; choice++) {
        buffer_add_text(line, "  ");
        buffer_add_text(line, mark_symbol((enum mark)box->marks[person * box->choices + choice]));
    }
    json_t *text = json_string(line->bytes);
    talloc_free(line);
    return text;
}

static json_t *view_row(const struct ballot_box *box, size_t person, const char *name)
{
    json_t *cells = json_array();
    for (size_t choice = 0; choice < box->choices; choice++)
        json_array_append_new(cells, view_mark((enum mark)box->marks[person * box->choices + choice]));
    return json_pack("{s:s, s:o, s:b}", "name", name, "cells", cells, "required", box->required[person]);
}

json_t *result_view_table(const struct ballot_box *box, char *const *names)
{
    bool fits = NARROWEST_NAME + box->choices * CELL_COLUMNS <= WIDEST_LINE;
    size_t columns = fits ? name_columns(box, names) : 0;
    json_t *heads = json_array();
    json_t *rows = json_array();
    json_t *lines = fits ? json_array() : json_null();
    for (size_t i = 0; i < box->choices; i++)
        json_array_append_new(heads, json_integer(box->numbers[i]));
    if (fits)
        json_array_append_new(lines, head_line(box, columns));
    for (size_t person = 0; person < box->people; person++) {
        json_array_append_new(rows, view_row(box, person, names[person]));
        if (fits)
            json_array_append_new(lines, row_line(box, person, names[person], columns));
    }
    return view_check(json_pack("{s:o, s:o, s:o}", "heads", heads, "rows", rows, "lines", lines));
}
