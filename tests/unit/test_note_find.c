/* note/find: queries as people write them, and excerpts around what was found. */
#include "note/find.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "unit.h"

static const struct civil today = {2026, 1, 15, 13, 0};

static char *write_term(const void *context, const struct search_term *term)
{
    static const char *const fields[] = {"", "author:", "tag:"};
    return memory_format(context, "%s%s%s", term->is_excluded ? "-" : "", fields[term->field], term->text);
}

static bool check_query(json_t *entry)
{
    void *context = talloc_new(NULL);
    const char *text = json_string_value(json_object_get(entry, "text"));
    struct find_query *query = find_read_query(context, text, today);
    json_t *made = json_array();
    json_t *unclear = json_array();
    for (size_t i = 0; i < memory_count(query->search.terms); i++)
        json_array_append_new(made, json_string(write_term(context, &query->search.terms[i])));
    for (size_t i = 0; i < memory_count(query->unclear); i++)
        json_array_append_new(unclear, json_string(query->unclear[i]));
    struct civil since = clock_to_civil(query->search.since);
    const char *day = query->search.since ? memory_format(context, "%04d-%02d-%02d", since.year, since.month, since.day) : "";
    const char *wanted = json_string_value(json_object_get(entry, "since"));
    json_t *wanted_unclear = json_object_get(entry, "unclear");
    bool right = json_equal(made, json_object_get(entry, "terms")) && strcmp(day, wanted ? wanted : "") == 0 &&
                 (wanted_unclear ? json_equal(unclear, wanted_unclear) : !json_array_size(unclear));
    if (!right) {
        char *shown = json_dumps(made, 0);
        printf("# \"%s\" is read as %s since \"%s\"\n", text, shown, day);
        free(shown);
    }
    json_decref(made);
    json_decref(unclear);
    talloc_free(context);
    return right;
}

static bool check_excerpt(json_t *entry)
{
    void *context = talloc_new(NULL);
    const char *text = json_string_value(json_object_get(entry, "text"));
    const char *wanted = json_string_value(json_object_get(entry, "excerpt"));
    struct find_query *query =
        find_read_query(context, json_string_value(json_object_get(entry, "query")), today);
    char *made = find_excerpt(context, text, &query->search);
    bool right = strcmp(made, wanted) == 0;
    if (!right)
        printf("# \"%s\" is not \"%s\"\n", made, wanted);
    talloc_free(context);
    return right;
}

START_TEST(reads_queries)
{
    ck_assert(clock_set_zone("Asia/Tokyo", NULL));
    unit_check_vectors("note/queries.jsonl", check_query);
}
END_TEST

START_TEST(shows_where)
{
    unit_check_vectors("note/excerpts.jsonl", check_excerpt);
}
END_TEST

START_TEST(cuts_between_letters)
{
    void *context = talloc_new(NULL);
    struct find_query *query = find_read_query(context, "縮小", today);
    char *long_text = memory_copy_text(context, "");
    for (int i = 0; i < 200; i++)
        long_text = memory_format(context, "%s長い", long_text);
    char *text = memory_format(context, "%sx縮小%s", long_text, long_text);
    char *excerpt = find_excerpt(context, text, &query->search);
    json_t *checked = json_string(excerpt);
    ck_assert_ptr_nonnull(checked); /* it is UTF-8 */
    ck_assert_ptr_nonnull(strstr(excerpt, "x【縮小】長"));
    ck_assert_uint_lt(strlen(excerpt), 300);
    json_decref(checked);
    talloc_free(context);
}
END_TEST

static Suite *suite(void)
{
    Suite *made = suite_create("note/find");
    TCase *cases = tcase_create("find");
    tcase_add_test(cases, reads_queries);
    tcase_add_test(cases, shows_where);
    tcase_add_test(cases, cuts_between_letters);
    suite_add_tcase(made, cases);
    return made;
}

UNIT_MAIN(suite())
