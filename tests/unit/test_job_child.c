/* job/job_child: how the ends of a job are told apart. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/memory.h"
#include "job/job_child.h"
#include "unit.h"

static bool succeed(void *closure, struct error **error)
{
    (void)closure;
    (void)error;
    return true;
}

static bool fail_with(void *closure, struct error **error)
{
    return error_set(error, ERROR_TEMPORARY, "%s", (const char *)closure);
}

static bool fail_silently(void *closure, struct error **error)
{
    (void)closure;
    (void)error;
    return false;
}

static bool crash(void *closure, struct error **error)
{
    (void)closure;
    (void)error;
    (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    (void)raise(SIGKILL);
    return true;
}

/* Tells its helper's process id, and hangs with it. */
static bool hang(void *closure, struct error **error)
{
    (void)error;
    signal(SIGTERM, SIG_DFL); /* the test frame's own handler would end the test */
    pid_t helper = fork();
    if (helper > 0 && write(*(int *)closure, &helper, sizeof helper) < 0)
        return false;
    for (;;)
        pause();
}

static struct job_end run(void *context, bool (*work)(void *closure, struct error **error), void *closure, int seconds)
{
    struct job_end end = {.outcome = JOB_RUNNING};
    ck_assert(job_child_run(context, work, closure, seconds, &end, NULL));
    return end;
}

START_TEST(a_job_says_how_it_ended)
{
    void *context = talloc_new(NULL);
    char reason[] = "the disk \"/backup\" is full";
    struct job_end end = run(context, succeed, NULL, 60);
    ck_assert_int_eq(end.outcome, JOB_DONE);
    ck_assert_str_eq(end.reason, "");
    end = run(context, fail_with, reason, 60);
    ck_assert_int_eq(end.outcome, JOB_FAILED);
    ck_assert_str_eq(end.reason, reason);
    end = run(context, fail_silently, NULL, 60);
    ck_assert_int_eq(end.outcome, JOB_FAILED);
    ck_assert_str_ne(end.reason, "");
    end = run(context, crash, NULL, 60);
    ck_assert_int_eq(end.outcome, JOB_CRASHED);
    ck_assert_msg(strstr(end.reason, "signal 9") != NULL, "%s", end.reason);
    talloc_free(context);
}
END_TEST

START_TEST(a_long_reason_is_cut_between_characters)
{
    void *context = talloc_new(NULL);
    char *reason = memory_copy_text(context, "");
    for (int i = 0; i < 1000; i++)
        reason = talloc_asprintf_append(reason, "長い");
    struct job_end end = run(context, fail_with, reason, 60);
    ck_assert_int_eq(end.outcome, JOB_FAILED);
    ck_assert_uint_eq(strlen(end.reason) % strlen("長"), 0);
    ck_assert_uint_lt(strlen(end.reason), strlen(reason));
    ck_assert_int_eq(strncmp(end.reason, reason, strlen(end.reason)), 0);
    talloc_free(context);
}
END_TEST

START_TEST(a_job_that_hangs_is_ended_with_its_helpers)
{
    void *context = talloc_new(NULL);
    int ends[2];
    pid_t helper = 0;
    ck_assert_int_eq(pipe(ends), 0);
    struct job_end end = run(context, hang, &ends[1], 1);
    ck_assert_int_eq(end.outcome, JOB_LATE);
    ck_assert_int_eq((int)read(ends[0], &helper, sizeof helper), (int)sizeof helper);
    bool is_gone = false;
    for (int tries = 0; !is_gone && tries < 200; tries++) {
        char *status = memory_format(context, "/proc/%d/stat", (int)helper);
        FILE *file = fopen(status, "r"); /* a zombie, when nobody in here reaps orphans */
        char state = 'X';
        if (file) {
            char line[256] = "";
            char *close = fgets(line, sizeof line, file) ? strrchr(line, ')') : NULL;
            state = close ? close[2] : 'X';
            fclose(file);
        }
        is_gone = state == 'X' || state == 'Z';
        usleep(10000);
    }
    ck_assert(is_gone);
    close(ends[0]);
    close(ends[1]);
    talloc_free(context);
}
END_TEST

static Suite *child_suite(void)
{
    Suite *suite = suite_create("job child");
    TCase *cases = tcase_create("job child");
    tcase_add_test(cases, a_job_says_how_it_ended);
    tcase_add_test(cases, a_long_reason_is_cut_between_characters);
    tcase_add_test(cases, a_job_that_hangs_is_ended_with_its_helpers);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    if (getenv("KAIRAN_VALGRIND")) {
        puts("1..0 # SKIP valgrind checks leaks at the end of every fork and changes its exit status");
        return 0;
    }
    return unit_run(child_suite());
}
