/* xen/trend: how storage fills, and when it is full. */
#include "xen/trend.h"

#include "unit.h"

enum { DAY = 24 * 60 * 60 };

static const int64_t gibibyte = 1 << 30;

static void fill(struct sr_sample samples[], size_t count, int64_t growth)
{
    for (size_t i = 0; i < count; i++)
        samples[i] = (struct sr_sample){1768410000 + (time_t)i * DAY, 1000 * gibibyte, 400 * gibibyte + (int64_t)i * growth};
}

START_TEST(what_fills_evenly_is_full_on_the_day)
{
    struct sr_sample samples[11];
    fill(samples, 11, 10 * gibibyte);
    ck_assert_int_eq(trend_growth(samples, 11), 10 * gibibyte);
    ck_assert_int_eq(trend_days(samples, 11), 50);
    samples[5].used += 100 * gibibyte; /* one odd day in the middle does not turn the line */
    ck_assert_int_eq(trend_days(samples, 11), 50);
}
END_TEST

START_TEST(what_does_not_fill_is_never_full)
{
    struct sr_sample samples[11];
    fill(samples, 11, 0);
    ck_assert_int_eq(trend_days(samples, 11), TREND_NEVER);
    fill(samples, 11, -gibibyte);
    ck_assert_int_eq(trend_days(samples, 11), TREND_NEVER);
    fill(samples, 11, 1024);
    ck_assert_msg(trend_days(samples, 11) == TREND_NEVER, "in a thousand years is never");
    fill(samples, 2, gibibyte);
    ck_assert_msg(trend_days(samples, 2) == TREND_NEVER, "two days are no trend");
    ck_assert_int_eq(trend_days(samples, 0), TREND_NEVER);
    struct sr_sample same[] = {samples[0], samples[0], samples[0]};
    ck_assert_int_eq(trend_days(same, 3), TREND_NEVER);
}
END_TEST

START_TEST(each_day_is_shown_once_by_its_last_sample)
{
    struct sr_sample samples[40];
    int64_t used[14];
    fill(samples, 40, gibibyte);
    for (size_t i = 0; i < 40; i++)
        samples[i].taken_at = 1768410000 + (time_t)i * DAY / 2;
    ck_assert_uint_eq(trend_daily(samples, 40, 14, used), 14);
    ck_assert_int_eq(used[13], samples[39].used);
    ck_assert_int_eq(used[12], samples[37].used);
    ck_assert_uint_eq(trend_daily(samples, 1, 14, used), 1);
    ck_assert_uint_eq(trend_daily(samples, 0, 14, used), 0);
}
END_TEST

static Suite *trend_suite(void)
{
    Suite *suite = suite_create("trend");
    TCase *cases = tcase_create("trend");
    tcase_add_test(cases, what_fills_evenly_is_full_on_the_day);
    tcase_add_test(cases, what_does_not_fill_is_never_full);
    tcase_add_test(cases, each_day_is_shown_once_by_its_last_sample);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(trend_suite())
