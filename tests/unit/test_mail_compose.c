/*
 * mail/compose: the exact form of outgoing mail, and the promises that hold for every mail. Called with "--compose" it
 * reads a JSON array of messages from standard input and prints the mails as a JSON array: tests/e2e/
 * test_compose_roundtrip.py has them read by another implementation.
 */
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/memory.h"
#include "mail/compose.h"
#include "mail/encode.h"
#include "unit.h"

static char from_name[] = "日程調整";
static char from_address[] = "poll@tc.example.ac.jp";
static char to_name[] = "Taro Yamada";
static char to_address[] = "taro@tc.example.ac.jp";

static struct message plain_message(void)
{
    return (struct message){.from = {from_name, from_address},
                            .to = {to_name, to_address},
                            .subject = "Maintenance window",
                            .message_id = "p.k7q2.1@tc.example.ac.jp",
                            .date = 1768449600, /* 2026-01-15T04:00:00Z */
                            .auto_submitted = "auto-generated",
                            .text = "Which day?\n"};
}

static char *compose_whole(void *context, const struct message *message)
{
    struct error *error = NULL;
    struct composed *mail = message_compose(context, message, &error);
    ck_assert_msg(mail != NULL, "%s", error ? error_text(context, error) : "no error");
    ck_assert_uint_eq(strlen(mail->head), mail->head_length);
    ck_assert_uint_eq(strlen(mail->body), mail->body_length);
    return memory_format(context, "%s\r\n%s", mail->head, mail->body);
}

/* 7-bit, CRLF only, no line over 998, none that a relay would mangle, no header line of blanks. */
static void check_promises(const char *mail)
{
    ck_assert_uint_ge(strlen(mail), 2);
    for (const char *line = mail; *line;) {
        const char *end = strchr(line, '\n');
        ck_assert_msg(end && end > line && end[-1] == '\r', "a line without CRLF: %.80s", line);
        size_t length = (size_t)(end - 1 - line);
        ck_assert_uint_le(length, 998);
        for (size_t i = 0; i < length; i++)
            ck_assert_msg((line[i] >= ' ' && line[i] <= '~'), "byte %02X in a mail", (unsigned char)line[i]);
        ck_assert_msg(length == 0 || line[0] != '.', "a line begins with a dot: %.80s", line);
        ck_assert_msg(strncmp(line, "From ", 5) != 0, "a From_ line: %.80s", line);
        ck_assert_msg(length == 0 || strspn(line, " ") != length, "a line of blanks");
        line = end + 1;
    }
}

static void check_columns(const char *mail)
{
    for (const char *line = mail; *line; line += strcspn(line, "\n") + 1)
        ck_assert_msg(strcspn(line, "\r") <= 76, "a long line: %.100s", line);
}

START_TEST(a_plain_mail_looks_like_this)
{
    void *context = talloc_new(NULL);
    ck_assert(clock_set_zone("Asia/Tokyo", NULL));
    struct message message = plain_message();
    message.reply_to = (struct mailbox){NULL, memory_copy_text(context, "poll+k7q2-abc@tc.example.ac.jp")};
    message.in_reply_to = "a@b";
    message.references = "<x@y> <a@b>";
    message.suppress = "OOF, AutoReply";
    message.precedence = "bulk";
    message.list_id = "Technical center <tc.example.ac.jp>";
    message.loop_token = "abcdefghijklmnop";
    message.text = "Which day?\n.\nFrom here on: caf\xC3\xA9 \nEnd";
    ck_assert_str_eq(compose_whole(context, &message), "Date: Thu, 15 Jan 2026 13:00:00 +0900\r\n"
                                                       "From: =?UTF-8?B?5pel56iL6Kq/5pW0?= <poll@tc.example.ac.jp>\r\n"
                                                       "To: Taro Yamada <taro@tc.example.ac.jp>\r\n"
                                                       "Reply-To: poll+k7q2-abc@tc.example.ac.jp\r\n"
                                                       "Subject: Maintenance window\r\n"
                                                       "Message-ID: <p.k7q2.1@tc.example.ac.jp>\r\n"
                                                       "In-Reply-To: <a@b>\r\n"
                                                       "References: <x@y> <a@b>\r\n"
                                                       "Auto-Submitted: auto-generated\r\n"
                                                       "X-Auto-Response-Suppress: OOF, AutoReply\r\n"
                                                       "Precedence: bulk\r\n"
                                                       "List-Id: Technical center <tc.example.ac.jp>\r\n"
                                                       "X-Kairan-Loop: abcdefghijklmnop\r\n"
                                                       "MIME-Version: 1.0\r\n"
                                                       "Content-Type: text/plain; charset=utf-8\r\n"
                                                       "Content-Transfer-Encoding: quoted-printable\r\n"
                                                       "\r\n"
                                                       "Which day?\r\n"
                                                       "=2E\r\n"
                                                       "=46rom here on: caf=C3=A9=20\r\n"
                                                       "End\r\n");
    talloc_free(context);
}
END_TEST

START_TEST(an_alternative_mail_looks_like_this)
{
    void *context = talloc_new(NULL);
    struct message message = plain_message();
    message.html = "<p>日程</p>";
    message.boundary = "abc";
    const char *mail = compose_whole(context, &message);
    ck_assert_ptr_nonnull(strstr(mail, "Content-Type: multipart/alternative;\r\n"
                                       " boundary=\"=_abc\"\r\n"
                                       "\r\n"
                                       "--=_abc\r\n"
                                       "Content-Type: text/plain; charset=utf-8\r\n"
                                       "Content-Transfer-Encoding: quoted-printable\r\n"
                                       "\r\n"
                                       "Which day?\r\n"
                                       "\r\n"
                                       "--=_abc\r\n"
                                       "Content-Type: text/html; charset=utf-8\r\n"
                                       "Content-Transfer-Encoding: base64\r\n"
                                       "\r\n"
                                       "PHA+5pel56iLPC9wPg0K\r\n"
                                       "\r\n"
                                       "--=_abc--\r\n"));
    static const char *const bad[] = {
        NULL, "", "a b", "a\r\nX: y", "a\"b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        message.boundary = bad[i];
        ck_assert_ptr_null(message_compose(context, &message, NULL));
    }
    talloc_free(context);
}
END_TEST

START_TEST(dates_carry_the_offset_of_the_zone)
{
    static const struct {
        const char *zone;
        time_t date;
        const char *line;
    } cases[] = {
        {"Asia/Tokyo", 1768449659, "Date: Thu, 15 Jan 2026 13:00:59 +0900\r\n"},
        {"UTC", 1768449600, "Date: Thu, 15 Jan 2026 04:00:00 +0000\r\n"},
        {"America/St_Johns", 1768449600, "Date: Thu, 15 Jan 2026 00:30:00 -0330\r\n"},
        {"Europe/Berlin", 1782000000, "Date: Sun, 21 Jun 2026 02:00:00 +0200\r\n"},
    };
    void *context = talloc_new(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert(clock_set_zone(cases[i].zone, NULL));
        struct message message = plain_message();
        message.date = cases[i].date;
        const char *mail = compose_whole(context, &message);
        ck_assert_msg(strncmp(mail, cases[i].line, strlen(cases[i].line)) == 0, "%s: %.50s", cases[i].zone, mail);
    }
    talloc_free(context);
}
END_TEST

START_TEST(names_are_quoted_where_they_must_be)
{
    static const struct {
        const char *name;
        const char *line;
    } cases[] = {
        {"", "To: taro@tc.example.ac.jp\r\n"},
        {NULL, "To: taro@tc.example.ac.jp\r\n"},
        {"Taro Yamada", "To: Taro Yamada <taro@tc.example.ac.jp>\r\n"},
        {"Yamada, Taro", "To: \"Yamada, Taro\" <taro@tc.example.ac.jp>\r\n"},
        {"T. Yamada", "To: \"T. Yamada\" <taro@tc.example.ac.jp>\r\n"},
        {"say \"hi\" \\", "To: \"say \\\"hi\\\" \\\\\" <taro@tc.example.ac.jp>\r\n"},
        {"a@b.example", "To: \"a@b.example\" <taro@tc.example.ac.jp>\r\n"},
        {"two  blanks", "To: \"two  blanks\" <taro@tc.example.ac.jp>\r\n"},
        {"=?x?=", "To: =?UTF-8?B?PT94Pz0=?= <taro@tc.example.ac.jp>\r\n"},
        {"a\r\nBcc: x@y", "To: =?UTF-8?B?YSAgQmNjOiB4QHk=?= <taro@tc.example.ac.jp>\r\n"},
        {"山田 太郎", "To: =?UTF-8?B?5bGx55SwIOWkqumDjg==?= <taro@tc.example.ac.jp>\r\n"},
        {"情報基盤センター技術室 運用担当",
         "To: =?UTF-8?B?5oOF5aCx5Z+655uk44K744Oz44K/44O85oqA6KGT5a6kIOmBi+eUqOaLhQ==?=\r\n"
         " =?UTF-8?B?5b2T?= <taro@tc.example.ac.jp>\r\n"},
    };
    void *context = talloc_new(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct message message = plain_message();
        message.to.name = memory_copy_text(context, cases[i].name);
        const char *mail = compose_whole(context, &message);
        ck_assert_msg(strstr(mail, cases[i].line) != NULL, "\"%s\" gave %.200s", cases[i].name, strstr(mail, "To: "));
    }
    talloc_free(context);
}
END_TEST

START_TEST(subjects_fold_and_never_break_a_character)
{
    void *context = talloc_new(NULL);
    static const char *const characters[] = {"a", "é", "会", "😀", " ", "a b", "=?"};
    for (size_t i = 0; i < sizeof characters / sizeof *characters; i++)
        for (int count = 1; count <= 300; count += 7 * unit_step()) {
            char *subject = memory_copy_text(context, "");
            for (int n = 0; n < count; n++)
                subject = talloc_strdup_append(subject, characters[i]);
            struct message message = plain_message();
            message.subject = subject;
            const char *mail = compose_whole(context, &message);
            check_promises(mail);
            check_columns(mail);
        }
    struct message message = plain_message();
    message.subject = "ああああああああああああああああああああ"; /* 12 fit on the first line, 20 on the second */
    ck_assert_ptr_nonnull(strstr(compose_whole(context, &message),
                                 "Subject: =?UTF-8?B?44GC44GC44GC44GC44GC44GC44GC44GC44GC44GC44GC44GC44GC?=\r\n"
                                 " =?UTF-8?B?44GC44GC44GC44GC44GC44GC44GC?=\r\n"));
    talloc_free(context);
}
END_TEST

START_TEST(headers_cannot_be_injected)
{
    static char bad_address[][40] = {
        "a@b\r\nBcc: x@y", "a@b>",   "a@b,c@d",    "a b@c",     "",          "a",          "a@",         "@b",
        "a@b c",           "a@b\tc", "\"a\"b\"@c", "\"a\\\"@c", "\"a b\"@c", "a@[1.2.3.4", "a@1.2.3.4]", "あ@b",
        "a@b\x7F",         "a;b@c",  "a\\@c",     "\"ab\"@c",   "a@[1.2.3.4]"};
    void *context = talloc_new(NULL);
    for (size_t i = 0; i < sizeof bad_address / sizeof *bad_address; i++) {
        struct error *error = NULL;
        struct message message = plain_message();
        message.to.address = bad_address[i];
        ck_assert_msg(!message_compose(context, &message, &error), "%s was taken", bad_address[i]);
        ck_assert_int_eq(error->class, ERROR_REFUSED);
        error_free(&error);
        message = plain_message();
        message.reply_to.address = bad_address[i];
        ck_assert_ptr_null(message_compose(context, &message, NULL));
    }
    static const size_t fields[] = {offsetof(struct message, message_id), offsetof(struct message, in_reply_to),
                                    offsetof(struct message, references), offsetof(struct message, auto_submitted),
                                    offsetof(struct message, suppress),   offsetof(struct message, precedence),
                                    offsetof(struct message, list_id),    offsetof(struct message, loop_token)};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        struct message message = plain_message();
        const char *hostile = "<a@b>\r\nBcc: x@y";
        memcpy((char *)&message + fields[i], &hostile, sizeof hostile);
        ck_assert_ptr_null(message_compose(context, &message, NULL));
    }
    talloc_free(context);
}
END_TEST

START_TEST(references_stay_short_and_sane)
{
    void *context = talloc_new(NULL);
    char *references = memory_copy_text(context, "");
    for (int i = 0; i < 40; i++)
        references = talloc_asprintf_append(references, "<message-%02d@host.example> ", i);
    struct message message = plain_message();
    message.references = references;
    const char *mail = compose_whole(context, &message);
    check_columns(mail);
    for (int i = 0; i < 40; i++) {
        const char *id = memory_format(context, "<message-%02d@host.example>", i);
        ck_assert_msg((strstr(mail, id) != NULL) == (i == 0 || i >= 30), "%s", id);
    }
    char *huge = memory_array(context, char, 5000);
    memset(huge, 'x', 4999);
    message.references = memory_format(context, "<a@b> <%s> <c d@e> <あ@x> no <f@g <h@i>", huge);
    message.in_reply_to = huge;
    mail = compose_whole(context, &message);
    ck_assert_ptr_nonnull(strstr(mail, "\r\nReferences: <a@b> <h@i>\r\n"));
    ck_assert_ptr_null(strstr(mail, "In-Reply-To"));
    message.references = "nothing that is an id";
    ck_assert_ptr_null(strstr(compose_whole(context, &message), "References"));
    talloc_free(context);
}
END_TEST

START_TEST(bodies_keep_the_promises)
{
    void *context = talloc_new(NULL);
    static const char *const texts[] = {"",
                                        "\n",
                                        "a",
                                        "a\r\nb\rc\n",
                                        ".\n..\n.a",
                                        "From x\n>From y\n",
                                        "trail \nblank\t\n \n",
                                        "= =\n=",
                                        "\x1B$B\n",
                                        "日本語\n日本",
                                        "😀😀😀",
                                        "\r\r\n\n\r"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct message message = plain_message();
        message.text = texts[i];
        check_promises(compose_whole(context, &message));
        check_columns(compose_whole(context, &message));
    }
    static const char *const units[] = {"x", ".", "From ", " ", "é", "word ", "a\n", "=", "会議", "\t"};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        for (int count = 60; count < 90; count += unit_step()) {
            char *text = memory_copy_text(context, "");
            for (int n = 0; n < count; n++)
                text = talloc_strdup_append(text, units[i]);
            struct message message = plain_message();
            message.text = text;
            check_promises(compose_whole(context, &message));
            check_columns(compose_whole(context, &message));
        }
    talloc_free(context);
}
END_TEST

START_TEST(too_large_is_refused_not_cut)
{
    void *context = talloc_new(NULL);
    struct message message = plain_message();
    size_t length = LIMIT_MAIL_OUT_BYTES + 1024 * 1024;
    char *text = memory_check(talloc_size(context, length + 1));
    memset(text, 'x', length);
    text[length] = '\0';
    message.text = text;
    struct error *error = NULL;
    ck_assert_ptr_null(message_compose(context, &message, &error));
    ck_assert_int_eq(error->class, ERROR_REFUSED);
    error_free(&error);
    message.text = "a";
    text[400 * 1024] = '\0';
    message.subject = text;
    ck_assert_ptr_null(message_compose(context, &message, &error));
    error_free(&error);
    talloc_free(context);
}
END_TEST

START_TEST(a_broadcast_shares_one_body)
{
    void *context = talloc_new(NULL);
    struct message message = plain_message();
    message.html = "<p>x</p>";
    message.boundary = "b";
    struct composed_body *body = message_compose_body(context, &message, NULL);
    struct composed *first = message_compose_with_body(context, &message, body, NULL);
    const char *alone = compose_whole(context, &message);
    ck_assert_str_eq(alone, memory_format(context, "%s\r\n%s", first->head, first->body));
    message.to.address = memory_copy_text(context, "other@tc.example.ac.jp");
    struct composed *second = message_compose_with_body(context, &message, body, NULL);
    size_t length;
    ck_assert_ptr_eq(first->body, second->body);
    ck_assert_ptr_eq(message_body_bytes(body, &length), second->body);
    ck_assert_uint_eq(length, second->body_length);
    ck_assert_str_ne(first->head, second->head);
    talloc_free(context);
}
END_TEST

/* Whatever a stranger called it, a name stays within its quotes or its per cent signs. */
START_TEST(names_of_attachments_are_encoded)
{
    static const struct {
        const char *name;
        const char *field;
    } cases[] = {
        {"a-b_1.csv", "filename=\"a-b_1.csv\""},
        {"a b.csv", "filename*0*=UTF-8''a%20b.csv"},
        {"\"x\"; y=z", "filename*0*=UTF-8''%22x%22%3B%20y%3Dz"},
        {"会.csv", "filename*0*=UTF-8''%E4%BC%9A.csv"},
        {"../x", "filename*0*=UTF-8''..%2Fx"},
        {"0123456789012345678901234567890123456789012345678901234567890123.txt",
         "filename*0*=UTF-8''012345678901234567890123456789012345678901234567890123456789;\r\n filename*1*=0123.txt"},
    };
    void *context = talloc_new(NULL);
    struct message message = plain_message();
    message.boundary = "b";
    message.attachment_count = 1;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct attachment file = {cases[i].name, "text/plain", "a", 1};
        message.attachments = &file;
        struct composed *composed = message_compose(context, &message, NULL);
        ck_assert_ptr_nonnull(composed);
        ck_assert_msg(strstr(composed->body, cases[i].field) != NULL, "%s: %s", cases[i].name, composed->body);
    }
    talloc_free(context);
}
END_TEST

START_TEST(odd_attachments_are_refused)
{
    static const char *const names[] = {"x.ics\r\nBcc: a@b", "x\ny", "\x7F.csv"};
    void *context = talloc_new(NULL);
    struct message message = plain_message();
    struct attachment file = {"answers.csv", "text/csv; charset=utf-8", "a", 1};
    message.boundary = "b";
    message.attachments = &file;
    message.attachment_count = 1;
    ck_assert_ptr_nonnull(message_compose(context, &message, NULL));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        file.name = names[i];
        ck_assert_ptr_null(message_compose(context, &message, NULL));
    }
    file = (struct attachment){"answers.csv", "text/csv\r\nBcc: a@b", "a", 1};
    ck_assert_ptr_null(message_compose(context, &message, NULL));
    message.attachment_count = 0;
    message.calendar = "BEGIN:VCALENDAR";
    message.calendar_method = "REQUEST\r\nBcc: a@b";
    ck_assert_ptr_null(message_compose(context, &message, NULL));
    talloc_free(context);
}
END_TEST

static Suite *compose_suite(void)
{
    Suite *suite = suite_create("mail/compose");
    TCase *cases = tcase_create("compose");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, a_plain_mail_looks_like_this);
    tcase_add_test(cases, an_alternative_mail_looks_like_this);
    tcase_add_test(cases, names_of_attachments_are_encoded);
    tcase_add_test(cases, odd_attachments_are_refused);
    tcase_add_test(cases, dates_carry_the_offset_of_the_zone);
    tcase_add_test(cases, names_are_quoted_where_they_must_be);
    tcase_add_test(cases, subjects_fold_and_never_break_a_character);
    tcase_add_test(cases, headers_cannot_be_injected);
    tcase_add_test(cases, references_stay_short_and_sane);
    tcase_add_test(cases, bodies_keep_the_promises);
    tcase_add_test(cases, too_large_is_refused_not_cut);
    tcase_add_test(cases, a_broadcast_shares_one_body);
    suite_add_tcase(suite, cases);
    return suite;
}

static char *text_of(void *context, const json_t *entry, const char *key)
{
    return memory_copy_text(context, json_string_value(json_object_get(entry, key)));
}

static json_t *compose_entry(void *context, const json_t *entry)
{
    struct message message = plain_message();
    message.from.name = text_of(context, entry, "from_name");
    message.to.name = text_of(context, entry, "to_name");
    message.subject = text_of(context, entry, "subject");
    message.text = text_of(context, entry, "text");
    message.html = text_of(context, entry, "html");
    message.boundary = "k7q2k7q2k7q2k";
    message.calendar = text_of(context, entry, "calendar");
    message.calendar_method = message.calendar ? "REQUEST" : NULL;
    struct attachment file = {"answers.csv", "text/csv; charset=utf-8", text_of(context, entry, "file"), 0};
    if (file.bytes) {
        file.length = strlen(file.bytes);
        message.attachments = &file;
        message.attachment_count = 1;
    }
    struct composed *mail = message_compose(context, &message, NULL);
    if (!mail)
        return json_null();
    return json_string(memory_format(context, "%s\r\n%s", mail->head, mail->body));
}

static int compose_for_others(void)
{
    json_error_t problem;
    json_t *entries = json_loadf(stdin, 0, &problem);
    json_t *mails = json_array();
    void *context = talloc_new(NULL);
    size_t i;
    json_t *entry;
    json_array_foreach(entries, i, entry) json_array_append_new(mails, compose_entry(context, entry));
    int failed = json_dumpf(mails, stdout, 0);
    talloc_free(context);
    json_decref(entries);
    json_decref(mails);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--compose") == 0)
        return compose_for_others();
    return unit_run(compose_suite());
}
