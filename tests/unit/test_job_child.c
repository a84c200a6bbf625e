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

/*
 * How a job ended. Nothing of ours is allocated at the fork: the child ends without freeing, and a leak check at its end
 * would change its status.
 */
static void expect(bool (*work)(void *closure, struct error **error), void *closure, enum job_outcome outcome,
                   const char *reason)
{
    struct job_end end = {.outcome = JOB_RUNNING};
    ck_assert(job_child_run(NULL, work, closure, outcome == JOB_LATE ? 1 : 60, &end, NULL));
    bool is_right = end.outcome == outcome && strncmp(end.reason, reason, strlen(reason)) == 0;
    char said[256];
    snprintf(said, sizeof said, "%s: %s", job_outcome_name(end.outcome), end.reason);
    talloc_free(end.reason);
    ck_assert_msg(is_right, "%s", said);
}

START_TEST(a_job_says_how_it_ended)
{
    char reason[] = "the disk \"/backup\" is full";
    expect(succeed, NULL, JOB_DONE, "");
    expect(fail_with, reason, JOB_FAILED, reason);
    expect(fail_silently, NULL, JOB_FAILED, "it gives no reason");
    expect(crash, NULL, JOB_CRASHED, "signal 9");
}
END_TEST

START_TEST(a_long_reason_is_cut_between_characters)
{
    static char reason[3001];
    for (size_t i = 0; i + 3 < sizeof reason; i += 3)
        memcpy(reason + i, "長", 3);
    struct job_end end;
    ck_assert(job_child_run(NULL, fail_with, reason, 60, &end, NULL));
    size_t length = strlen(end.reason);
    bool is_beginning = strncmp(end.reason, reason, length) == 0;
    enum job_outcome outcome = end.outcome;
    talloc_free(end.reason);
    ck_assert_int_eq(outcome, JOB_FAILED);
    ck_assert_msg(length && length < strlen(reason) && length % 3 == 0 && is_beginning, "%zu bytes", length);
}
END_TEST

START_TEST(a_job_that_hangs_is_ended_with_its_helpers)
{
    int ends[2];
    pid_t helper = 0;
    ck_assert_int_eq(pipe(ends), 0);
    expect(hang, &ends[1], JOB_LATE, "it was not done after 1 seconds");
    ck_assert_int_eq((int)read(ends[0], &helper, sizeof helper), (int)sizeof helper);
    bool is_gone = false;
    for (int tries = 0; !is_gone && tries < 200; tries++) {
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/stat", (int)helper);
        FILE *file = fopen(path, "r"); /* a zombie, when nobody in here reaps orphans */
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

UNIT_MAIN(child_suite())
