/* note/draft: titles, tags and texts of notes, and the words that replies begin with. */
#include "note/draft.h"

#include <string.h>

#include "base/memory.h"
#include "unit.h"

static char *text_of(const void *context, json_t *entry, const char *key)
{
    const char *text = json_string_value(json_object_get(entry, key));
    return memory_copy_text(context, text ? text : "");
}

static bool is_same(const char *name, const char *what, const char *made, const char *wanted)
{
    if (strcmp(made, wanted) == 0)
        return true;
    printf("# %s: %s is \"%s\", not \"%s\"\n", name, what, made, wanted);
    return false;
}

static bool check_draft(json_t *entry)
{
    void *context = talloc_new(NULL);
    struct letter letter = {.subject = text_of(context, entry, "subject"), .text = text_of(context, entry, "text"),
                            .signature = text_of(context, entry, "signature")};
    struct note_draft *draft = note_draft_read(context, &letter);
    const char *name = json_string_value(json_object_get(entry, "case"));
    bool right = is_same(name, "the title", draft->title, text_of(context, entry, "title"));
    right = is_same(name, "the list of tags", draft->tags, text_of(context, entry, "tags")) && right;
    right = is_same(name, "the text", draft->text, text_of(context, entry, "kept")) && right;
    talloc_free(context);
    return right;
}

static bool check_word(json_t *entry)
{
    static const char *const names[] = {"none", "correct", "add", "withdraw", "mute", "unmute", "minutes"};
    const char *text = json_string_value(json_object_get(entry, "text"));
    const char *rest;
    enum note_word word = note_draft_read_word(text, &rest);
    bool right = is_same(text, "the word", names[word], json_string_value(json_object_get(entry, "word")));
    return is_same(text, "the rest", rest, json_string_value(json_object_get(entry, "rest"))) && right;
}

START_TEST(reads_notes)
{
    unit_check_vectors("note/drafts.jsonl", check_draft);
}
END_TEST

START_TEST(reads_words)
{
    unit_check_vectors("note/words.jsonl", check_word);
}
END_TEST

START_TEST(reads_ids)
{
    static const struct {
        const char *line;
        int64_t id;
    } cases[] = {{"N12", 12}, {" n7 ", 7}, {"Ｎ１２", 12}, {"[N3]", 3}, {"N12 と N13", 0}, {"N0", 0}, {"K7Q2", 0},
                 {"N12の件", 0}, {"", 0}, {"[", 0}, {"N9999999999", 0}, {"P3", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_msg(note_draft_read_id(cases[i].line) == cases[i].id, "%s", cases[i].line);
}
END_TEST

static Suite *suite(void)
{
    Suite *made = suite_create("note/draft");
    TCase *cases = tcase_create("draft");
    tcase_add_test(cases, reads_notes);
    tcase_add_test(cases, reads_words);
    tcase_add_test(cases, reads_ids);
    suite_add_tcase(made, cases);
    return made;
}

UNIT_MAIN(suite())
