/* text/width: columns, padding and wrapping. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "text/width.h"
#include "unit.h"

static bool check_width(json_t *entry)
{
    const char *text = json_string_value(json_object_get(entry, "text"));
    json_int_t expected = json_integer_value(json_object_get(entry, "width"));
    size_t width = text_width(text);
    if ((json_int_t)width == expected)
        return true;
    fprintf(stderr, "%s: expected %d, got %zu\n", text, (int)expected, width);
    return false;
}

START_TEST(widths_are_those_of_a_japanese_font)
{
    unit_check_vectors("text/width.jsonl", check_width);
    ck_assert_uint_eq(text_width("\xFF"), 2); /* no character: shown as U+FFFD */
}
END_TEST

static void expect_pad(const char *text, size_t columns, const char *expected)
{
    char *padded = text_pad(NULL, text, columns);
    ck_assert_str_eq(padded, expected);
    talloc_free(padded);
}

START_TEST(padding_gives_exactly_the_columns)
{
    expect_pad("○", 4, "○  ");
    expect_pad("abc", 3, "abc");
    expect_pad("日程調整", 8, "日程調整");
    expect_pad("日程調整", 7, "日程… ");
    expect_pad("日程調整", 6, "日程…");
    expect_pad("abcdef", 1, "a");
    expect_pad("日", 1, " ");
    expect_pad("", 0, "");
    for (size_t columns = 0; columns < 30; columns++) {
        char *padded = text_pad(NULL, "山田a太郎△b…12", columns);
        ck_assert_uint_eq(text_width(padded), columns);
        talloc_free(padded);
    }
}
END_TEST

static void expect_wrap(const char *text, size_t columns, const char *expected)
{
    char *wrapped = text_wrap(NULL, text, columns);
    ck_assert_str_eq(wrapped, expected);
    talloc_free(wrapped);
}

START_TEST(lines_break_where_readers_expect_it)
{
    expect_wrap("the quick brown fox", 10, "the quick\nbrown fox");
    expect_wrap("a verylongwordindeed b", 6, "a\nverylo\nngword\nindeed\nb");
    expect_wrap("回答をお願いします", 8, "回答をお\n願いしま\nす");
    expect_wrap("one\n\ntwo\n", 10, "one\n\ntwo");
    expect_wrap("  indented line", 10, "  indented\nline");
    expect_wrap("日程 abc def", 9, "日程 abc\ndef");
    expect_wrap("日程abc", 5, "日程\nabc");
    expect_wrap("", 10, "");
}
END_TEST

START_TEST(kinsoku_is_minded)
{
    expect_wrap("ああああ。い", 8, "あああ\nあ。い");
    expect_wrap("ああ（いい）", 6, "ああ\n（い\nい）");
    expect_wrap("ああ「い」", 6, "ああ\n「い」");
    expect_wrap("あああデータ", 8, "あああ\nデータ");
    expect_wrap("。。。。。", 4, "。。\n。。\n。"); /* nowhere allowed: broken all the same */
}
END_TEST

START_TEST(every_width_keeps_lines_short_and_loses_nothing)
{
    const char *text = "1月15日(木) 13:00-15:00 は、○ 7人(山田、佐藤 ほか)です。 See you there, 「必ず」 reply.";
    for (size_t columns = 2; columns < 80; columns++) {
        char *wrapped = text_wrap(NULL, text, columns);
        size_t at = 0;
        for (char *line = wrapped, *end; line; line = end ? end + 1 : NULL) {
            end = strchr(line, '\n');
            if (end)
                *end = '\0';
            ck_assert_uint_le(text_width(line), columns);
            for (const char *byte = line; *byte; byte++) {
                while (text[at] == ' ' && *byte != ' ')
                    at++;
                ck_assert_int_eq(text[at], *byte);
                at++;
            }
        }
        ck_assert_uint_eq(at, strlen(text));
        talloc_free(wrapped);
    }
}
END_TEST

static Suite *width_suite(void)
{
    Suite *suite = suite_create("text width");
    TCase *cases = tcase_create("width");
    tcase_add_test(cases, widths_are_those_of_a_japanese_font);
    tcase_add_test(cases, padding_gives_exactly_the_columns);
    tcase_add_test(cases, lines_break_where_readers_expect_it);
    tcase_add_test(cases, kinsoku_is_minded);
    tcase_add_test(cases, every_width_keeps_lines_short_and_loses_nothing);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(width_suite())
