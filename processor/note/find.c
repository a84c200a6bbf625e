/* Searching notes: see find.h. */
#include "note/find.h"

#include <ctype.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "note/people.h"
#include "note/view.h"
#include "text/searchable.h"
#include "text/value.h"

enum { BEFORE = 60, AFTER = 180 }; /* bytes of an excerpt around what was found */

/* Adds a text as part of one line. */
static void add_flat(struct buffer *line, const char *text, size_t length)
{
    bool after_blank = !line->length;
    for (size_t i = 0; i < length; i++) {
        bool blank = text[i] == '\n' || text[i] == '\t' || text[i] == ' ';
        if (!blank)
            buffer_add_byte(line, text[i]);
        else if (!after_blank)
            buffer_add_byte(line, ' ');
        after_blank = blank;
    }
}

/* Where the first of the words stands in the text; false when none does (it may be in the title, or a tag). */
static bool find_first(const char *text, const struct search_query *query, size_t *start, size_t *end)
{
    struct folded *folded = text_make_searchable(NULL, text);
    bool found = false;
    for (size_t i = 0; i < memory_count(query->terms) && !found; i++) {
        const struct search_term *term = &query->terms[i];
        const char *place =
            term->field == SEARCH_ANYWHERE && !term->is_excluded ? strstr(folded->text, term->text) : NULL;
        if (!place)
            continue;
        size_t offset = (size_t)(place - folded->text);
        *start = folded->origin[offset];
        *end = folded->origin[offset + strlen(term->text)];
        found = *end > *start;
    }
    talloc_free(folded);
    return found;
}

/* Where an excerpt may begin: at a letter, and not within an English word unless that is very long. */
static size_t skip_to_word(const char *text, size_t from, size_t end)
{
    size_t word = from;
    while (from < end && ((unsigned char)text[from] & 0xC0) == 0x80)
        from++;
    while (word < end && isalnum((unsigned char)text[word - 1]) && isalnum((unsigned char)text[word]))
        word++;
    return word < end && word > from ? word : from;
}

char *find_excerpt(const void *context, const char *text, const struct search_query *query)
{
    size_t start = 0;
    size_t end = 0;
    size_t length = strlen(text);
    struct buffer *line = buffer_new(context, 4096);
    bool found = find_first(text, query, &start, &end) && end - start < 1000;
    if (!found)
        start = end = 0;
    size_t from = start > BEFORE ? start - BEFORE : 0;
    from = from ? skip_to_word(text, from, start) : 0;
    while (end > start && end < length && (text[end - 1] == '\n' || text[end - 1] == ' '))
        end--; /* a fold leads behind the blanks that follow */
    if (from)
        buffer_add_text(line, "…");
    add_flat(line, text + from, start - from);
    if (found) {
        buffer_add_text(line, "【");
        add_flat(line, text + start, end - start);
        buffer_add_text(line, "】");
    }
    size_t behind = utf8_cut(text + end, AFTER);
    add_flat(line, text + end, behind);
    if (end + behind < length)
        buffer_add_text(line, "…");
    return buffer_take(line, context);
}

static bool view_hit(struct office *office, int64_t version_id, const struct search_query *query, json_t *hits,
                     struct error **error)
{
    void *context = talloc_new(NULL);
    struct note *note;
    bool done = store_find_note_of_version(context, office->store, version_id, &note, error);
    if (done && note) {
        struct note_attachment *attachments =
            store_list_note_attachments(context, office->store, version_id, error);
        done = attachments != NULL;
        if (done) {
            json_t *hit = note_view(note, attachments);
            json_object_set_new(hit, "excerpt", json_string(find_excerpt(context, note->text, query)));
            json_object_set_new(hit, "fetch",
                                json_string(memory_format(context, "mailto:%s?subject=N%lld", office->config->note_address,
                                                          (long long)note->id)));
            json_array_append_new(hits, hit);
        }
    }
    talloc_free(context);
    return done;
}

json_t *find_view(struct office *office, const char *text, const struct find_query *query, long most,
                  struct error **error)
{
    int64_t total = 0;
    int64_t *ids = store_search_notes(NULL, office->store, &query->search, most, &total, error);
    json_t *hits = json_array();
    json_t *unclear = json_array();
    bool done = ids != NULL;
    for (size_t i = 0; done && i < memory_count(ids); i++)
        done = view_hit(office, ids[i], &query->search, hits, error);
    talloc_free(ids);
    for (size_t i = 0; i < memory_count(query->unclear); i++)
        json_array_append_new(unclear, json_string(query->unclear[i]));
    json_int_t shown = (json_int_t)json_array_size(hits);
    json_t *view = json_pack("{s:s, s:I, s:b, s:I, s:b, s:o, s:o}", "query", text, "total", (json_int_t)total, "is_at_least",
                             (int)(total >= STORE_SEARCH_COUNTED), "shown", shown, "is_more", total > shown, "unclear", unclear, "hits", hits);
    if (done)
        return view_check(view);
    json_decref(view);
    return NULL;
}

bool find_answer(struct office *office, struct incoming *incoming, const struct person *person, const char *text,
                 struct error **error)
{
    void *context = talloc_new(NULL);
    struct find_query *query = find_read_query(context, text, clock_to_civil(incoming->received_at));
    bool done;
    if (!memory_count(query->search.terms) && !query->search.since) {
        done = people_refuse(office, incoming, "no_words", error);
    } else {
        json_t *view = find_view(office, text, query, FIND_HITS, error);
        struct people_answer answer = {.template = "note-found", .language = person->language, .view = view};
        if (view)
            json_object_set_new(view, "search_address",
                                json_string(office_extend_address(context, office, office->config->note_address, "search")));
        done = view && people_answer(office, incoming, &answer, error) && incoming_settle(incoming, "searched", "");
        json_decref(view);
    }
    talloc_free(context);
    return done;
}
