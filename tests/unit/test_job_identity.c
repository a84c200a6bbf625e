/* job/identity: when two deliveries are one mail, and when they are two. */
#include <string.h>

#include "base/memory.h"
#include "job/identity.h"
#include "unit.h"

enum { DATE = 1768024800 };

/* One delivery: what the letter says, what it came to, and the bytes. */
struct delivery {
    const char *message_id;
    time_t date; /* 0: none */
    const char *queue_id;
    const char *recipient;
    const char *token; /* of the reference k7q2-1-…, or NULL */
    const char *bytes;
};

static char *identify(void *context, const struct delivery *delivery)
{
    struct letter letter = {.message_id = memory_copy_text(context, delivery->message_id),
                            .queue_id = memory_copy_text(context, delivery->queue_id),
                            .has_date = delivery->date != 0,
                            .date = delivery->date};
    struct route route = {.verb = ROUTE_POLL, .recipient = memory_copy_text(context, delivery->recipient)};
    route.reference.number = -1;
    if (delivery->token)
        route.reference = (struct reference){memory_copy_text(context, "k7q2"), 1, 1,
                                             memory_copy_text(context, delivery->token)};
    return identity_of(context, &letter, &route, delivery->bytes, strlen(delivery->bytes));
}

static const struct {
    const char *why;
    struct delivery first;
    struct delivery second;
    bool same;
} cases[] = {
    {"delivered twice", {"1@a", DATE, "Q1", "poll@x", NULL, "a"}, {"1@a", DATE, "Q2", "poll@x", NULL, "b"}, true},
    {"the case of a recipient", {"1@a", DATE, NULL, "Poll@X", NULL, "a"}, {"1@a", DATE, NULL, "poll@x", NULL, "a"}, true},
    {"two recipients", {"1@a", DATE, NULL, "poll@x", NULL, "a"}, {"1@a", DATE, NULL, "note@x", NULL, "a"}, false},
    {"a Message-ID used again", {"1@a", DATE, NULL, "poll@x", NULL, "a"}, {"1@a", DATE + 1, NULL, "poll@x", NULL, "a"}, false},
    {"two Message-IDs", {"1@a", DATE, NULL, "poll@x", NULL, "a"}, {"2@a", DATE, NULL, "poll@x", NULL, "a"}, false},
    {"to two addresses, about one invitation",
     {"1@a", DATE, NULL, "poll@x", "tttt", "a"},
     {"1@a", DATE, NULL, "poll+k7q2-1-tttt@x", "tttt", "a"},
     true},
    {"about two invitations", {"1@a", DATE, NULL, "poll@x", "tttt", "a"}, {"1@a", DATE, NULL, "poll@x", "uuuu", "a"}, false},
    {"no Message-ID, one queue id, same bytes", {NULL, 0, "Q1", "poll@x", NULL, "a"}, {NULL, 0, "Q1", "poll@x", NULL, "a"}, true},
    {"no Message-ID, a queue id used again", {NULL, 0, "Q1", "poll@x", NULL, "a"}, {NULL, 0, "Q1", "poll@x", NULL, "b"}, false},
    {"no Message-ID, two queue ids", {NULL, 0, "Q1", "poll@x", NULL, "a"}, {NULL, 0, "Q2", "poll@x", NULL, "a"}, false},
    {"no Message-ID, other trace lines on top",
     {NULL, 0, NULL, "poll@x", NULL, "Return-Path: <a@x>\nDelivered-To: poll@x\n\nhello"},
     {NULL, 0, NULL, "poll@x", NULL, "return-path: <>\nX-Original-To: Poll@x\nX-Kairan-Queue-ID: 7\n\nhello"},
     true},
    {"no Message-ID, other lines on top",
     {NULL, 0, NULL, "poll@x", NULL, "Subject: a\n\nhello"},
     {NULL, 0, NULL, "poll@x", NULL, "Subject: b\n\nhello"},
     false},
    {"a Message-ID is not mistaken for none", {NULL, 0, "", "poll@x", NULL, ""}, {"", 0, "", "poll@x", NULL, ""}, false},
};

START_TEST(the_same_mail_is_known_and_another_is_not)
{
    void *context = talloc_new(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *first = identify(context, &cases[i].first);
        char *second = identify(context, &cases[i].second);
        ck_assert_msg((strcmp(first, second) == 0) == cases[i].same, "%s: \"%s\" and \"%s\"", cases[i].why, first, second);
    }
    talloc_free(context);
}
END_TEST

START_TEST(bytes_of_any_kind_have_an_identity)
{
    static const char *const odd[] = {"", "\n", "Return-Path:", "Return-Path: <>\n", "\0\0\0"};
    void *context = talloc_new(NULL);
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        struct delivery delivery = {.recipient = "poll@x", .bytes = odd[i]};
        char *identity = identify(context, &delivery);
        ck_assert_msg(strncmp(identity, "bytes  ", 7) == 0 && strlen(identity) == 7 + 64 + 1 + 6, "\"%s\"", identity);
    }
    talloc_free(context);
}
END_TEST

static Suite *identity_suite(void)
{
    Suite *suite = suite_create("identity");
    TCase *tests = tcase_create("identity");
    tcase_add_test(tests, the_same_mail_is_known_and_another_is_not);
    tcase_add_test(tests, bytes_of_any_kind_have_an_identity);
    suite_add_tcase(suite, tests);
    return suite;
}

UNIT_MAIN(identity_suite())
