/* mail/route: what a letter is about, told by the most trustworthy sign it carries. */
#include "mail/route.h"
#include "test_mail_case.h"
#include "unit.h"

static char *text_or_null(const void *context, json_t *entry, const char *key)
{
    return memory_copy_text(context, json_string_value(json_object_get(entry, key)));
}

static struct mailbox_list mailboxes(const void *context, json_t *list)
{
    struct mailbox_list made = {.mailboxes = memory_array(context, struct mailbox, json_array_size(list)),
                                .count = json_array_size(list)};
    for (size_t i = 0; i < made.count; i++)
        made.mailboxes[i] = (struct mailbox){memory_copy_text(context, ""),
                                             memory_copy_text(context, json_string_value(json_array_get(list, i)))};
    return made;
}

static char **texts(const void *context, json_t *list)
{
    size_t count = json_array_size(list);
    char **made = memory_array(context, char *, count);
    for (size_t i = 0; i < count; i++)
        made[i] = memory_copy_text(made, json_string_value(json_array_get(list, i)));
    return made;
}

static char *write_reference(const void *context, const struct reference *reference)
{
    if (!reference->token)
        return memory_copy_text(context, reference->code ? reference->code : "");
    return memory_format(context, "%s-%d-%s", reference->code, reference->number, reference->token);
}

static struct config *make_config(const void *context, json_t *entry)
{
    struct config *config = memory_new(context, struct config);
    config->domain = memory_copy_text(config, "tc.example.ac.jp");
    config->poll_address = memory_copy_text(config, "poll@tc.example.ac.jp");
    config->kairan_address = memory_copy_text(config, "kairan@tc.example.ac.jp");
    config->note_address = memory_copy_text(config, "note@tc.example.ac.jp");
    config->survey_address = memory_copy_text(config, "survey@tc.example.ac.jp");
    json_t *delimiters = json_object_get(entry, "delimiters");
    config->delimiters = memory_copy_text(config, delimiters ? json_string_value(delimiters) : "+-");
    return config;
}

static bool check_case(json_t *entry)
{
    void *context = talloc_new(NULL);
    struct letter letter = {
        .original_to = text_or_null(context, entry, "original_to"),
        .delivered_to = text_or_null(context, entry, "delivered_to"),
        .to = mailboxes(context, json_object_get(entry, "to")),
        .cc = mailboxes(context, json_object_get(entry, "cc")),
        .in_reply_to = texts(context, json_object_get(entry, "in_reply_to")),
        .references = texts(context, json_object_get(entry, "references")),
        .subject = memory_copy_text(context, case_text(entry, "subject")),
        .text = memory_copy_text(context, case_text(entry, "text")),
        .new_text = memory_copy_text(context, case_text(entry, "new_text")),
    };
    struct route *route = route_letter(context, make_config(context, entry), &letter);
    bool right = case_is(entry, "verb", route_verb_name(route->verb));
    right = case_is(entry, "carrier", route_carrier_name(route->carrier)) && right;
    right = case_is(entry, "reference", write_reference(context, &route->reference)) && right;
    right = case_is(entry, "recipient", route->recipient) && right;
    if (!route->reference.token && route->reference.number != -1)
        right = false;
    talloc_free(context);
    return right;
}

START_TEST(letters_find_their_way)
{
    unit_check_vectors("mail/route.jsonl", check_case);
}
END_TEST

START_TEST(references_are_read_only_whole)
{
    static const char *const bad[] = {"",
                                      "k7q2",
                                      "k7q2-13",
                                      "k7q2-13-",
                                      "k7q-13-abcdefghijklmnop",
                                      "a2b3c4d5e-13-abcdefghijklmnop",
                                      "k7q2-0x1-abcdefghijklmnop",
                                      "k7q2- 13-abcdefghijklmnop",
                                      "k7q2-13-1234-abcdefghijklmnop",
                                      "k7q2-13--abcdefghijklmnop",
                                      "-k7q2-13-abcdefghijklmnop",
                                      " k7q2-13-abcdefghijklmnop",
                                      "k7q2-13-abcdefgh\xe3\x81\x82jklmnop"};
    void *context = talloc_new(NULL);
    struct reference reference;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!route_parse_reference(context, bad[i], &reference), "taken: \"%s\"", bad[i]);
    ck_assert(route_parse_reference(context, "k7q2-000013-abcdefghijklmnop.rest@x", &reference));
    ck_assert_int_eq(reference.number, 13);
    ck_assert_int_eq(reference.edition, 1);
    ck_assert(route_parse_reference(context, "K7Q2-13-12-ABCDEFGHIJKLMNOP", &reference));
    ck_assert_int_eq(reference.edition, 12);
    ck_assert_str_eq(reference.token, "abcdefghijklmnop");
    talloc_free(context);
}
END_TEST

static Suite *route_suite(void)
{
    Suite *suite = suite_create("route");
    TCase *tests = tcase_create("route");
    tcase_add_test(tests, letters_find_their_way);
    tcase_add_test(tests, references_are_read_only_whole);
    suite_add_tcase(suite, tests);
    return suite;
}

UNIT_MAIN(route_suite())
