/* job/attempt: a letter that ends the program is recognised by the runs after it. */
#include <string.h>

#include "job/attempt.h"
#include "test_store_case.h"

static int begin_in_new_run(void *context, const char *spool, const char *name)
{
    struct attempt *attempt = attempt_open(context, spool, NULL);
    ck_assert_ptr_nonnull(attempt);
    int count = attempt_begin(attempt, name);
    talloc_free(attempt); /* as a kill would: without attempt_end */
    return count;
}

START_TEST(runs_that_end_at_one_letter_are_counted)
{
    void *context = talloc_new(NULL);
    char *spool = case_folder(context);
    for (int run = 1; run <= ATTEMPTS_MOST + 1; run++)
        ck_assert_int_eq(begin_in_new_run(context, spool, "a"), run);
    ck_assert_int_eq(begin_in_new_run(context, spool, "b"), 1);
    ck_assert_int_eq(begin_in_new_run(context, spool, "a"), 1);
    talloc_free(context);
}
END_TEST

START_TEST(letters_before_the_deadly_one_do_not_hide_it)
{
    void *context = talloc_new(NULL);
    char *spool = case_folder(context);
    for (int run = 1; run <= 3; run++) {
        struct attempt *attempt = attempt_open(context, spool, NULL);
        ck_assert_int_eq(attempt_begin(attempt, "a"), 1);
        ck_assert_int_eq(attempt_begin(attempt, "b"), 1);
        ck_assert_int_eq(attempt_begin(attempt, "c"), run);
        talloc_free(attempt);
    }
    talloc_free(context);
}
END_TEST

START_TEST(a_run_that_ends_well_forgets)
{
    void *context = talloc_new(NULL);
    char *spool = case_folder(context);
    ck_assert_int_eq(begin_in_new_run(context, spool, "a"), 1);
    struct attempt *attempt = attempt_open(context, spool, NULL);
    ck_assert_int_eq(attempt_begin(attempt, "a"), 2);
    attempt_end(attempt);
    ck_assert_int_eq(attempt_begin(attempt, "a"), 1);
    attempt_end(attempt);
    talloc_free(attempt);
    ck_assert_int_eq(begin_in_new_run(context, spool, "a"), 1);
    talloc_free(context);
}
END_TEST

START_TEST(names_of_any_length_are_told_apart)
{
    void *context = talloc_new(NULL);
    char *spool = case_folder(context);
    char longest[256] = {0};
    memset(longest, 'x', sizeof longest - 1);
    ck_assert_int_eq(begin_in_new_run(context, spool, longest), 1);
    ck_assert_int_eq(begin_in_new_run(context, spool, longest), 2);
    longest[254] = 'y';
    ck_assert_int_eq(begin_in_new_run(context, spool, longest), 1);
    talloc_free(context);
}
END_TEST

START_TEST(a_broken_file_counts_as_none)
{
    void *context = talloc_new(NULL);
    char *spool = case_folder(context);
    case_write(spool, "attempt", "short");
    ck_assert_int_eq(begin_in_new_run(context, spool, "short"), 1);
    struct error *error = NULL;
    ck_assert_ptr_null(attempt_open(context, "/nonexistent", &error));
    ck_assert_ptr_nonnull(error);
    error_free(&error);
    talloc_free(context);
}
END_TEST

static Suite *attempt_suite(void)
{
    Suite *suite = suite_create("attempt");
    TCase *cases = tcase_create("attempt");
    tcase_add_test(cases, runs_that_end_at_one_letter_are_counted);
    tcase_add_test(cases, letters_before_the_deadly_one_do_not_hide_it);
    tcase_add_test(cases, a_run_that_ends_well_forgets);
    tcase_add_test(cases, names_of_any_length_are_told_apart);
    tcase_add_test(cases, a_broken_file_counts_as_none);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(attempt_suite())
