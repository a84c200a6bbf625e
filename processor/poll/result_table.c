/* The ○△× table: see result_table.h. Choices stand in the order of their numbers, as on the ballot. */
#include "poll/result_table.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "poll/view.h"
#include "text/value.h"
#include "text/width.h"

enum {
    WIDEST_LINE = 78,
    CELL_COLUMNS = 4,
    WIDEST_NAME = 24,
    NARROWEST_NAME = 8,
    LINE_BYTES = 4096,
    BLOCK_CHOICES = 6, /* with a name beside them that is what a telephone shows without scrolling */
};

/* Some choices of a table, beside each other. */
struct stretch {
    const struct ballot_box *box;
    char *const *names;
    size_t first;
    size_t count;
};

static struct stretch stretch_from(const struct ballot_box *box, char *const *names, size_t first, size_t most)
{
    size_t rest = box->choices - first;
    return (struct stretch){box, names, first, rest < most ? rest : most};
}

static size_t name_columns(const struct ballot_box *box, char *const *names)
{
    size_t columns = NARROWEST_NAME;
    for (size_t i = 0; i < box->people; i++) {
        size_t width = text_width(names[i]);
        columns = width > columns ? width : columns;
    }
    return columns > WIDEST_NAME ? WIDEST_NAME : columns;
}

static enum mark mark_at(const struct stretch *stretch, size_t person, size_t choice)
{
    return (enum mark)stretch->box->marks[person * stretch->box->choices + choice];
}

static json_t *take_line(struct buffer *line)
{
    json_t *text = json_string(line->bytes);
    talloc_free(line);
    return view_check(text);
}

static json_t *head_line(const struct stretch *stretch, size_t columns)
{
    struct buffer *line = buffer_new(NULL, LINE_BYTES);
    buffer_format(line, "%*s", (int)columns, "");
    for (size_t i = stretch->first; i < stretch->first + stretch->count; i++)
        buffer_format(line, "%*d", (int)CELL_COLUMNS, stretch->box->numbers[i]);
    return take_line(line);
}

static json_t *row_line(const struct stretch *stretch, size_t person, size_t columns)
{
    struct buffer *line = buffer_new(NULL, LINE_BYTES);
    buffer_add_text(line, text_pad(line, stretch->names[person], columns));
    for (size_t i = stretch->first; i < stretch->first + stretch->count; i++)
        buffer_format(line, "  %s", mark_symbol(mark_at(stretch, person, i)));
    return take_line(line);
}

static json_t *view_lines(const struct ballot_box *box, char *const *names)
{
    json_t *lines = json_array();
    size_t columns = name_columns(box, names);
    size_t most = (WIDEST_LINE - columns) / CELL_COLUMNS;
    for (size_t first = 0; first < box->choices; first += most) {
        struct stretch stretch = stretch_from(box, names, first, most);
        if (first)
            json_array_append_new(lines, json_string(""));
        json_array_append_new(lines, head_line(&stretch, columns));
        for (size_t person = 0; person < box->people; person++)
            json_array_append_new(lines, row_line(&stretch, person, columns));
    }
    return lines;
}

static json_t *view_heads(const struct stretch *stretch)
{
    json_t *heads = json_array();
    for (size_t i = stretch->first; i < stretch->first + stretch->count; i++)
        json_array_append_new(heads, json_integer(stretch->box->numbers[i]));
    return heads;
}

static json_t *view_rows(const struct stretch *stretch)
{
    json_t *rows = json_array();
    for (size_t person = 0; person < stretch->box->people; person++) {
        json_t *cells = json_array();
        for (size_t i = stretch->first; i < stretch->first + stretch->count; i++)
            json_array_append_new(cells, view_mark(mark_at(stretch, person, i)));
        json_array_append_new(rows, view_check(json_pack("{s:s, s:o, s:b}", "name", stretch->names[person], "cells",
                                                         cells, "required", stretch->box->required[person])));
    }
    return rows;
}

/* As many choices in each as make all about equally wide. */
static json_t *view_blocks(const struct ballot_box *box, char *const *names)
{
    json_t *blocks = json_array();
    size_t count = (box->choices + BLOCK_CHOICES - 1) / BLOCK_CHOICES;
    size_t most = count ? (box->choices + count - 1) / count : 1;
    for (size_t first = 0; first < box->choices; first += most) {
        struct stretch stretch = stretch_from(box, names, first, most);
        json_array_append_new(blocks, view_check(json_pack("{s:o, s:o}", "heads", view_heads(&stretch), "rows",
                                                           view_rows(&stretch))));
    }
    return blocks;
}

json_t *result_view_table(const struct ballot_box *box, char *const *names)
{
    struct stretch whole = stretch_from(box, names, 0, box->choices);
    return view_check(json_pack("{s:o, s:o, s:o, s:o}", "heads", view_heads(&whole), "rows", view_rows(&whole), "lines",
                                view_lines(box, names), "blocks", view_blocks(box, names)));
}
