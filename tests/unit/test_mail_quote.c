/* mail/quote: which lines of a reply this person wrote, in the shapes of the clients. */
#include "base/memory.h"
#include "mail/quote.h"
#include "test_mail_case.h"
#include "unit.h"

/* One letter a line: New, Quoted, Attribution, Signature, Delimiter, Footer. */
static char *kinds_of(const void *context, const struct reply *reply)
{
    static const char letters[] = "NQASDF";
    char *kinds = memory_array(context, char, reply->count + 1);
    for (size_t i = 0; i < reply->count; i++)
        kinds[i] = letters[reply->lines[i].kind];
    return kinds;
}

static bool check_quote(json_t *entry)
{
    struct reply *reply = reply_split(NULL, case_text(entry, "text"));
    bool is_right = case_is(entry, "new", reply->new_text);
    if (json_object_get(entry, "signature"))
        is_right = case_is(entry, "signature", reply->signature) && is_right;
    if (json_object_get(entry, "kinds"))
        is_right = case_is(entry, "kinds", kinds_of(reply, reply)) && is_right;
    talloc_free(reply);
    return is_right;
}

START_TEST(replies_are_taken_apart)
{
    unit_check_vectors("mail/quote.jsonl", check_quote);
    unit_check_vectors("mail/replies.jsonl", check_quote);
}
END_TEST

START_TEST(lines_point_into_the_source)
{
    static const char source[] = "○\r\n> > 〔1〕 x\n|\n＞ y";
    struct reply *reply = reply_split(NULL, source);
    ck_assert_uint_eq(reply->count, 4);
    ck_assert_ptr_eq(reply->lines[0].text, source);
    ck_assert_uint_eq(reply->lines[0].length, strlen("○"));
    ck_assert_uint_eq(reply->lines[1].depth, 2);
    ck_assert_int_eq(strncmp(reply->lines[1].unquoted, "〔1〕 x", strlen("〔1〕 x")), 0);
    ck_assert_uint_eq(reply->lines[2].depth, 1);
    ck_assert_uint_eq(reply->lines[3].depth, 1);
    ck_assert_int_eq(strncmp(reply->lines[3].unquoted, "y", 1), 0);
    ck_assert_ptr_eq(reply->lines[0].unquoted, source);
    talloc_free(reply);
}
END_TEST

/* Whatever comes, every line is accounted for and time is linear: a megabyte of each pattern. */
START_TEST(hostile_replies_cost_little)
{
    static const char *const patterns[] = {">",
                                           "> a\n",
                                           "\n",
                                           "-- \n",
                                           "----------\n",
                                           "From: a\n",
                                           "From: a\nTo: b\nSubject: c\n",
                                           "a@b.c:\n> x\n",
                                           "On 2026/01/01 13:00 a@b.c wrote:\n",
                                           "---転送\n>\n",
                                           "> x\n\n",
                                           "TEL 1\n",
                                           "=====\nTEL 1\n",
                                           "2026/01/01 13:00\n",
                                           "|",
                                           "  ",
                                           "-----\n\n\n",
                                           "差出人:"};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        size_t length = strlen(patterns[i]);
        char *text = memory_check(talloc_size(NULL, 1000000 + 1));
        for (size_t at = 0; at < 1000000; at++)
            text[at] = patterns[i][at % length];
        text[1000000] = '\0';
        struct reply *reply = reply_split(text, text);
        size_t total = 0;
        for (size_t line = 0; line < reply->count; line++)
            total += reply->lines[line].length + 1;
        ck_assert_uint_ge(total, 1000000);
        ck_assert_uint_le(total, 1000001);
        talloc_free(text);
    }
}
END_TEST

static Suite *quote_suite(void)
{
    Suite *suite = suite_create("mail/quote");
    TCase *cases = tcase_create("quote");
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, replies_are_taken_apart);
    tcase_add_test(cases, lines_point_into_the_source);
    tcase_add_test(cases, hostile_replies_cost_little);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(quote_suite())
