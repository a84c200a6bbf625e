/* note/archive_text and note/import: links out of texts, and the order in which notes of others are taken in. */
#include <string.h>

#include "base/memory.h"
#include "note/archive_text.h"
#include "note/import.h"
#include "unit.h"

static bool check_links(json_t *entry)
{
    void *context = talloc_new(NULL);
    const char *text = json_string_value(json_object_get(entry, "text"));
    json_t *pieces = archive_split_text(text);
    json_t *links = json_array();
    char *whole = memory_copy_text(context, "");
    size_t index;
    json_t *piece;
    json_array_foreach(pieces, index, piece) {
        json_t *href = json_object_get(piece, "href");
        whole = memory_format(context, "%s%s", whole, json_string_value(json_object_get(piece, "text")));
        if (json_is_string(href))
            json_array_append(links, href);
    }
    bool right = strcmp(whole, text) == 0 && json_equal(links, json_object_get(entry, "links"));
    if (!right) {
        char *shown = json_dumps(links, 0);
        printf("# \"%s\" has %s\n", text, shown);
        free(shown);
    }
    json_decref(pieces);
    json_decref(links);
    talloc_free(context);
    return right;
}

START_TEST(links_are_found_and_nothing_is_lost)
{
    unit_check_vectors("note/links.jsonl", check_links);
}
END_TEST

static struct import_note *make_note(void *context, const char *id, time_t date, const char *answered)
{
    struct import_note *note = memory_new(context, struct import_note);
    note->message_id = memory_copy_text(note, id);
    note->date = date;
    note->answered = memory_array(note, char *, answered ? 1 : 0);
    if (answered)
        note->answered[0] = memory_copy_text(note, answered);
    return note;
}

/* By date, but what is answered comes first, whatever its date says; circles and answers to nothing do no harm. */
START_TEST(what_is_answered_comes_first)
{
    void *context = talloc_new(NULL);
    struct import_note *notes[] = {
        make_note(context, "late", 50, NULL),         make_note(context, "answer", 5, "question"),
        make_note(context, "question", 30, NULL),     make_note(context, "to-answer", 1, "answer"),
        make_note(context, "lost", 10, "not-here"),   make_note(context, "circle-1", 20, "circle-2"),
        make_note(context, "circle-2", 21, "circle-1"), make_note(context, "self", 40, "self"),
    };
    static const char *const expected[] = {"question", "answer", "to-answer", "lost", "circle-2", "circle-1", "self", "late"};
    size_t count = sizeof notes / sizeof *notes;
    import_sort(notes, count);
    for (size_t i = 0; i < count; i++)
        ck_assert_str_eq(notes[i]->message_id, expected[i]);
    import_sort(notes, 0);
    talloc_free(context);
}
END_TEST

static Suite *suite(void)
{
    Suite *made = suite_create("note/archive");
    TCase *cases = tcase_create("archive");
    tcase_add_test(cases, links_are_found_and_nothing_is_lost);
    tcase_add_test(cases, what_is_answered_comes_first);
    suite_add_tcase(made, cases);
    return made;
}

UNIT_MAIN(suite())
