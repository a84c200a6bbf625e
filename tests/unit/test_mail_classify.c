/* mail/classify, mail/bounce: persons and machines, and what may be done with their mail. */
#include "base/memory.h"
#include "mail/letter.h"
#include "test_mail_case.h"
#include "unit.h"

static bool same(json_t *entry, json_t *view, const char *key)
{
    json_t *expected = json_object_get(entry, key);
    json_t *found = json_object_get(view, key);
    if (!expected || json_equal(expected, found))
        return true;
    char *text = json_dumps(found, JSON_ENCODE_ANY | JSON_COMPACT);
    fprintf(stderr, "%s: %s is %s\n", case_text(entry, "case"), key, text ? text : "(missing)");
    free(text);
    return false;
}

static bool check_class(json_t *entry)
{
    static const char *const keys[] = {"class", "may_answer", "may_count", "recipients", "status", "is_permanent",
                                       "class_reason", "away_until", "reaction"};
    void *context = talloc_new(NULL);
    size_t length;
    char *bytes = case_bytes(context, entry, "mail", &length);
    char *text = letter_read_view(context, bytes, length, NULL, NULL, NULL);
    json_t *view = text ? json_loads(text, 0, NULL) : NULL;
    bool is_right = view != NULL;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        is_right = same(entry, view, keys[i]) && is_right;
    json_decref(view);
    talloc_free(context);
    return is_right;
}

START_TEST(persons_and_machines_are_told_apart)
{
    unit_check_vectors("mail/classify.jsonl", check_class);
    unit_check_vectors("mail/senders.jsonl", check_class);
}
END_TEST

START_TEST(classes_have_names)
{
    ck_assert_str_eq(letter_class_name(LETTER_HUMAN), "human");
    ck_assert_str_eq(letter_class_name(LETTER_OWN), "own");
}
END_TEST

static Suite *classify_suite(void)
{
    Suite *suite = suite_create("mail/classify");
    TCase *cases = tcase_create("classify");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, persons_and_machines_are_told_apart);
    tcase_add_test(cases, classes_have_names);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(classify_suite())
