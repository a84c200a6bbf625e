/* store/outbox: a mail is queued once, waits as told, and goes away only when somebody has said yes. */
#include <string.h>

#include "store/outbox.h"
#include "test_store_case.h"

enum { NOW = 1767000000 };

static bool queue(struct store *store, const char *name, int64_t body_id)
{
    char message_id[64];
    snprintf(message_id, sizeof message_id, "%s@example.org", name);
    struct outbox_mail mail = {.envelope_sender = "",
                               .envelope_recipient = "taro@example.org",
                               .message_id = message_id,
                               .dedupe = name,
                               .bytes = "Subject: x\r\n\r\n",
                               .length = 14,
                               .body_id = body_id};
    bool queued;
    ck_assert(store_queue_mail(store, &mail, NOW, &queued, NULL));
    return queued;
}

static struct outbox_mail *due(void *context, struct store *store, time_t now, int64_t after)
{
    struct outbox_mail *mails = store_list_due_mail(context, store, now, after, 10, NULL);
    ck_assert_ptr_nonnull(mails);
    return mails;
}

START_TEST(a_mail_is_queued_once)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    ck_assert(queue(store, "ack/1", 0));
    ck_assert_msg(!queue(store, "ack/1", 0), "the same mail is not queued again");
    struct outbox_mail *mails = due(context, store, NOW, 0);
    ck_assert_uint_eq(talloc_array_length(mails), 1);
    ck_assert_str_eq(mails[0].dedupe, "ack/1");
    ck_assert_str_eq(mails[0].message_id, "ack/1@example.org");
    ck_assert_str_eq(mails[0].envelope_sender, "");
    ck_assert_uint_eq(mails[0].length, 14);
    ck_assert_mem_eq(mails[0].bytes, "Subject: x\r\n\r\n", 14);
    ck_assert(store_set_mail_sent(store, mails[0].id, NOW, "250 ok", NULL));
    ck_assert_msg(!queue(store, "ack/1", 0), "nor after it has been sent");
    ck_assert_uint_eq(talloc_array_length(due(context, store, NOW, 0)), 0);
    talloc_free(context);
}
END_TEST

START_TEST(the_oldest_come_first_page_by_page)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    for (int i = 0; i < 12; i++)
        ck_assert(queue(store, memory_format(context, "m%d", i), 0));
    struct outbox_mail *page = due(context, store, NOW, 0);
    ck_assert_uint_eq(talloc_array_length(page), 10);
    ck_assert_str_eq(page[0].dedupe, "m0");
    page = due(context, store, NOW, page[9].id);
    ck_assert_uint_eq(talloc_array_length(page), 2);
    ck_assert_str_eq(page[1].dedupe, "m11");
    talloc_free(context);
}
END_TEST

START_TEST(a_mail_put_off_waits_and_counts)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    queue(store, "ack/1", 0);
    int64_t id = due(context, store, NOW, 0)[0].id;
    ck_assert(store_set_mail_later(store, id, NOW + 60, "451 busy", NULL));
    ck_assert_uint_eq(talloc_array_length(due(context, store, NOW + 59, 0)), 0);
    struct outbox_mail *mails = due(context, store, NOW + 60, 0);
    ck_assert_uint_eq(talloc_array_length(mails), 1);
    ck_assert_int_eq(mails[0].attempts, 1);
    ck_assert(store_set_mail_refused(store, id, "550 no", NULL));
    ck_assert_uint_eq(talloc_array_length(due(context, store, NOW + 600, 0)), 0);
    struct outbox_counts counts;
    ck_assert(store_count_outbox(store, &counts, NULL));
    ck_assert(counts.due == 0 && counts.refused == 1 && counts.sent == 0);
    talloc_free(context);
}
END_TEST

START_TEST(a_shared_body_is_whole_in_every_mail)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    static const char body[] = "one\r\n\0two\r\n";
    int64_t body_id;
    ck_assert(store_add_body(store, body, sizeof body - 1, &body_id, NULL));
    queue(store, "result/1", body_id);
    queue(store, "result/2", body_id);
    queue(store, "ack/1", 0);
    struct outbox_mail *mails = due(context, store, NOW, 0);
    ck_assert_uint_eq(talloc_array_length(mails), 3);
    for (int i = 0; i < 2; i++) {
        ck_assert_uint_eq(mails[i].length, 14 + sizeof body - 1);
        ck_assert_mem_eq(mails[i].bytes + 14, body, sizeof body - 1);
    }
    ck_assert_uint_eq(mails[2].length, 14);
    talloc_free(context);
}
END_TEST

START_TEST(only_what_was_sent_long_ago_is_forgotten)
{
    void *context = talloc_new(NULL);
    char *folder = case_folder(context);
    char *path = file_join(folder, folder, "kairan.db");
    struct store *store = case_open(folder, path);
    int64_t kept_body;
    int64_t lost_body;
    ck_assert(store_begin(store, NULL));
    ck_assert(store_add_body(store, "x", 1, &kept_body, NULL) && store_add_body(store, "y", 1, &lost_body, NULL));
    queue(store, "old", lost_body);
    queue(store, "new", kept_body);
    queue(store, "due", 0);
    struct outbox_mail *mails = due(context, store, NOW, 0);
    ck_assert(store_set_mail_sent(store, mails[0].id, NOW, "", NULL));
    ck_assert(store_set_mail_sent(store, mails[1].id, NOW + 100, "", NULL));
    ck_assert(store_forget_mail(store, NOW + 100, NULL));
    struct outbox_counts counts;
    ck_assert(store_count_outbox(store, &counts, NULL));
    ck_assert(counts.due == 1 && counts.sent == 1);
    ck_assert(store_commit(store, NULL));
    talloc_free(store);
    case_execute(path, "CREATE TABLE lost AS SELECT 1 / (count(*) = 1) AS x FROM outbox_body;"
                       "CREATE TABLE proof (x NOT NULL); INSERT INTO proof SELECT x FROM lost");
    talloc_free(context);
}
END_TEST

START_TEST(that_sending_begins_is_noted_every_time)
{
    void *context = talloc_new(NULL);
    char *folder = case_folder(context);
    char *path = file_join(folder, folder, "kairan.db");
    struct store *store = case_open(folder, path);
    for (int i = 0; i < 12; i++)
        ck_assert(store_note_posting(store, NULL));
    talloc_free(store);
    case_execute(path, "CREATE TABLE proof (x NOT NULL); INSERT INTO proof SELECT CASE value WHEN '12' THEN 1 END"
                       " FROM meta WHERE name = 'postings'");
    talloc_free(context);
}
END_TEST

static Suite *outbox_suite(void)
{
    Suite *suite = suite_create("outbox");
    TCase *cases = tcase_create("outbox");
    tcase_add_test(cases, a_mail_is_queued_once);
    tcase_add_test(cases, the_oldest_come_first_page_by_page);
    tcase_add_test(cases, a_mail_put_off_waits_and_counts);
    tcase_add_test(cases, a_shared_body_is_whole_in_every_mail);
    tcase_add_test(cases, only_what_was_sent_long_ago_is_forgotten);
    tcase_add_test(cases, that_sending_begins_is_noted_every_time);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(outbox_suite())
