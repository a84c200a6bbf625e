/* text/holiday and text/almanac: which days are off, which words mean which hours. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "text/almanac.h"
#include "text/holiday.h"
#include "text/when.h"
#include "unit.h"

static bool check_year(json_t *entry)
{
    int year = (int)json_integer_value(json_object_get(entry, "year"));
    json_t *days = json_array();
    long last = civil_day_number((struct civil){year, 12, 31, 0, 0});
    for (long number = civil_day_number((struct civil){year, 1, 1, 0, 0}); number <= last; number++) {
        struct civil date = civil_from_day_number(number);
        enum holiday holiday = holiday_find(date);
        char *text = memory_format(NULL, "%02d-%02d %s", date.month, date.day, holiday_name(holiday, "ja"));
        if (holiday)
            json_array_append_new(days, json_string(text));
        talloc_free(text);
    }
    bool right = json_equal(days, json_object_get(entry, "days"));
    if (!right) {
        char *text = json_dumps(days, 0);
        fprintf(stderr, "%d: got %s\n", year, text);
        free(text);
    }
    json_decref(days);
    return right;
}

START_TEST(years_have_the_holidays_of_the_law)
{
    unit_check_vectors("text/holidays.jsonl", check_year);
}
END_TEST

static struct almanac *make(const char *periods, const char *closures, const char *hours, const char *holidays)
{
    struct error *error = NULL;
    struct almanac *almanac = almanac_make(NULL, periods, closures, hours, holidays, &error);
    ck_assert_msg(almanac != NULL, "%s", error ? error->sentence : "");
    return almanac;
}

/* The hours of the one date of a line on 15 January, as "13:00-15:00", or why it has to be asked. */
static void expect_hours(const struct almanac *almanac, const char *words, const char *expected)
{
    void *context = talloc_new(NULL);
    struct when_context about = {.now = {2025, 12, 18, 10, 0}, .almanac = almanac};
    struct when_result *result = when_read_candidates(context, memory_format(context, "1/15 %s", words), &about);
    const struct when *when = result->dates;
    char *found = result->count == 1 ? memory_format(context, "%02d:%02d-%02d:%02d", when->start.hour, when->start.minute,
                                                     when->end.hour, when->end.minute)
                                     : memory_format(context, "%s", result->reason ? result->reason : "none");
    ck_assert_msg(strcmp(found, expected) == 0, "%s: %s, not %s", words, found, expected);
    talloc_free(context);
}

START_TEST(words_have_the_hours_of_the_table)
{
    struct almanac *almanac =
        make("夕方 16:00-18:00,ＣＯＲＥ 9:30-11:30, 6限 18:10-19:40 ,5限 16:30-18:00, 昼休み off, 午前 8:30-12:00, 夜勤 22:00-30:00",
             "", "", "");
    expect_hours(NULL, "5限", "16:20-17:50");
    expect_hours(NULL, "昼休み", "12:00-13:00");
    expect_hours(NULL, "6限", "period");
    expect_hours(NULL, "夕方", "period");
    expect_hours(almanac, "夕方", "16:00-18:00");
    expect_hours(almanac, "core", "09:30-11:30");
    expect_hours(almanac, "5限", "16:30-18:00");
    expect_hours(almanac, "5-6限", "16:30-19:40");
    expect_hours(almanac, "6時限", "18:10-19:40");
    expect_hours(almanac, "7限", "period");
    expect_hours(almanac, "昼休み", "period");
    expect_hours(almanac, "昼", "12:00-13:00");
    expect_hours(almanac, "AM", "08:30-12:00");
    expect_hours(almanac, "午後", "13:00-17:00");
    expect_hours(almanac, "夜勤", "22:00-06:00");
    talloc_free(almanac);
}
END_TEST

static const char *holiday(const struct almanac *almanac, int year, int month, int day)
{
    const char *name = almanac_holiday(almanac, (struct civil){year, month, day, 0, 0}, "en");
    return name ? name : "-";
}

START_TEST(a_center_has_days_of_its_own)
{
    struct almanac *almanac = make("", "12/28-1/4,8/13-8/15, 6/1", "8:30-17:15",
                                   "# ours\n2026-05-01 Founding Day\r\n\n11-02 Festival\n2026-07-20 off\n2026-08-12\n");
    ck_assert_str_eq(holiday(almanac, 2026, 5, 1), "Founding Day");
    ck_assert_str_eq(holiday(almanac, 2027, 5, 1), "-");
    ck_assert_str_eq(holiday(almanac, 2031, 11, 2), "Festival");
    ck_assert_str_eq(holiday(almanac, 2026, 7, 20), "-");
    ck_assert_str_eq(holiday(NULL, 2026, 7, 20), "Marine Day");
    ck_assert_str_eq(holiday(almanac, 2026, 8, 12), "");
    static const struct {
        struct civil date;
        bool is_ours;
        bool is_built_in;
    } closed[] = {{{2025, 12, 28, 0, 0}, true, false}, {{2026, 1, 4, 0, 0}, true, false}, {{2026, 1, 3, 0, 0}, true, true},
                  {{2026, 8, 14, 0, 0}, true, false},  {{2026, 6, 1, 0, 0}, true, false}, {{2026, 6, 2, 0, 0}, false, false},
                  {{2025, 12, 29, 0, 0}, true, true}};
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++) {
        ck_assert_int_eq(almanac_is_closed(almanac, closed[i].date), closed[i].is_ours);
        ck_assert_int_eq(almanac_is_closed(NULL, closed[i].date), closed[i].is_built_in);
    }
    ck_assert(!almanac_is_working(almanac, (struct civil){2026, 1, 15, 8, 29}));
    ck_assert(almanac_is_working(almanac, (struct civil){2026, 1, 15, 17, 15}));
    ck_assert(almanac_is_working(NULL, (struct civil){2026, 1, 15, 3, 0}));
    talloc_free(almanac);
}
END_TEST

START_TEST(what_cannot_be_read_is_refused)
{
    static const char *const wrong[][4] = {
        {"夕方", "", "", ""},          {"夕方 16-18", "", "", ""},        {"夕方 18:00-16:00", "", "", ""},
        {"夕方 16:00-18:00x", "", "", ""}, {"1コマ 9:00-10:00", "", "", ""}, {" 9:00-10:00", "", "", ""}, {"AM枠 9:00-10:00", "", "", ""}, {"core time 9:00-10:00", "", "", ""},
        {"夕方 25:00-26:00", "", "", ""},  {"", "12/29", "8:00", ""},        {"", "12/32-1/3", "", ""},
        {"", "12-29", "", ""},         {"", "12/29-", "", ""},             {"", "", "", "2026-02-30 x"},
        {"", "", "", "someday"},       {"", "", "", "2026-05-01x"},        {"", "", "", "13-01 x"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct error *error = NULL;
        ck_assert_msg(!almanac_make(NULL, wrong[i][0], wrong[i][1], wrong[i][2], wrong[i][3], &error), "%zu", i);
        ck_assert_ptr_nonnull(error);
        error_free(&error);
    }
}
END_TEST

static Suite *almanac_suite(void)
{
    Suite *suite = suite_create("text almanac");
    TCase *cases = tcase_create("almanac");
    tcase_add_test(cases, years_have_the_holidays_of_the_law);
    tcase_add_test(cases, words_have_the_hours_of_the_table);
    tcase_add_test(cases, a_center_has_days_of_its_own);
    tcase_add_test(cases, what_cannot_be_read_is_refused);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(almanac_suite())
