/* text/template: the language, its errors with file and line, folders of languages. */
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "text/template.h"
#include "unit.h"

/* A fresh folder of templates with "ja" and "en" in it; removed with its files by remove_folder(). */
static char *make_folder(void *context)
{
    char *path = memory_copy_text(context, "/tmp/kairan-unit-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(path));
    struct error *error = NULL;
    ck_assert(file_make_folder(file_join(context, path, "ja"), &error));
    ck_assert(file_make_folder(file_join(context, path, "en"), &error));
    return path;
}

static int remove_one(const char *path, const struct stat *status, int flag, struct FTW *place)
{
    (void)status;
    (void)flag;
    (void)place;
    return remove(path);
}

static void remove_folder(const char *path)
{
    nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void write_template(void *context, const char *folder, const char *name, const char *text)
{
    struct error *error = NULL;
    ck_assert(file_create(file_join(context, folder, name), text, strlen(text), 0600, &error));
}

static bool is_as_expected(json_t *entry, const char *rendered, const char *sentence)
{
    const char *expected = json_string_value(json_object_get(entry, "out"));
    const char *problem = json_string_value(json_object_get(entry, "error"));
    if (expected ? rendered && strcmp(rendered, expected) == 0 : !rendered && strstr(sentence, problem))
        return true;
    fprintf(stderr, "expected \"%s\", got \"%s\"\n", expected ? expected : problem, rendered ? rendered : sentence);
    return false;
}

static bool check_template(json_t *entry)
{
    void *context = talloc_new(NULL);
    char *path = make_folder(context);
    const char *name = json_is_true(json_object_get(entry, "html")) ? "main.html" : "main.txt";
    char *japanese = file_join(context, path, "ja");
    write_template(context, japanese, name, json_string_value(json_object_get(entry, "template")));
    const char *other;
    json_t *text;
    json_object_foreach(json_object_get(entry, "files"), other, text)
        write_template(context, japanese, other, json_string_value(text));
    struct template_folder *folder = template_open_folder(context, path);
    struct error *error = NULL;
    char *rendered = template_render(context, folder, "ja", name, json_object_get(entry, "view"), &error);
    bool right = (rendered != NULL) == (error == NULL) &&
                 is_as_expected(entry, rendered, error ? error_text(context, error) : "");
    error_free(&error);
    remove_folder(path);
    talloc_free(context);
    return right;
}

START_TEST(language_and_errors_are_as_written_down)
{
    unit_check_vectors("text/template.jsonl", check_template);
}
END_TEST

START_TEST(unknown_languages_fall_back_but_missing_templates_do_not)
{
    void *context = talloc_new(NULL);
    char *path = make_folder(context);
    write_template(context, file_join(context, path, "en"), "a.txt", "english");
    write_template(context, file_join(context, path, "en"), "b.txt", "only english");
    write_template(context, file_join(context, path, "ja"), "a.txt", "日本語");
    struct template_folder *folder = template_open_folder(context, path);
    struct error *error = NULL;
    json_t *view = json_object();
    for (int round = 0; round < 2; round++) { /* the second time from memory */
        ck_assert_str_eq(template_render(context, folder, "ja", "a.txt", view, &error), "日本語");
        ck_assert_str_eq(template_render(context, folder, "en", "a.txt", view, &error), "english");
        ck_assert_str_eq(template_render(context, folder, "fr", "a.txt", view, &error), "english");
        ck_assert_str_eq(template_render(context, folder, "../ja", "a.txt", view, &error), "english");
        ck_assert(template_exists(folder, "ja", "a.txt"));
        ck_assert(!template_exists(folder, "ja", "b.txt"));
        ck_assert(template_exists(folder, "fr", "b.txt"));
        ck_assert(!template_exists(folder, "ja", "../en/b.txt"));
    }
    ck_assert_ptr_null(template_render(context, folder, "ja", "b.txt", view, &error));
    ck_assert_ptr_nonnull(strstr(error_text(context, error), "/ja/b.txt"));
    error_free(&error);
    json_decref(view);
    remove_folder(path);
    talloc_free(context);
}
END_TEST

START_TEST(endless_output_is_refused)
{
    void *context = talloc_new(NULL);
    char *path = make_folder(context);
    write_template(context, file_join(context, path, "en"), "a.txt",
                   "{{#l}}{{#l}}{{#l}}{{#l}}01234567890123456789{{/l}}{{/l}}{{/l}}{{/l}}");
    struct template_folder *folder = template_open_folder(context, path);
    json_t *list = json_array();
    for (int i = 0; i < 32; i++)
        json_array_append_new(list, json_integer(i));
    json_t *view = json_pack("{so}", "l", list);
    struct error *error = NULL;
    ck_assert_ptr_null(template_render(context, folder, "en", "a.txt", view, &error));
    ck_assert_ptr_nonnull(strstr(error->sentence, "bytes"));
    error_free(&error);
    json_decref(view);
    remove_folder(path);
    talloc_free(context);
}
END_TEST

static Suite *template_suite(void)
{
    Suite *suite = suite_create("text template");
    TCase *cases = tcase_create("template");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, language_and_errors_are_as_written_down);
    tcase_add_test(cases, unknown_languages_fall_back_but_missing_templates_do_not);
    tcase_add_test(cases, endless_output_is_refused);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(template_suite())
