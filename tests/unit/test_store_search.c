/* store/search: whatever a text holds is found, and nothing else; in words of any length, in any script. */
#include "store/search.h"

#include "store/person.h"
#include "test_store_case.h"
#include "text/searchable.h"
#include "unit.h"

enum { NOTES = 300, WORDS = 400 };

static const char *const pieces[] = {"仮", "想", "化", "ディスク", "の", "縮小", "xen", "Server", " ", "/dev/", "sda", "１", "2",
                                     "\n", "UUID", "＝", "-", "é", "㈱", "a", "\"", "*", "NOT", "髙", "(", "百"};

/* A small generator of its own, so that a failure can be seen again. */
static unsigned state = 7;

static unsigned draw(unsigned below)
{
    state = state * 1103515245 + 12345;
    return (state >> 16) % below;
}

static char *make_text(void *context, unsigned most)
{
    char *text = memory_copy_text(context, "");
    for (unsigned i = 1 + draw(most); i > 0; i--)
        text = memory_format(context, "%s%s", text, pieces[draw(sizeof pieces / sizeof *pieces)]);
    return text;
}

static struct note *add_note(void *context, struct store *store, const char *title, const char *text, const char *tags)
{
    struct person *person = store_meet_person(context, store, "tanaka@tc.example.ac.jp", "田中 実", "ja", NULL);
    ck_assert_ptr_nonnull(person);
    struct note *note = memory_new(context, struct note);
    *note = (struct note){.title = memory_copy_text(note, title), .text = memory_copy_text(note, text),
                          .tags = memory_copy_text(note, tags), .author_id = person->id, .author = person->name,
                          .address = memory_copy_text(note, "tanaka@tc.example.ac.jp"),
                          .created_at = case_instant("2026-01-10T13:00:00+09:00")};
    ck_assert(store_add_note(store, note, 0, NULL));
    ck_assert(store_index_note(store, note, NULL, NULL));
    return note;
}

static int64_t *search(void *context, struct store *store, enum search_field field, const char *word, bool excludes,
                       int64_t *total)
{
    struct search_query query = {.terms = memory_array(context, struct search_term, 1)};
    struct error *error = NULL;
    query.terms[0] = (struct search_term){field, text_make_searchable(context, word)->text, excludes};
    int64_t *ids = store_search_notes(context, store, &query, NOTES + 1, total, &error);
    ck_assert_msg(ids != NULL, "%s: %s", word, error ? error->sentence : "no reason");
    ck_assert_int_eq((int64_t)memory_count(ids), *total);
    return ids;
}

static bool is_among(const int64_t *ids, int64_t id)
{
    for (size_t i = 0; i < memory_count(ids); i++)
        if (ids[i] == id)
            return true;
    return false;
}

START_TEST(finds_what_a_scan_finds)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    struct note *notes[NOTES];
    char *keys[NOTES];
    for (size_t i = 0; i < NOTES; i++) {
        notes[i] = add_note(context, store, "", make_text(context, 12), "");
        keys[i] = text_make_searchable(context, notes[i]->text)->text;
    }
    size_t hits = 0;
    for (size_t i = 0; i < WORDS; i++) {
        char *word = text_make_searchable(context, make_text(context, i % 4 + 1))->text;
        int64_t total;
        if (!*word)
            continue;
        bool excludes = i % 7 == 0;
        int64_t *ids = search(context, store, SEARCH_ANYWHERE, word, excludes, &total);
        for (size_t j = 0; j < NOTES; j++)
            ck_assert_msg(is_among(ids, notes[j]->version_id) == (strstr(keys[j], word) ? !excludes : excludes),
                          "\"%s\" in \"%s\"", word, keys[j]);
        hits += (size_t)total;
    }
    ck_assert_uint_gt(hits, WORDS); /* the words do occur */
    talloc_free(context);
}
END_TEST

START_TEST(no_run_of_pairs_reaches_across_texts)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    int64_t total;
    add_note(context, store, "仮想", "想定", "定期");
    search(context, store, SEARCH_ANYWHERE, "仮想定", false, &total);
    ck_assert_int_eq(total, 0);
    search(context, store, SEARCH_ANYWHERE, "想定", false, &total);
    ck_assert_int_eq(total, 1);
    search(context, store, SEARCH_TAG, "定期", false, &total);
    ck_assert_int_eq(total, 1);
    search(context, store, SEARCH_TAG, "定", false, &total);
    ck_assert_int_eq(total, 0);
    talloc_free(context);
}
END_TEST

START_TEST(looks_for_authors_by_name_and_address)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    static const struct {
        const char *word;
        int64_t found;
    } cases[] = {{"田中", 1}, {"田", 1}, {"TANAKA", 1}, {"tanaka@tc", 1}, {"佐藤", 0}, {"佐", 0}, {"実t", 0}};
    int64_t total;
    add_note(context, store, "t", "佐藤さんへ", "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        search(context, store, SEARCH_AUTHOR, cases[i].word, false, &total);
        ck_assert_msg(total == cases[i].found, "%s", cases[i].word);
    }
    talloc_free(context);
}
END_TEST

START_TEST(forgets_versions_that_hold_no_more)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    int64_t total;
    struct note *note = add_note(context, store, "RAID", "古い手順", "");
    note->text = memory_copy_text(note, "新しい手順");
    note->changed_at = case_instant("2026-01-11T13:00:00+09:00");
    ck_assert(store_add_note_version(store, note, 0, NULL));
    ck_assert(store_index_note(store, note, NULL, NULL));
    search(context, store, SEARCH_ANYWHERE, "古い", false, &total);
    ck_assert_int_eq(total, 0);
    int64_t *ids = search(context, store, SEARCH_ANYWHERE, "手順", false, &total);
    ck_assert_int_eq(total, 1);
    ck_assert_int_eq(ids[0], note->version_id);
    ck_assert(store_withdraw_note(store, note, NULL));
    search(context, store, SEARCH_ANYWHERE, "手順", false, &total);
    ck_assert_int_eq(total, 0);
    talloc_free(context);
}
END_TEST

START_TEST(puts_titles_first_and_the_newest_before_others)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    int64_t total;
    struct note *titled = add_note(context, store, "縮小の手順", "本文", "");
    struct note *older = add_note(context, store, "別件", "縮小した", "");
    struct note *newer = add_note(context, store, "別件", "縮小する", "");
    int64_t *ids = search(context, store, SEARCH_ANYWHERE, "縮小", false, &total);
    ck_assert_int_eq(total, 3);
    ck_assert_int_eq(ids[0], titled->version_id);
    ck_assert_int_eq(ids[1], newer->version_id);
    ck_assert_int_eq(ids[2], older->version_id);
    struct search_query since = {.terms = memory_array(context, struct search_term, 0),
                                 .since = case_instant("2026-01-10T13:00:01+09:00")};
    ck_assert_ptr_nonnull(store_search_notes(context, store, &since, 10, &total, NULL));
    ck_assert_int_eq(total, 0);
    since.since = case_instant("2026-01-10T13:00:00+09:00");
    ck_assert_ptr_nonnull(store_search_notes(context, store, &since, 10, &total, NULL));
    ck_assert_int_eq(total, 3);
    talloc_free(context);
}
END_TEST

static Suite *suite(void)
{
    Suite *made = suite_create("store/search");
    TCase *search_case = tcase_create("search");
    tcase_set_timeout(search_case, 60);
    tcase_add_test(search_case, finds_what_a_scan_finds);
    tcase_add_test(search_case, no_run_of_pairs_reaches_across_texts);
    tcase_add_test(search_case, looks_for_authors_by_name_and_address);
    tcase_add_test(search_case, forgets_versions_that_hold_no_more);
    tcase_add_test(search_case, puts_titles_first_and_the_newest_before_others);
    suite_add_tcase(made, search_case);
    return made;
}

UNIT_MAIN(suite())
