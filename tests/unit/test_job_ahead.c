/* job/ahead: files that are read before their turn give every letter its own view. */
#include <string.h>

#include "base/config.h"
#include "base/limits.h"
#include "job/ahead.h"
#include "test_store_case.h"

enum { FILES = 40 };

static struct reading *start_reading(void *context)
{
    return reading_start(context, config_defaults(context));
}

/* Every ninth is too long to be announced; the others are many enough for several rounds. */
static char **fill_folder(void *context, const char *folder)
{
    char **names = memory_array(context, char *, FILES);
    char *filling = memory_check(talloc_size(context, 200 * 1024));
    for (int i = 0; i < FILES; i++) {
        size_t length = i % 9 == 4 ? 200 * 1024 - 1 : 3000;
        memset(filling, 'x', length);
        for (size_t at = 70; at < length; at += 70)
            filling[at] = '\n';
        filling[length] = '\0';
        names[i] = memory_format(names, "%02d", i);
        case_write(folder, names[i], memory_format(names, "From: a@example.org\nSubject: letter %d\n\n%s", i, filling));
    }
    return names;
}

static void expect_letter(struct ahead *ahead, struct reading *reading, int place)
{
    void *context = talloc_new(NULL);
    struct error *error = NULL;
    size_t length;
    char *bytes = ahead_read(ahead, context, (size_t)place, &length, &error);
    ck_assert_ptr_nonnull(bytes);
    struct letter *letter = reading_read(context, reading, bytes, length, &error);
    ck_assert_msg(letter != NULL, "%d: %s", place, error ? error->sentence : "");
    ck_assert_str_eq(letter->subject, memory_format(context, "letter %d", place));
    talloc_free(context);
}

START_TEST(every_letter_has_its_own_view)
{
    void *context = talloc_new(NULL);
    char *folder = case_folder(context);
    char **names = fill_folder(context, folder);
    struct reading *reading = start_reading(context);
    struct ahead *ahead = ahead_open(names, reading, folder, names, LIMIT_LETTER_BYTES);
    for (int i = 0; i < FILES; i++)
        expect_letter(ahead, reading, i);
    talloc_free(ahead);
    talloc_free(context);
}
END_TEST

START_TEST(places_may_be_left_out)
{
    void *context = talloc_new(NULL);
    char *folder = case_folder(context);
    char **names = fill_folder(context, folder);
    struct reading *reading = start_reading(context);
    struct ahead *ahead = ahead_open(names, reading, folder, names, LIMIT_LETTER_BYTES);
    for (int i = 0; i < FILES; i += 1 + i % 4)
        expect_letter(ahead, reading, i);
    talloc_free(ahead);
    ahead = ahead_open(names, reading, folder, names, LIMIT_LETTER_BYTES);
    expect_letter(ahead, reading, 0); /* what the reader was told of the first listing is forgotten */
    talloc_free(ahead);
    talloc_free(context);
}
END_TEST

START_TEST(a_file_that_is_gone_fails_in_its_turn)
{
    void *context = talloc_new(NULL);
    char *folder = case_folder(context);
    char **names = fill_folder(context, folder);
    struct reading *reading = start_reading(context);
    struct ahead *ahead = ahead_open(names, reading, folder, names, LIMIT_LETTER_BYTES);
    ck_assert_int_eq(remove(file_join(context, folder, names[2])), 0);
    expect_letter(ahead, reading, 0);
    expect_letter(ahead, reading, 1);
    struct error *error = NULL;
    size_t length;
    ck_assert_ptr_null(ahead_read(ahead, context, 2, &length, &error));
    ck_assert_ptr_nonnull(error);
    error_free(&error);
    expect_letter(ahead, reading, 3);
    talloc_free(ahead);
    talloc_free(context);
}
END_TEST

/* What the reader leaves out of its answer is in the view that people see, and a letter read ahead is as one read alone. */
START_TEST(a_view_for_people_has_all_keys)
{
    void *context = talloc_new(NULL);
    struct reading *reading = start_reading(context);
    static const char mail[] = "From: a@example.org\nSubject: s\n\ntext\n";
    json_t *view = reading_view(reading, mail, sizeof mail - 1, NULL);
    char *whole = letter_read_view(context, mail, sizeof mail - 1, NULL, NULL, NULL);
    json_t *expected = json_loads(whole, 0, NULL);
    ck_assert(json_equal(view, expected));
    json_decref(view);
    json_decref(expected);
    talloc_free(context);
}
END_TEST

static Suite *ahead_suite(void)
{
    Suite *suite = suite_create("ahead");
    TCase *cases = tcase_create("ahead");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, every_letter_has_its_own_view);
    tcase_add_test(cases, places_may_be_left_out);
    tcase_add_test(cases, a_file_that_is_gone_fails_in_its_turn);
    tcase_add_test(cases, a_view_for_people_has_all_keys);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(ahead_suite())
