/* store/fact: what Kairan remembers about its own work. */
#include "store/fact.h"
#include "store/letter.h"
#include "test_store_case.h"

START_TEST(a_fact_is_kept_replaced_and_forgotten)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    char *value;
    ck_assert(store_get_fact(context, store, "day", &value, NULL) && !value);
    ck_assert(store_set_fact(store, "day", "2026-01-15", NULL) && store_set_fact(store, "day", "2026-01-16", NULL));
    ck_assert(store_get_fact(context, store, "day", &value, NULL));
    ck_assert_str_eq(value, "2026-01-16");
    ck_assert(store_forget_fact(store, "day", NULL) && store_forget_fact(store, "day", NULL));
    ck_assert(store_get_fact(context, store, "day", &value, NULL) && !value);
    talloc_free(context);
}
END_TEST

START_TEST(facts_are_listed_by_what_they_begin_with)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    static const char *const names[] = {"set-aside/b", "set-aside/a%_", "set-asides", "set-aside mails", "SET-ASIDE/c"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        ck_assert(store_set_fact(store, names[i], "", NULL));
    char **found = store_list_facts(context, store, "set-aside/", NULL);
    ck_assert_uint_eq(memory_count(found), 2);
    ck_assert_str_eq(found[0], "a%_");
    ck_assert_str_eq(found[1], "b");
    ck_assert_uint_eq(memory_count(store_list_facts(context, store, "none", NULL)), 0);
    talloc_free(context);
}
END_TEST

START_TEST(a_letter_that_is_known_tells_where_it_lies)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    struct letter_record letter = {.identity = "id 1", .sender = "", .recipient = "", .subject = "", .class = "human",
                                   .verdict = "taken", .reason = "", .archive = "2026/01/15/1"};
    struct error *error = NULL;
    bool is_new;
    ck_assert(store_enter_letter(store, &letter, &is_new, NULL) && is_new);
    letter.archive = "2026/01/16/1";
    ck_assert(store_enter_letter(store, &letter, &is_new, NULL) && !is_new);
    ck_assert_str_eq(store_find_archive(context, store, "id 1", NULL), "2026/01/15/1");
    ck_assert_ptr_null(store_find_archive(context, store, "id 2", &error));
    ck_assert_int_eq(error->class, ERROR_REFUSED);
    error_free(&error);
    talloc_free(context);
}
END_TEST

START_TEST(answers_of_days_gone_by_are_forgotten)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    bool allowed;
    ck_assert(store_allow_answer(store, "a@example.org", "2026-01-14", 1, &allowed, NULL) && allowed);
    ck_assert(store_allow_answer(store, "a@example.org", "2026-01-15", 1, &allowed, NULL) && allowed);
    ck_assert(store_forget_answers(store, "2026-01-15", NULL));
    ck_assert(store_allow_answer(store, "a@example.org", "2026-01-14", 1, &allowed, NULL) && allowed);
    ck_assert_msg(store_allow_answer(store, "a@example.org", "2026-01-15", 1, &allowed, NULL) && !allowed, "that day stays");
    talloc_free(context);
}
END_TEST

static Suite *fact_suite(void)
{
    Suite *suite = suite_create("fact");
    TCase *cases = tcase_create("fact");
    tcase_add_test(cases, a_fact_is_kept_replaced_and_forgotten);
    tcase_add_test(cases, facts_are_listed_by_what_they_begin_with);
    tcase_add_test(cases, a_letter_that_is_known_tells_where_it_lies);
    tcase_add_test(cases, answers_of_days_gone_by_are_forgotten);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(fact_suite())
