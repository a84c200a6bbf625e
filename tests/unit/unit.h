/*
 * What every unit test program shares: one main() that runs its suites under check and prints TAP, and tables of cases
 * read from tests/vectors/. A program is tests/unit/test_FOLDER_MODULE.c and ends with UNIT_MAIN(suite, …).
 */
#ifndef KAIRAN_TESTS_UNIT_H
#define KAIRAN_TESTS_UNIT_H

#include <check.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

/* How far a loop over many cases of one kind steps: by one, and further under valgrind. */
static inline int unit_step(void)
{
    const char *step = getenv("KAIRAN_VALGRIND");
    return step ? (int)strtol(step, NULL, 10) : 1;
}

/* How often a test of chance is tried, or how long a test of size is: less under valgrind. */
static inline int unit_rounds(int rounds)
{
    return unit_step() > 1 ? rounds / 20 + 1 : rounds;
}

/* Runs one suite; TAP goes to standard output. Status 0 only when everything passed. */
static inline int unit_run(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/*
 * Calls `check_case` for every line of tests/vectors/NAME (one JSON object a line; blank lines and lines that begin
 * with "#" are skipped) and fails the test when the file is missing or holds no case. `check_case` returns whether the
 * case is right and prints what differs; all cases run, so that one failure does not hide another. Under valgrind, which
 * is fifty times as slow and looks for other things, every fifth of a long table does.
 */
static inline void unit_check_vectors(const char *name, bool (*check_case)(json_t *))
{
    char path[256];
    snprintf(path, sizeof path, "tests/vectors/%s", name);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "cannot open %s (run the tests from the top of the tree)", path);
    char *line = NULL;
    size_t capacity = 0;
    int number = 0;
    int cases = 0;
    int wrong = 0;
    int step = unit_step();
    while (getline(&line, &capacity, file) > 0) {
        number++;
        if (line[0] == '#' || line[0] == '\n' || (number > 20 && number % step))
            continue;
        json_error_t problem;
        json_t *entry = json_loads(line, 0, &problem);
        ck_assert_msg(entry != NULL, "%s:%d: %s", path, number, problem.text);
        cases++;
        if (!check_case(entry)) {
            fprintf(stderr, "%s:%d: wrong\n", path, number);
            wrong++;
        }
        json_decref(entry);
    }
    free(line);
    fclose(file);
    ck_assert_msg(cases > 0, "%s holds no case", path);
    ck_assert_msg(wrong == 0, "%d of %d cases of %s are wrong", wrong, cases, path);
}

#define UNIT_MAIN(suite)                                                                                               \
    int main(void)                                                                                                     \
    {                                                                                                                  \
        return unit_run(suite);                                                                                        \
    }

#endif
