/* base/: errors, buffers, calendar, clock, files, frames. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/child.h"
#include "base/civil.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "unit.h"

START_TEST(errors_tell_the_whole_chain)
{
    struct error *error = NULL;
    ck_assert(!error_set(&error, ERROR_REFUSED, "no such poll %s", "k7q2"));
    ck_assert(!error_add(&error, "cannot record the answer"));
    ck_assert_int_eq(error->class, ERROR_REFUSED);
    char *text = error_text(NULL, error);
    ck_assert_str_eq(text, "cannot record the answer: no such poll k7q2");
    talloc_free(text);
    error_free(&error);
    ck_assert_ptr_null(error);
    ck_assert(!error_set(NULL, ERROR_TEMPORARY, "nobody asks"));
}
END_TEST

START_TEST(buffers_stop_at_their_maximum)
{
    struct buffer *buffer = buffer_new(NULL, 5);
    buffer_add_text(buffer, "abc");
    buffer_add_text(buffer, "def");
    ck_assert(buffer->overflowed);
    ck_assert_str_eq(buffer->bytes, "abc");
    buffer_add_text(buffer, "x"); /* what follows an overflow is dropped, or the text would have a hole */
    ck_assert_str_eq(buffer->bytes, "abc");
    buffer_clear(buffer);
    buffer_add_code_point(buffer, 0x25CB);
    ck_assert_str_eq(buffer->bytes, "○");
    buffer_clear(buffer);
    buffer_add_code_point(buffer, 0xD800);
    ck_assert_str_eq(buffer->bytes, "\xEF\xBF\xBD");
    talloc_free(buffer);
}
END_TEST

START_TEST(calendar_goes_round)
{
    for (long day = -200000; day < 200000; day += 17) {
        struct civil civil = civil_from_day_number(day);
        ck_assert_int_eq(civil_day_number(civil), day);
        ck_assert(civil_is_valid(civil));
    }
    ck_assert_int_eq(civil_weekday((struct civil){2026, 1, 15, 0, 0}), 4);
    ck_assert_int_eq(civil_weekday((struct civil){1969, 12, 31, 0, 0}), 3);
    ck_assert_int_eq(civil_days_in_month(2028, 2), 29);
    ck_assert_int_eq(civil_days_in_month(2100, 2), 28);
    ck_assert(!civil_is_valid((struct civil){2026, 2, 29, 0, 0}));
    struct civil moved = civil_add_minutes((struct civil){2025, 12, 31, 23, 30}, 45);
    ck_assert_int_eq(civil_compare(moved, (struct civil){2026, 1, 1, 0, 15}), 0);
    moved = civil_add_minutes(moved, -1440 - 15);
    ck_assert_int_eq(civil_compare(moved, (struct civil){2025, 12, 31, 0, 0}), 0);
}
END_TEST

START_TEST(clock_reads_and_writes_instants)
{
    struct error *error = NULL;
    time_t instant;
    ck_assert(clock_set_zone("Asia/Tokyo", &error));
    ck_assert(clock_parse("2026-01-15T13:00:00+09:00", &instant));
    char *text = clock_format_utc(NULL, instant);
    ck_assert_str_eq(text, "2026-01-15T04:00:00Z");
    talloc_free(text);
    time_t again;
    ck_assert(clock_parse("2026-01-15T04:00Z", &again) && again == instant);
    ck_assert(clock_parse("2026-01-15T13:00", &again) && again == instant);
    ck_assert_int_eq(clock_to_civil(instant).hour, 13);
    ck_assert_int_eq(clock_from_civil((struct civil){2026, 1, 15, 13, 0}), instant);
    ck_assert_int_eq(clock_utc_offset(instant), 9 * 3600);
    static const char *const bad[] = {"", "today", "2026-13-01", "2026-01-15T25:00", "2026-01-15T13:00+9", "2026-02-30"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!clock_parse(bad[i], &again), "%s", bad[i]);
    ck_assert(!clock_set_zone("../../etc/passwd", &error));
    error_free(&error);
}
END_TEST

/* Every civil time is the C library's, whatever the zone does: summer time, offsets of olden times, before 1970. */
START_TEST(clock_says_what_the_zone_says)
{
    static const char *const zones[] = {"Asia/Tokyo", "America/New_York", "Asia/Kathmandu", "Africa/Monrovia", "UTC"};
    struct error *error = NULL;
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        ck_assert(clock_set_zone(zones[i], &error));
        for (time_t instant = -86400; instant < 2000000000; instant += instant < 7 * 86400 ? 47 : 1234567) {
            struct tm local;
            localtime_r(&instant, &local);
            struct civil found = clock_to_civil(instant);
            struct civil wanted = {local.tm_year + 1900, local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min};
            ck_assert_msg(civil_compare(found, wanted) == 0, "%s, %lld", zones[i], (long long)instant);
        }
    }
    ck_assert(clock_set_zone("Asia/Tokyo", &error));
}
END_TEST

START_TEST(files_are_read_with_a_limit_and_never_replaced)
{
    char folder[] = "/tmp/kairan-unit-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    struct error *error = NULL;
    void *context = talloc_new(NULL);
    char *deep = file_join(context, folder, "a/b/c");
    ck_assert(file_make_folder(deep, &error));
    char *path = file_join(context, deep, "one");
    ck_assert(file_create(path, "hello", 5, 0600, &error));
    ck_assert(!file_create(path, "other", 5, 0600, &error));
    error_free(&error);
    size_t length;
    ck_assert_str_eq(file_read(context, path, 5, &length, &error), "hello");
    ck_assert_uint_eq(length, 5);
    ck_assert_ptr_null(file_read(context, path, 4, &length, &error));
    ck_assert_int_eq(error->class, ERROR_REFUSED);
    error_free(&error);
    ck_assert_ptr_null(file_read(context, deep, 100, &length, &error)); /* a folder is no file */
    error_free(&error);
    ck_assert(!file_make_folder(path, &error)); /* and a file no folder */
    ck_assert_int_eq(error->class, ERROR_INSTALLATION);
    error_free(&error);
    for (int i = 0; i < 50; i++) {
        char *name = memory_format(context, "%s/%02d", deep, (i * 37) % 50);
        ck_assert(file_create(name, "", 0, 0600, &error));
    }
    char **names = file_list_folder(context, deep, 7, &error);
    ck_assert_uint_eq(talloc_array_length(names), 7);
    for (unsigned i = 0; i < 7; i++)
        ck_assert_int_eq(atoi(names[i]), (int)i);
    talloc_free(context);
}
END_TEST

START_TEST(frames_pass_and_dead_helpers_are_noticed)
{
    struct error *error = NULL;
    void *context = talloc_new(NULL);
    struct child *echo = child_start(context, (const char *const[]){"/bin/cat", NULL}, &error);
    ck_assert_ptr_nonnull(echo);
    size_t length;
    for (int i = 0; i < 3; i++) {
        child_begin(echo, 10);
        ck_assert(child_send(echo, "two\0words", 9, &error));
        char *answer = child_receive(echo, context, 100, &length, &error);
        ck_assert_ptr_nonnull(answer);
        ck_assert_uint_eq(length, 9);
        ck_assert_int_eq(memcmp(answer, "two\0words", 9), 0);
    }
    ck_assert(child_send(echo, "too long", 8, &error));
    ck_assert_ptr_null(child_receive(echo, context, 4, &length, &error));
    error_free(&error);
    talloc_free(echo);
    struct child *silent = child_start(context, (const char *const[]){"/bin/sleep", "60", NULL}, &error);
    child_begin(silent, 1);
    ck_assert(!child_is_late(silent));
    ck_assert(child_send(silent, "hello", 5, &error));
    ck_assert_ptr_null(child_receive(silent, context, 4, &length, &error));
    ck_assert(child_is_late(silent));
    error_free(&error);
    talloc_free(silent);
    struct child *deaf = child_start(context, (const char *const[]){"/bin/sleep", "60", NULL}, &error);
    size_t most = 1024 * 1024; /* more than a pipe holds */
    child_begin(deaf, 1);
    ck_assert_msg(!child_send(deaf, memory_array(context, char, most), most, &error), "nobody reads");
    ck_assert_int_eq(error->class, ERROR_TEMPORARY);
    error_free(&error);
    talloc_free(deaf);
    struct child *dead = child_start(context, (const char *const[]){"/bin/true", NULL}, &error);
    child_begin(dead, 10);
    ck_assert_ptr_null(child_receive(dead, context, 4, &length, &error));
    error_free(&error);
    talloc_free(context);
}
END_TEST

static Suite *base_suite(void)
{
    Suite *suite = suite_create("base");
    TCase *cases = tcase_create("base");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, errors_tell_the_whole_chain);
    tcase_add_test(cases, buffers_stop_at_their_maximum);
    tcase_add_test(cases, calendar_goes_round);
    tcase_add_test(cases, clock_reads_and_writes_instants);
    tcase_add_test(cases, clock_says_what_the_zone_says);
    tcase_add_test(cases, files_are_read_with_a_limit_and_never_replaced);
    tcase_add_test(cases, frames_pass_and_dead_helpers_are_noticed);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(base_suite())
