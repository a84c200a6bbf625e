/* store/job_run: the last run of every job. */
#include "store/job_run.h"
#include "test_store_case.h"

START_TEST(the_last_run_of_each_job_is_listed_by_name)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    time_t first = case_instant("2026-01-15T04:00:00+09:00");
    int64_t ids[3];
    ck_assert(store_begin_job(store, "health", first, &ids[0], NULL));
    ck_assert(store_begin_job(store, "backup", first + 60, &ids[1], NULL));
    ck_assert(store_end_job(store, ids[0], first + 90, JOB_DONE, "", NULL));
    ck_assert(store_begin_job(store, "health", first + 100, &ids[2], NULL));
    ck_assert(store_end_job(store, ids[2], first + 110, JOB_LATE, "it hung", NULL));
    struct job_run *runs = store_list_last_jobs(context, store, NULL);
    ck_assert_uint_eq(memory_count(runs), 2);
    ck_assert_str_eq(runs[0].name, "backup");
    ck_assert_int_eq(runs[0].outcome, JOB_RUNNING);
    ck_assert_int_eq(runs[0].ended_at, 0);
    ck_assert_str_eq(runs[1].name, "health");
    ck_assert_int_eq(runs[1].outcome, JOB_LATE);
    ck_assert_int_eq(runs[1].started_at, first + 100);
    ck_assert_int_eq(runs[1].ended_at, first + 110);
    ck_assert_str_eq(runs[1].reason, "it hung");
    talloc_free(context);
}
END_TEST

START_TEST(old_runs_are_forgotten_but_for_the_last_of_each_job)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    time_t first = case_instant("2026-01-15T04:00:00+09:00");
    int64_t id;
    for (int day = 0; day < 3; day++)
        ck_assert(store_begin_job(store, "backup", first + day * 86400, &id, NULL));
    ck_assert(store_forget_jobs(store, first + 10 * 86400, NULL));
    struct job_run *runs = store_list_last_jobs(context, store, NULL);
    ck_assert_uint_eq(memory_count(runs), 1);
    ck_assert_int_eq(runs[0].started_at, first + 2 * 86400);
    ck_assert_int_eq(runs[0].id, id);
    talloc_free(context);
}
END_TEST

static Suite *job_run_suite(void)
{
    Suite *suite = suite_create("job run");
    TCase *cases = tcase_create("job run");
    tcase_add_test(cases, the_last_run_of_each_job_is_listed_by_name);
    tcase_add_test(cases, old_runs_are_forgotten_but_for_the_last_of_each_job);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(job_run_suite())
