/* xen/retention and xen/space: which backups stay, and what a snapshot may need. */
#include "xen/retention.h"

#include "base/clock.h"
#include "unit.h"
#include "xen/space.h"
#include "xen/usual.h"

enum { DAYS = 120, DAY = 24 * 60 * 60 };

static size_t count_kept(struct retention retention, size_t days, bool stays[])
{
    time_t times[DAYS];
    size_t kept = 0;
    ck_assert(clock_set_zone("Asia/Tokyo", NULL));
    for (size_t i = 0; i < days; i++)
        times[i] = 1767200400 + (time_t)i * DAY; /* 2026-01-01 02:00, and every night */
    retention_choose(&retention, times, days, stays);
    for (size_t i = 0; i < days; i++)
        kept += stays[i];
    return kept;
}

START_TEST(the_newest_days_weeks_and_months_stay)
{
    bool stays[DAYS];
    ck_assert_uint_eq(count_kept((struct retention){.newest = 3}, 100, stays), 3);
    ck_assert(stays[99] && stays[98] && stays[97]);
    ck_assert_uint_eq(count_kept((struct retention){.newest = 1, .daily = 5}, 100, stays), 5);
    ck_assert_uint_eq(count_kept((struct retention){.newest = 1, .weekly = 4}, 100, stays), 5);
    ck_assert_uint_eq(count_kept((struct retention){.newest = 1, .monthly = 12}, 100, stays), 5);
    ck_assert_msg(stays[0] && stays[31] && stays[59] && stays[90] && stays[99], "the first of each month, and the newest");
}
END_TEST

START_TEST(the_newest_one_stays_whatever_is_asked)
{
    bool stays[DAYS];
    ck_assert_uint_eq(count_kept((struct retention){0}, 10, stays), 1);
    ck_assert(stays[9]);
    ck_assert_uint_eq(count_kept((struct retention){0}, 1, stays), 1);
    ck_assert_uint_eq(count_kept((struct retention){.newest = 50, .daily = 50, .weekly = 50, .monthly = 50}, 20, stays), 20);
    ck_assert_uint_eq(count_kept((struct retention){.newest = 5}, 0, stays), 0);
}
END_TEST

START_TEST(disks_take_what_real_pools_show)
{
    static const int64_t gibibyte = 1 << 30;
    ck_assert_int_eq(space_full(4 * gibibyte), 4311744512);
    ck_assert_int_eq(space_full(8 * gibibyte), 8615100416);
    ck_assert_int_eq(space_full(40 * gibibyte), 43041947648);
    ck_assert_int_eq(space_full(100 * gibibyte), 107592286208);
    ck_assert_int_eq(space_thin(), 8388608);
}
END_TEST

START_TEST(sizes_far_from_the_usual_are_odd)
{
    static const struct {
        int64_t before[9];
        size_t count;
        int64_t usual;
        int64_t size;
        bool is_odd;
    } cases[] = {
        {{100, 100}, 2, 0, 1, false}, /* too few to know */
        {{100, 0, 100, 0, 90}, 5, 100, 51, false},
        {{100, 0, 100, 0, 90}, 5, 100, 49, true},
        {{100, 110, 90}, 3, 100, 150, false},
        {{100, 110, 90}, 3, 100, 151, true},
        {{7, 6, 5, 4, 3, 2, 1, 900, 900}, 9, 4, 4, false}, /* the newest seven count */
        {{1, 100, 100, 100}, 4, 100, 100, false},          /* one that was odd does not change it */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t usual = usual_size(cases[i].before, cases[i].count);
        ck_assert_int_eq(usual, cases[i].usual);
        ck_assert_msg(usual_is_odd(cases[i].size, usual) == cases[i].is_odd, "case %zu", i);
    }
}
END_TEST

static Suite *retention_suite(void)
{
    Suite *suite = suite_create("retention");
    TCase *cases = tcase_create("retention");
    tcase_add_test(cases, the_newest_days_weeks_and_months_stay);
    tcase_add_test(cases, the_newest_one_stays_whatever_is_asked);
    tcase_add_test(cases, disks_take_what_real_pools_show);
    tcase_add_test(cases, sizes_far_from_the_usual_are_odd);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(retention_suite())
