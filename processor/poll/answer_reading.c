/* Recording what was said: see answer_reading.h. */
#include "poll/answer_reading.h"

#include <string.h>

#include "base/limits.h"
#include "base/memory.h"

struct reading *reading_new(const void *context, const struct answer_question *question, const struct folded *folded,
                            const char *source)
{
    struct reading *reading = memory_new(context, struct reading);
    reading->question = question;
    reading->folded = folded;
    reading->source = source;
    reading->cells = memory_array(reading, struct cell, question->choice_count);
    reading->comment = buffer_new(reading, 2 * LIMIT_TEXT_BYTES);
    return reading;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

char *reading_quote(const void *context, const struct reading *reading, size_t start, size_t end)
{
    size_t first = reading->folded->origin[start];
    size_t last = reading->folded->origin[end];
    while (first < last && is_blank(reading->source[first]))
        first++;
    while (last > first && is_blank(reading->source[last - 1]))
        last--;
    return memory_copy_bytes(context, reading->source + first, last - first);
}

static void say_cell(struct reading *reading, struct cell *cell, const struct statement *statement)
{
    enum strength other = statement->strength < cell->strength ? cell->strength : statement->strength;
    bool is_filled = statement->strength == STRENGTH_FILLED || cell->strength == STRENGTH_FILLED;
    if (is_filled && other == STRENGTH_UNIVERSAL && cell->mark != statement->mark && cell->strength != STRENGTH_NONE)
        cell->unclear = true; /* 1のみ可, 全部○ */
    if (statement->strength < cell->strength)
        return;
    if (statement->strength == cell->strength && cell->mark != statement->mark) {
        cell->unclear = true;
        return;
    }
    if (statement->strength == cell->strength)
        cell->inferred = cell->inferred && statement->inferred;
    else
        cell->inferred = statement->inferred;
    cell->mark = statement->mark;
    cell->strength = statement->strength;
    cell->wish = statement->wish;
    talloc_free(cell->evidence);
    cell->evidence = reading_quote(reading->cells, reading, statement->start, statement->end);
    if (statement->note)
        cell->note = memory_copy_text(reading->cells, statement->note);
}

void reading_say(struct reading *reading, const struct statement *statement)
{
    if (statement->strength == STRENGTH_UNIVERSAL)
        reading->universal = *statement;
    for (size_t i = 0; i < reading->question->choice_count; i++)
        if (statement->set >> i & 1)
            say_cell(reading, &reading->cells[i], statement);
}

static size_t leading_blanks(const struct reading *reading, size_t start)
{
    const char *from = reading->source + reading->folded->origin[start];
    return strspn(from, " \n\r\t");
}

void reading_doubt(struct reading *reading, uint64_t set, size_t start, size_t end)
{
    enum { MOST_UNCLEAR = 50 };
    size_t count = talloc_array_length(reading->unclear);
    if (count < MOST_UNCLEAR) {
        reading->unclear = memory_resize(reading, reading->unclear, char *, count + 1);
        reading->unclear[count] = reading_quote(reading->unclear, reading, start, end);
    }
    reading_comment(reading, start, end);
    if (!set)
        reading->shaken = true;
    for (size_t i = 0; i < reading->question->choice_count; i++)
        if (set >> i & 1)
            reading->cells[i].unclear = true;
}

/* Pieces that lie side by side in the source stay so. */
void reading_comment(struct reading *reading, size_t start, size_t end)
{
    char *passage = reading_quote(NULL, reading, start, end);
    if (*passage) {
        if (reading->comment->length && reading->comment_end == start)
            buffer_add(reading->comment, reading->source + reading->folded->origin[start],
                       leading_blanks(reading, start));
        else if (reading->comment->length)
            buffer_add_byte(reading->comment, '\n');
        buffer_add_text(reading->comment, passage);
        reading->comment_end = end;
    }
    talloc_free(passage);
}

uint64_t reading_said(const struct reading *reading, enum strength strength)
{
    uint64_t set = 0;
    for (size_t i = 0; i < reading->question->choice_count; i++)
        if (reading->cells[i].strength >= strength)
            set |= (uint64_t)1 << i;
    return set;
}

/* ○, ×, △ … on lines of their own are a mark string when they are as many as the choices. */
static void finish_pending(struct reading *reading)
{
    size_t count = reading->pending_count;
    if (!count)
        return;
    if (count != reading->question->choice_count) {
        reading_doubt(reading, 0, reading->pending[0].start, reading->pending[count - 1].end);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const struct token *token = &reading->pending[i];
        struct statement statement = {.set = (uint64_t)1 << i,
                                      .mark = (enum mark)token->value,
                                      .strength = STRENGTH_SAID,
                                      .start = token->start,
                                      .end = token->end};
        reading_say(reading, &statement);
    }
}

static void finish_rest(struct reading *reading)
{
    struct statement *rest = &reading->rest;
    if (!reading->rest_is_said)
        return;
    uint64_t said = reading_said(reading, STRENGTH_NARROWED) | reading->elsewhere;
    for (size_t i = 0; i < reading->question->choice_count; i++)
        if (reading->cells[i].unclear)
            said |= (uint64_t)1 << i;
    rest->set = choices_all(reading->question) & ~said;
    rest->strength = STRENGTH_SAID;
    if (!said)
        reading_doubt(reading, 0, rest->start, rest->end);
    else
        reading_say(reading, rest);
}

/* 1○ 2○ … 全部×: what speaks of all but overrules nothing and is overruled everywhere contradicts. */
static void finish_universal(struct reading *reading)
{
    const struct statement *universal = &reading->universal;
    if (!universal->set || reading_said(reading, STRENGTH_NARROWED) != universal->set)
        return;
    for (size_t i = 0; i < reading->question->choice_count; i++)
        if (reading->cells[i].mark != universal->mark && reading->cells[i].mark != MARK_BEST) {
            reading_doubt(reading, 0, universal->start, universal->end);
            return;
        }
}

void reading_finish(struct reading *reading)
{
    finish_pending(reading);
    finish_rest(reading);
    finish_universal(reading);
    bool says_something = reading_said(reading, STRENGTH_FILLED) != 0;
    if (says_something && (reading->bare_no || reading->bare_maybe))
        reading_doubt(reading, 0, 0, reading->folded->length);
}
