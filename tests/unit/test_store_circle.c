/* store/circle: files that administrators write by hand; a line is understood wholly or the file is refused. */
#include <string.h>

#include "store/circle.h"
#include "test_store_case.h"

static struct circle *read_text(void *context, const char *text)
{
    char *folder = case_folder(context);
    case_write(folder, "all", text);
    struct circle *circle = circle_read(context, folder, "all", NULL);
    ck_assert_msg(circle != NULL, "refused: %s", text);
    return circle;
}

START_TEST(lines_name_people)
{
    static const struct {
        const char *line;
        const char *name;
        const char *address;
        const char *language;
        bool required;
        const char *alias; /* the first, or NULL */
    } cases[] = {
        {"山田太郎 <yamada@example.org>", "山田太郎", "yamada@example.org", NULL, false, NULL},
        {"  \"Yamada, Taro\" <yamada@example.org>  \r", "Yamada, Taro", "yamada@example.org", NULL, false, NULL},
        {"yamada@example.org", "", "yamada@example.org", NULL, false, NULL},
        {"yamada@example.org required EN", "", "yamada@example.org", "en", true, NULL},
        {"山田 <yamada@example.org> 必須 ja <taro@lab.example.org>", "山田", "yamada@example.org", "ja", true,
         "taro@lab.example.org"},
        {"山田 <yamada@example.org>\ttaro@lab.example.org # moves in spring", "山田", "yamada@example.org", NULL, false,
         "taro@lab.example.org"},
        {"<yamada@example.org>", "", "yamada@example.org", NULL, false, NULL},
    };
    void *context = talloc_new(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct circle *circle = read_text(context, cases[i].line);
        ck_assert_uint_eq(circle->count, 1);
        const struct member *member = &circle->members[0];
        ck_assert_str_eq(member->name, cases[i].name);
        ck_assert_str_eq(member->address, cases[i].address);
        ck_assert_pstr_eq(member->language, cases[i].language);
        ck_assert_int_eq(member->required, cases[i].required);
        ck_assert_uint_eq(talloc_array_length(member->aliases), cases[i].alias != NULL);
        if (cases[i].alias)
            ck_assert_str_eq(member->aliases[0], cases[i].alias);
    }
    talloc_free(context);
}
END_TEST

START_TEST(comments_and_empty_lines_name_nobody)
{
    void *context = talloc_new(NULL);
    struct circle *circle = read_text(context, "# the center\n\n  \t\r\na@example.org\n#b@example.org\nc@example.org");
    ck_assert_uint_eq(circle->count, 2);
    ck_assert_str_eq(circle->members[1].address, "c@example.org");
    ck_assert_uint_eq(read_text(context, "")->count, 0);
    talloc_free(context);
}
END_TEST

START_TEST(what_is_not_understood_is_refused_with_its_line)
{
    static const char *const bad[] = {
        "yamada",
        "山田 <yamada>",
        "山田 <yamada@example.org",
        "山田 <a@b@example.org>",
        "a@example.org, b@example.org",
        "a@example.org french",
        "a@example.org <b>",
        "@example.org",
        "a@",
        "山田 ‹山田@tc.example.ac.jp>",
        "山田 <山田@tc.example.ac.jp>",
        "a@example.org yamada@例え.jp",
        "\"a\"@example.org",
        "a@[192.0.2.1]",
    };
    void *context = talloc_new(NULL);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char *folder = case_folder(context);
        struct error *error = NULL;
        case_write(folder, "all", memory_format(context, "# first\nok@example.org\n%s\n", bad[i]));
        ck_assert_msg(!circle_read(context, folder, "all", &error), "taken: %s", bad[i]);
        ck_assert_int_eq(error->class, ERROR_REFUSED);
        ck_assert_msg(strstr(error_text(context, error), "all:3"), "%s", error_text(context, error));
        error_free(&error);
    }
    talloc_free(context);
}
END_TEST

START_TEST(circles_are_utf8)
{
    void *context = talloc_new(NULL);
    char *folder = case_folder(context);
    struct error *error = NULL;
    case_write(folder, "cp932", "a@example.org\n\x8E\x52\x93\x63 <yamada@example.org>\n");
    ck_assert(!circle_read(context, folder, "cp932", &error));
    ck_assert_int_eq(error->class, ERROR_REFUSED);
    ck_assert_msg(strstr(error_text(context, error), "cp932:2 is not UTF-8; save it as UTF-8"), "%s", error->sentence);
    error_free(&error);
    ck_assert_str_eq(read_text(context, "\uFEFF山田 <yamada@example.org>")->members[0].name, "山田");
    talloc_free(context);
}
END_TEST

START_TEST(names_cannot_leave_the_folder)
{
    void *context = talloc_new(NULL);
    char *folder = case_folder(context);
    case_write(folder, "all", "a@example.org\n");
    case_write(folder, ".hidden", "a@example.org\n");
    ck_assert(circle_exists(folder, "all"));
    static const char *const none[] = {"", "some", ".hidden", "..", "../etc/passwd", "all/", "./all"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        ck_assert_msg(!circle_exists(folder, none[i]), "there is no circle \"%s\"", none[i]);
    talloc_free(context);
}
END_TEST

START_TEST(addresses_are_looked_up_in_every_circle)
{
    void *context = talloc_new(NULL);
    char *folder = case_folder(context);
    case_write(folder, "broken", "nobody\n");
    case_write(folder, "one", "a@example.org\n");
    case_write(folder, "two", "B <b@example.org> b2@example.org\n");
    static const struct {
        const char *address;
        const char *found; /* the address of the member, or NULL */
    } cases[] = {
        {"A@EXAMPLE.ORG", "a@example.org"}, {"b2@example.org", "b@example.org"}, {"c@example.org", NULL}, {"", NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct member *member = circle_find_member(context, folder, cases[i].address);
        ck_assert_pstr_eq(member ? member->address : NULL, cases[i].found);
    }
    ck_assert_str_eq(circle_find_member(context, folder, "b2@example.org")->name, "B");
    ck_assert_ptr_null(circle_find_member(context, "/nonexistent", "a@example.org"));
    talloc_free(context);
}
END_TEST

static Suite *circle_suite(void)
{
    Suite *suite = suite_create("circle");
    TCase *cases = tcase_create("circle");
    tcase_add_test(cases, lines_name_people);
    tcase_add_test(cases, comments_and_empty_lines_name_nobody);
    tcase_add_test(cases, what_is_not_understood_is_refused_with_its_line);
    tcase_add_test(cases, circles_are_utf8);
    tcase_add_test(cases, names_cannot_leave_the_folder);
    tcase_add_test(cases, addresses_are_looked_up_in_every_circle);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(circle_suite())
