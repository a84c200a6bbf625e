/* text/monthly: the n-th weekday of a month, as people write it (tests/vectors/text/monthly.jsonl). */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "text/monthly.h"
#include "unit.h"

static char *write_when(void *context, const struct when *when)
{
    char *text = memory_format(context, "%04d-%02d-%02d", when->start.year, when->start.month, when->start.day);
    if (!when->all_day)
        text = memory_format(context, "%sT%02d:%02d/%02d:%02d", text, when->start.hour, when->start.minute, when->end.hour,
                             when->end.minute);
    return text;
}

static bool check_case(json_t *entry)
{
    static const int months[] = {1, 2, 5};
    void *context = talloc_new(NULL);
    struct when_context about = {.now = {2026, 1, 1, 0, 0}};
    struct monthly *rules = monthly_read(context, json_string_value(json_object_get(entry, "text")));
    json_t *days = rules ? json_array() : NULL;
    for (size_t i = 0; rules && i < sizeof months / sizeof *months; i++) {
        struct when when;
        bool found = monthly_find(context, &rules[0], 2026, months[i], &about, &when);
        json_array_append_new(days, found ? json_string(write_when(context, &when)) : json_null());
    }
    json_t *expected = json_object_get(entry, "days");
    bool right = expected ? days && json_equal(days, expected) : !days;
    if (!right) {
        char *text = days ? json_dumps(days, JSON_COMPACT) : NULL;
        fprintf(stderr, "found %s\n", text ? text : "nothing");
        free(text);
    }
    json_decref(days);
    talloc_free(context);
    return right;
}

START_TEST(days_of_months_are_found)
{
    unit_check_vectors("text/monthly.jsonl", check_case);
}
END_TEST

START_TEST(several_rules_are_read)
{
    struct monthly *rules = monthly_read(NULL, "毎月 第2水曜 13:00-15:00、第4木曜 10:00-12:00");
    ck_assert_uint_eq(memory_count(rules), 2);
    ck_assert_int_eq(rules[1].nth, 4);
    ck_assert_int_eq(rules[1].weekday, 4);
    talloc_free(rules);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("text/monthly");
    TCase *tests = tcase_create("monthly");
    tcase_add_test(tests, days_of_months_are_found);
    tcase_add_test(tests, several_rules_are_read);
    suite_add_tcase(suite, tests);
    return suite;
}

UNIT_MAIN(suite())
