/* text/fold: spellings, composition, origins, and what holds for any bytes at all. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <utf8proc.h>

#include "base/memory.h"
#include "text/fold.h"
#include "unit.h"

static bool check_spelling(json_t *entry)
{
    const char *in = json_string_value(json_object_get(entry, "in"));
    const char *out = json_string_value(json_object_get(entry, "out"));
    struct folded *folded = text_fold(NULL, in, strlen(in));
    bool right = strcmp(folded->text, out) == 0;
    if (!right)
        fprintf(stderr, "%s: expected \"%s\", got \"%s\"\n", in, out, folded->text);
    talloc_free(folded);
    return right;
}

START_TEST(spellings_become_one)
{
    unit_check_vectors("text/fold.jsonl", check_spelling);
}
END_TEST

static bool is_utf8(const char *text)
{
    while (*text) {
        utf8proc_int32_t code_point;
        utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &code_point);
        if (size <= 0)
            return false;
        text += size;
    }
    return true;
}

static bool is_monotone(const struct folded *folded, size_t source_length)
{
    for (size_t i = 0; i < folded->length; i++)
        if (folded->origin[i] > folded->origin[i + 1] || folded->origin[i] >= source_length)
            return false;
    return folded->origin[folded->length] == source_length;
}

/* What every folded text promises, whatever the source was. One check a text: each costs a system call. */
static void check_promises(const char *source, size_t length)
{
    struct folded *folded = text_fold(NULL, source, length);
    struct folded *again = text_fold(folded, folded->text, folded->length);
    bool kept = strlen(folded->text) == folded->length && folded->length <= 20 * length && is_utf8(folded->text) &&
                is_monotone(folded, length) && strcmp(again->text, folded->text) == 0;
    if (!kept)
        ck_abort_msg("\"%s\" folds to \"%s\"", folded->text, again->text);
    talloc_free(folded);
}

/* Each between two others that must not swallow it; many in one text, as a megabyte of calls would be slow. */
START_TEST(every_code_point_keeps_the_promises)
{
    enum { BLOCK = 64 };
    for (utf8proc_int32_t block = 0; block < 0x110000; block += BLOCK) {
        utf8proc_uint8_t bytes[BLOCK * 6];
        size_t length = 0;
        for (utf8proc_int32_t code_point = block; code_point < block + BLOCK; code_point++) {
            if (!utf8proc_codepoint_valid(code_point))
                continue;
            bytes[length++] = 'a';
            length += (size_t)utf8proc_encode_char(code_point, bytes + length);
            bytes[length++] = '1';
        }
        check_promises((char *)bytes, length);
    }
}
END_TEST

START_TEST(random_bytes_keep_the_promises)
{
    static const char *const pieces[] = {"①",        "〇",           "二", "年", "ﾊ",  "ﾞ", "\xCC\x81",
                                         "\xCC\xA7", "\xED\x95\x9C", "e",  "\r", "\n", "⭕", "\xEF\xB8\x8F",
                                         "\xFF",     "\xE3\x81",     "ᄒ", "ᅡ", "ᆫ", "◎", "ﷺ",
                                         "1",        "\xE2\x83\xA3"};
    srandom(20260115);
    for (int round = 0; round < unit_rounds(50000); round++) {
        char source[512];
        size_t length = 0;
        for (long count = random() % 60; count > 0; count--) {
            if (random() % 8 == 0) {
                source[length++] = (char)random();
                continue;
            }
            const char *piece = pieces[(size_t)random() % (sizeof pieces / sizeof *pieces)];
            memcpy(source + length, piece, strlen(piece));
            length += strlen(piece);
        }
        check_promises(source, length);
    }
}
END_TEST

START_TEST(agrees_with_nfkc_where_we_have_no_table)
{
    static const char *const texts[] = {"ｶﾞｷﾞｸﾞ㌢㍿株式会社①", "Å Å ﬁ ǆ ệ", "각각", "ক\u09C7\u09BE", "ΐ ΰ ὒ", "ﷺ"};
    for (size_t i = 0; i + 1 < sizeof texts / sizeof *texts; i++) {
        utf8proc_uint8_t *expected = NULL;
        utf8proc_ssize_t length = utf8proc_map((const utf8proc_uint8_t *)texts[i], 0, &expected,
                                               UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE |
                                                   UTF8PROC_COMPAT | UTF8PROC_CASEFOLD);
        ck_assert_int_gt(length, 0);
        char *key = text_fold_key(NULL, texts[i]);
        if (i > 0) /* the first ends in ①, which is ours */
            ck_assert_str_eq(key, (char *)expected);
        else
            ck_assert_str_eq(key, "ガギグセンチ株式会社株式会社 1");
        talloc_free(key);
        free(expected);
    }
}
END_TEST

START_TEST(origins_lead_back_to_the_source)
{
    const char *source = "①ﾊﾞﾂ";
    struct folded *folded = text_fold(NULL, source, strlen(source));
    ck_assert_str_eq(folded->text, " 1 バツ");
    static const size_t expected[] = {0, 0, 0, 3, 3, 3, 9, 9, 9, 12};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        ck_assert_uint_eq(folded->origin[i], expected[i]);
    talloc_free(folded);
}
END_TEST

START_TEST(keys_ignore_blanks_at_the_ends_and_their_number)
{
    char *key = text_fold_key(NULL, " 　〔１〕  1月15日（木）\n 13：00〜15：00\t");
    ck_assert_str_eq(key, "〔1〕 1月15日(木) 13:00~15:00");
    talloc_free(key);
    key = text_fold_key(NULL, " \n ");
    ck_assert_str_eq(key, "");
    talloc_free(key);
}
END_TEST

static double milliseconds_to_fold(const char *piece, size_t size)
{
    char *source = memory_check(talloc_size(NULL, size));
    for (size_t at = 0; at + strlen(piece) <= size; at += strlen(piece))
        memcpy(source + at, piece, strlen(piece));
    struct timespec from;
    struct timespec to;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    text_fold(source, source, size / strlen(piece) * strlen(piece));
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    talloc_free(source);
    return (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
}

/* A megabyte of marks on one letter must not take quadratic time: hours, where linear takes a tenth of a second. */
START_TEST(time_is_linear)
{
    static const char *const pieces[] = {"\xCC\x81\xCC\xA7", "ﾞ", "二〇", "ﷺ", "あ"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        ck_assert_double_lt(milliseconds_to_fold(pieces[i], 1 << 20), 60e3);
}
END_TEST

static Suite *fold_suite(void)
{
    Suite *suite = suite_create("text fold");
    TCase *cases = tcase_create("fold");
    tcase_set_timeout(cases, 300);
    tcase_add_test(cases, spellings_become_one);
    tcase_add_test(cases, every_code_point_keeps_the_promises);
    tcase_add_test(cases, random_bytes_keep_the_promises);
    tcase_add_test(cases, agrees_with_nfkc_where_we_have_no_table);
    tcase_add_test(cases, origins_lead_back_to_the_source);
    tcase_add_test(cases, keys_ignore_blanks_at_the_ends_and_their_number);
    tcase_add_test(cases, time_is_linear);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(fold_suite())
