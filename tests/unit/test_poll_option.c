/* poll/option: what people write behind 定足数, 結果, 匿名, 上限 and 所要 (tests/vectors/poll/options.jsonl). */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "poll/option.h"
#include "unit.h"

static enum option_kind kind_of(json_t *entry)
{
    static const char *const names[] = {"quorum", "results", "anonymous", "limit", "duration", "recurrence"};
    const char *name = json_string_value(json_object_get(entry, "kind"));
    for (int kind = OPTION_QUORUM; kind <= OPTION_RECURRENCE; kind++)
        if (strcmp(names[kind], name) == 0)
            return (enum option_kind)kind;
    ck_abort_msg("no kind: %s", name);
}

/* What an option became, "" when it was not understood. */
static char *write_value(void *context, enum option_kind kind, const struct poll_options *options)
{
    static const char *const units[] = {"none", "people", "percent", "majority"};
    switch (kind) {
    case OPTION_QUORUM:
        return memory_format(context, "%ld %s", options->quorum, units[options->quorum_unit]);
    case OPTION_RESULTS:
        return memory_copy_text(context, poll_results_name(options->results));
    case OPTION_ANONYMOUS:
        return memory_copy_text(context, options->is_anonymous ? "yes" : "no");
    case OPTION_LIMIT:
        return memory_format(context, "%ld", options->yes_most);
    case OPTION_DURATION:
        return memory_format(context, "%ld", options->minutes);
    case OPTION_RECURRENCE:
        return memory_copy_text(context, options->recurrence ? options->recurrence : "none");
    }
    return NULL;
}

static bool check_case(json_t *entry)
{
    void *context = talloc_new(NULL);
    struct poll_options options = {.yes_most = 9, .results = RESULTS_OPEN};
    enum option_kind kind = kind_of(entry);
    const char *expected = json_string_value(json_object_get(entry, "is"));
    bool read = option_read(context, &options, kind, json_string_value(json_object_get(entry, "value")));
    char *found = read ? write_value(context, kind, &options) : memory_copy_text(context, "");
    bool right = strcmp(found, expected ? expected : "") == 0;
    if (!right)
        fprintf(stderr, "found \"%s\"\n", found);
    talloc_free(context);
    return right;
}

START_TEST(values_are_read)
{
    unit_check_vectors("poll/options.jsonl", check_case);
}
END_TEST

START_TEST(a_quorum_is_a_number_of_people)
{
    struct poll_options options = {.quorum_unit = QUORUM_PERCENT, .quorum = 50};
    ck_assert_int_eq(option_quorum(&options, 10), 5);
    ck_assert_int_eq(option_quorum(&options, 11), 6);
    options.quorum = 100;
    ck_assert_int_eq(option_quorum(&options, 7), 7);
    options.quorum_unit = QUORUM_MAJORITY;
    ck_assert_int_eq(option_quorum(&options, 10), 6);
    ck_assert_int_eq(option_quorum(&options, 11), 6);
    options = (struct poll_options){.quorum_unit = QUORUM_PEOPLE, .quorum = 3};
    ck_assert_int_eq(option_quorum(&options, 2), 3);
    ck_assert_int_eq(option_quorum(&(struct poll_options){0}, 10), 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("poll/option");
    TCase *tests = tcase_create("option");
    tcase_add_test(tests, values_are_read);
    tcase_add_test(tests, a_quorum_is_a_number_of_people);
    suite_add_tcase(suite, tests);
    return suite;
}

UNIT_MAIN(suite())
