/* base/address, base/utf8, base/config: what an address is, what a text is, and files that administrators write. */
#include <string.h>

#include "base/address.h"
#include "base/config.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "unit.h"

/* `count` times "a", then `tail`. */
static char *long_text(void *context, size_t count, const char *tail)
{
    char *text = memory_array(context, char, count + 1);
    memset(text, 'a', count);
    return memory_format(context, "%s%s", text, tail);
}

START_TEST(addresses_that_every_mail_can_carry)
{
    static const char *const good[] = {"a@b",
                                       "Taro.Y@Example.JP",
                                       "yama..da.@docomo.ne.jp",
                                       "kairan+bounce-k7q2-13@tc.example.ac.jp",
                                       "o'neil/x=y@a_b.example",
                                       "root@localhost"};
    void *context = talloc_new(NULL);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        ck_assert_msg(address_is_valid(good[i]), "%s", good[i]);
    ck_assert(address_is_valid(long_text(context, 64, "@b")));
    ck_assert(address_is_valid(memory_format(context, "a@%s", long_text(context, 255, ""))));
    talloc_free(context);
}
END_TEST

START_TEST(what_is_no_address)
{
    static const char *const bad[] = {"",
                                      "a",
                                      "@",
                                      "a@",
                                      "@b",
                                      "a@b@c",
                                      "a b@c",
                                      "a@b c",
                                      " a@b",
                                      "a@b\n",
                                      "a\t@b",
                                      "a@b\r\nBcc: x",
                                      "a@b\x7F",
                                      "<a@b>",
                                      "a@b>",
                                      "a@b,c",
                                      "a;b@c",
                                      "a:b@c",
                                      "(a)b@c",
                                      "a[1]@c",
                                      "a\\b@c",
                                      "\"a b\"@c",
                                      "\"ab\"@c",
                                      "a@[192.0.2.1]",
                                      "a@b:25",
                                      "a@b!c",
                                      "山田@tc.example.ac.jp",
                                      "yamada@例え.jp",
                                      "‹yamada@tc.example.ac.jp",
                                      "a\u00A0b@c",
                                      "a@b\x82\xA0"};
    void *context = talloc_new(NULL);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!address_is_valid(bad[i]), "%s", bad[i]);
    ck_assert(!address_is_valid(long_text(context, 65, "@b")));
    ck_assert(!address_is_valid(memory_format(context, "a@%s", long_text(context, 256, ""))));
    talloc_free(context);
}
END_TEST

START_TEST(addresses_are_compared_in_lower_case)
{
    char *lower = address_lower(NULL, "Taro.Y+İ@EXAMPLE.jp");
    ck_assert_str_eq(lower, "taro.y+İ@example.jp");
    talloc_free(lower);
    ck_assert_str_eq(address_domain("a@b.example"), "b.example");
    ck_assert_str_eq(address_domain("\"a@b\"@c"), "c");
    ck_assert_str_eq(address_domain("root"), "");
}
END_TEST

START_TEST(well_formed_utf8_is_told)
{
    static const char *const good[] = {"", "abc", "é", "あ", "😀", "\U0010FFFF", "\uD7FF", "\uE000", "12345678é"};
    static const char *const bad[] = {"\x80",     "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                                      "\xE3\x81", "\xFF",     "12345678\x82", "ああ\xE3\x81", "ああ\xE3\x81x", "ああ\xE3x\x82", "ああ\xEDx"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        ck_assert(utf8_is_valid(good[i], strlen(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert(!utf8_is_valid(bad[i], strlen(bad[i])));
    ck_assert_uint_eq(utf8_valid_length("aあ\xFFz", 6), 4);
}
END_TEST

START_TEST(texts_are_cut_between_characters)
{
    static const struct {
        const char *text;
        size_t most;
        size_t cut;
    } cases[] = {{"abc", 5, 3}, {"abc", 3, 3}, {"abc", 2, 2}, {"", 0, 0},     {"あい", 6, 6}, {"あい", 5, 3},
                 {"あい", 4, 3}, {"あい", 3, 3}, {"あい", 2, 0}, {"a😀", 4, 1}, {"a😀", 5, 5}, {"é", 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_uint_eq(utf8_cut(cases[i].text, cases[i].most), cases[i].cut);
}
END_TEST

START_TEST(controls_and_turned_directions_are_told)
{
    static const char *const controls[] = {"\x01",   "\n",     "\x7F",   "\xC2\x80", "\xC2\x9F", "\u2028", "\u2029",
                                           "\u202A", "\u202E", "\u2066", "\u2069"};
    static const char *const others[] = {"", " ", "a", "\u00A0", "\u2027", "\u202F", "\u2065", "\u206A", "あ", "\xC2", "\xE2\x80"};
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
        ck_assert_uint_eq(utf8_control_length(controls[i]), strlen(controls[i]));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        ck_assert_uint_eq(utf8_control_length(others[i]), 0);
}
END_TEST

/* What loading a configuration of these bytes ends in: "" when it is taken, else the sentence. */
static char *load(void *context, const char *bytes, struct config **config)
{
    char folder[] = "/tmp/kairan-unit-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    char *path = file_join(context, folder, "kairan.conf");
    struct error *error = NULL;
    ck_assert(file_create(path, bytes, strlen(bytes), 0600, NULL));
    *config = config_load(context, path, &error);
    unlink(path);
    rmdir(folder);
    char *sentence = *config ? memory_copy_text(context, "") : error_text(context, error);
    error_free(&error);
    return sentence;
}

START_TEST(configurations_name_addresses)
{
    static const char *const bad[] = {
        "[center]\nadministrator = a b\n",         "[center]\nadministrator = 山田\n",
        "[center]\nadministrator = a@b@c\n",       "[center]\nadministrator =\n",
        "[mail]\n\npoll_address = poll@\n",        "[mail]\n\npoll_address = @b\n",
        "[mail]\n\nkairan_address = \"kairan\"\n", "[center]\ndomain = tc example\n",
        "[mail]\n\npoll_address = aaaaaaaaaaaaaaaaaaaaaaaay\n",
        "[center]\ndomain = a@b\n",                "[center]\ndomain =\n",
    };
    void *context = talloc_new(NULL);
    struct config *config;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char *sentence = load(context, bad[i], &config);
        ck_assert_msg(strstr(sentence, strstr(bad[i], "\n\n") ? "kairan.conf:3: " : "kairan.conf:2: "),
                      "%s: %s", bad[i], sentence);
    }
    ck_assert_str_eq(load(context, "[center]\ndomain = tc.example\nadministrator = yamada\n", &config), "");
    ck_assert_str_eq(config->administrator, "yamada@tc.example");
    ck_assert_str_eq(load(context, "[center]\nadministrator = Yamada@Other.Example\n", &config), "");
    ck_assert_str_eq(config->administrator, "Yamada@Other.Example");
    talloc_free(context);
}
END_TEST

START_TEST(files_of_text_hold_text)
{
    char path[] = "/tmp/kairan-unit-XXXXXX";
    int descriptor = mkstemp(path);
    ck_assert_int_eq((int)write(descriptor, "a\nb\0c", 5), 5);
    close(descriptor);
    struct error *error = NULL;
    ck_assert_ptr_null(file_read_text(NULL, path, 5, &error));
    ck_assert_str_eq(strrchr(error->sentence, '/') + strlen("/kairan-unit-XXXXXX"), ":2 is not UTF-8; save it as UTF-8");
    error_free(&error);
    unlink(path);
}
END_TEST

START_TEST(configurations_are_utf8)
{
    void *context = talloc_new(NULL);
    struct config *config;
    char *sentence = load(context, "[center]\n# \x8E\x52\x93\x63\ndomain = a\n", &config);
    ck_assert_msg(strstr(sentence, "kairan.conf:2 is not UTF-8; save it as UTF-8"), "%s", sentence);
    ck_assert_str_eq(load(context, "\xEF\xBB\xBF[center]\ndomain = b\n", &config), "");
    ck_assert_str_eq(config->domain, "b");
    talloc_free(context);
}
END_TEST

static Suite *address_suite(void)
{
    Suite *suite = suite_create("base/address");
    TCase *cases = tcase_create("address");
    tcase_add_test(cases, addresses_that_every_mail_can_carry);
    tcase_add_test(cases, what_is_no_address);
    tcase_add_test(cases, addresses_are_compared_in_lower_case);
    tcase_add_test(cases, well_formed_utf8_is_told);
    tcase_add_test(cases, texts_are_cut_between_characters);
    tcase_add_test(cases, controls_and_turned_directions_are_told);
    tcase_add_test(cases, configurations_name_addresses);
    tcase_add_test(cases, files_of_text_hold_text);
    tcase_add_test(cases, configurations_are_utf8);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(address_suite())
