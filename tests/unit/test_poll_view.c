/* poll/view: a view that cannot be made is a bug, and is told as what it is. */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "poll/view.h"
#include "unit.h"

START_TEST(views_that_cannot_be_made_say_so)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        view_check(json_pack("{s:s}", "name", "\x8E\x52"));
        _exit(0);
    }
    close(ends[1]);
    char sentence[200] = "";
    ck_assert_int_gt((int)read(ends[0], sentence, sizeof sentence - 1), 0);
    close(ends[0]);
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    ck_assert_str_eq(sentence, "kairan: a view could not be made (a text in it is not UTF-8?)\n");
}
END_TEST

START_TEST(views_that_can_be_made_pass)
{
    json_t *view = json_pack("{s:s}", "name", "山田");
    ck_assert_ptr_eq(view_check(view), view);
    json_decref(view);
}
END_TEST

static Suite *view_suite(void)
{
    Suite *suite = suite_create("poll/view");
    TCase *cases = tcase_create("view");
    tcase_add_test(cases, views_that_cannot_be_made_say_so);
    tcase_add_test(cases, views_that_can_be_made_pass);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(view_suite())
