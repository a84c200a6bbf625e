/*
 * Queries for notes, and excerpts around what they find: terms are searchable and within bounds, an excerpt is one line of
 * UTF-8 that holds nothing but the text and its marks.
 *
 * Seeds: note/queries.jsonl text; note/excerpts.jsonl query text
 */
#include <string.h>

#include "base/memory.h"
#include "fuzz.h"
#include "note/find.h"

enum { TERMS = 20, TERM_BYTES = 200, EXCERPT_BYTES = 1000 + 60 + 180 + 16 };

void fuzz_one(const void *context, const char *bytes, size_t length)
{
    static const struct civil today = {2026, 1, 15, 13, 0};
    char *line = fuzz_take_line(context, &bytes, &length);
    char *words = fuzz_text(context, line, strlen(line));
    char *text = fuzz_text(context, bytes, length);
    struct find_query *query = find_read_query(context, words, today);
    FUZZ_DEMAND(memory_count(query->search.terms) <= TERMS);
    for (size_t i = 0; i < memory_count(query->search.terms); i++) {
        const char *term = query->search.terms[i].text;
        FUZZ_DEMAND(*term && strlen(term) <= TERM_BYTES && fuzz_is_text(term));
    }
    for (size_t i = 0; i < memory_count(query->unclear); i++)
        FUZZ_DEMAND(*query->unclear[i] && fuzz_is_text(query->unclear[i]));
    char *excerpt = find_excerpt(context, text, &query->search);
    FUZZ_DEMAND(fuzz_is_text(excerpt) && !strchr(excerpt, '\n') && strlen(excerpt) <= EXCERPT_BYTES);
}
