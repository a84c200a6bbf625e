/*
 * mail/send: what each transport hands on, and what it makes of the answer. Called with "--send TRANSPORT SENDER
 * RECIPIENT NAME" it sends standard input and prints the outcome: tests/e2e/ has it talk to a real server.
 */
#include <ftw.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/place.h"
#include "mail/send.h"
#include "unit.h"

static const char mail[] = "Subject: x\r\n\r\n.\r\nFrom here\r\nlone \r stays\r\n";
static const char mail_in_files[] = "Subject: x\n\n.\nFrom here\nlone \r stays\n";
static const struct envelope to_taro = {"kairan+bounce@tc.example.ac.jp", "taro@tc.example.ac.jp", "outbox-17"};

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

static int remove_folder(char *folder)
{
    return nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* A folder that goes with `context`. */
static char *new_folder(void *context)
{
    char *folder = memory_copy_text(context, "/tmp/kairan-unit-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    talloc_set_destructor(folder, remove_folder);
    return folder;
}

static struct sender *open_sender(void *context, const char *transport, const char *helper)
{
    struct sender *sender = sender_open(context, transport, helper, "tc.example.ac.jp", NULL);
    ck_assert_ptr_nonnull(sender);
    return sender;
}

static char *read_whole(void *context, const char *folder, const char *name)
{
    size_t length;
    char *bytes = file_read(context, file_join(context, folder, name), LIMIT_MAIL_OUT_BYTES, &length, NULL);
    ck_assert_msg(bytes != NULL, "%s/%s is missing", folder, name);
    return bytes;
}

START_TEST(transports_are_named_in_full)
{
    static const char *const bad[] = {"",          "smtp://",           "smtp://host/path",  "smtp://user@host",
                                      "smtp:host", "http://host",       "sendmail:",         "sendmail:sendmail",
                                      "maildir:",  "maildir:./Maildir", "/usr/sbin/sendmail"};
    void *context = talloc_new(NULL);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct error *error = NULL;
        ck_assert_msg(!sender_open(context, bad[i], "/bin/true", "host", &error), "%s was taken", bad[i]);
        ck_assert_int_eq(error->class, ERROR_REFUSED);
        error_free(&error);
    }
    static const char *const good[] = {"smtp://127.0.0.1:25", "smtp://[::1]:587", "sendmail:/usr/sbin/sendmail",
                                       "maildir:/var/lib/kairan/out"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        open_sender(context, good[i], "/bin/true");
    talloc_free(context);
}
END_TEST

START_TEST(envelopes_with_anything_but_addresses_are_refused)
{
    static const struct envelope bad[] = {
        {"a@b", "c@d\r\nRCPT TO:<x@y>", "n"}, {"a@b", "", "n"},   {"a@b", "-oQ/tmp", "n"},
        {"a@b>\r\nDATA", "c@d", "n"},         {"<>", "c@d", "n"}, {"a b@c", "c@d", "n"}};
    void *context = talloc_new(NULL);
    struct sender *sender = open_sender(context, "sendmail:/bin/true", "/bin/true");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct error *error = NULL;
        ck_assert_ptr_null(sender_send(context, sender, &bad[i], mail, strlen(mail), &error));
        ck_assert_int_eq(error->class, ERROR_REFUSED);
        error_free(&error);
    }
    talloc_free(context);
}
END_TEST

START_TEST(maildir_takes_each_mail_once)
{
    void *context = talloc_new(NULL);
    char *maildir = file_join(context, new_folder(context), "Maildir");
    struct sender *sender = open_sender(context, memory_format(context, "maildir:%s", maildir), "/bin/true");
    for (int i = 0; i < 3; i++) {
        struct send_result *result = sender_send(context, sender, &to_taro, mail, strlen(mail), NULL);
        ck_assert_int_eq(result->outcome, SEND_ACCEPTED);
    }
    char *inbox = file_join(context, maildir, "new");
    ck_assert_uint_eq(talloc_array_length(file_list_folder(context, inbox, 10, NULL)), 1);
    ck_assert_str_eq(read_whole(context, inbox, "outbox-17"),
                     memory_format(context, "Return-Path: <%s>\nDelivered-To: %s\n%s", to_taro.sender,
                                   to_taro.recipient, mail_in_files));
    struct envelope second = {"", "taro@tc.example.ac.jp", "outbox-18"};
    ck_assert_int_eq(sender_send(context, sender, &second, mail, strlen(mail), NULL)->outcome, SEND_ACCEPTED);
    ck_assert_uint_eq(talloc_array_length(file_list_folder(context, inbox, 10, NULL)), 2);
    ck_assert_ptr_nonnull(strstr(read_whole(context, inbox, "outbox-18"), "Return-Path: <>\n"));
    talloc_free(context);
}
END_TEST

START_TEST(a_maildir_that_cannot_be_written_means_later)
{
    void *context = talloc_new(NULL);
    char *folder = new_folder(context);
    ck_assert(file_create(file_join(context, folder, "file"), "", 0, 0600, NULL));
    struct sender *sender = open_sender(context, memory_format(context, "maildir:%s/file", folder), "/bin/true");
    struct send_result *result = sender_send(context, sender, &to_taro, mail, strlen(mail), NULL);
    ck_assert_int_eq(result->outcome, SEND_LATER);
    ck_assert_ptr_nonnull(strstr(result->reply, "file"));
    talloc_free(context);
}
END_TEST

/* A stand-in for sendmail that keeps what it was given, says something and ends as told. */
static struct sender *open_fake_sendmail(void *context, const char *folder, const char *ending)
{
    char *script = memory_format(context, "#!/bin/sh\nprintf '%%s|' \"$@\" >%s/arguments\ncat >%s/input\n%s\n", folder,
                                 folder, ending);
    char *path = file_join(context, folder, "sendmail");
    unlink(path);
    ck_assert(file_create(path, script, strlen(script), 0700, NULL));
    return open_sender(context, memory_format(context, "sendmail:%s", path), "/bin/true");
}

START_TEST(sendmail_gets_plain_line_ends_and_safe_arguments)
{
    void *context = talloc_new(NULL);
    char *folder = new_folder(context);
    struct sender *sender = open_fake_sendmail(context, folder, "exit 0");
    struct send_result *result = sender_send(context, sender, &to_taro, mail, strlen(mail), NULL);
    ck_assert_int_eq(result->outcome, SEND_ACCEPTED);
    ck_assert_str_eq(read_whole(context, folder, "input"), mail_in_files);
    ck_assert_str_eq(read_whole(context, folder, "arguments"),
                     "-i|-f|kairan+bounce@tc.example.ac.jp|--|taro@tc.example.ac.jp|");
    struct envelope hostile = {"", "-oQ/tmp@tc.example.ac.jp", "n"};
    ck_assert_int_eq(sender_send(context, sender, &hostile, mail, strlen(mail), NULL)->outcome, SEND_ACCEPTED);
    ck_assert_str_eq(read_whole(context, folder, "arguments"), "-i|-f|<>|--|-oQ/tmp@tc.example.ac.jp|");
    talloc_free(context);
}
END_TEST

START_TEST(sendmail_statuses_are_told_apart)
{
    void *context = talloc_new(NULL);
    char *folder = new_folder(context);
    for (int status = 0; status < 256; status += status < 128 ? 1 : 63) {
        char *ending = memory_format(context, "echo first; echo 'the last word' >&2; exit %d", status);
        struct sender *sender = open_fake_sendmail(context, folder, ending);
        struct send_result *result = sender_send(context, sender, &to_taro, mail, strlen(mail), NULL);
        bool refused = status == EX_DATAERR || status == EX_NOUSER || status == EX_NOHOST || status == EX_UNAVAILABLE;
        enum send_outcome expected = status == 0 ? SEND_ACCEPTED : refused ? SEND_REFUSED : SEND_LATER;
        ck_assert_msg(result->outcome == expected, "status %d gave %d", status, (int)result->outcome);
        ck_assert_str_eq(result->reply, "the last word");
        talloc_free(sender);
    }
    talloc_free(context);
}
END_TEST

START_TEST(sendmail_may_die_be_silent_or_not_listen)
{
    void *context = talloc_new(NULL);
    char *folder = new_folder(context);
    struct sender *killed = open_fake_sendmail(context, folder, "kill -9 $$");
    struct send_result *result = sender_send(context, killed, &to_taro, mail, strlen(mail), NULL);
    ck_assert_int_eq(result->outcome, SEND_LATER);
    ck_assert_str_eq(result->reply, "sendmail was ended by signal 9");
    size_t length = 4 * 1024 * 1024; /* more than any pipe holds */
    char *large = memory_check(talloc_size(context, length));
    memset(large, 'x', length);
    struct sender *deaf = open_sender(context, "sendmail:/bin/false", "/bin/true");
    result = sender_send(context, deaf, &to_taro, large, length, NULL);
    ck_assert_int_eq(result->outcome, SEND_LATER);
    ck_assert_str_eq(result->reply, "sendmail ended with status 1");
    struct sender *chatty = open_fake_sendmail(context, folder, "head -c 1000000 /dev/zero | tr '\\0' y; exit 75");
    result = sender_send(context, chatty, &to_taro, large, length, NULL);
    ck_assert_int_eq(result->outcome, SEND_LATER);
    ck_assert_uint_le(strlen(result->reply), 4096);
    talloc_free(context);
}
END_TEST

START_TEST(a_helper_that_fails_means_later_and_another_is_started)
{
    signal(SIGPIPE, SIG_IGN);
    void *context = talloc_new(NULL);
    struct sender *dies = open_sender(context, "smtp://127.0.0.1:25", "/bin/true");
    for (int i = 0; i < 3; i++) {
        struct send_result *result = sender_send(context, dies, &to_taro, mail, strlen(mail), NULL);
        ck_assert_int_eq(result->outcome, SEND_LATER);
        ck_assert_ptr_nonnull(strstr(result->reply, "/bin/true"));
    }
    struct sender *babbles = open_sender(context, "smtp://127.0.0.1:25", "/bin/cat"); /* gives the request back */
    for (int i = 0; i < 2; i++) { /* a stale frame must not pass for the verdict on the next mail */
        struct send_result *result = sender_send(context, babbles, &to_taro, mail, strlen(mail), NULL);
        ck_assert_int_eq(result->outcome, SEND_LATER);
        ck_assert_str_eq(result->reply, "/bin/cat gave no verdict");
    }
    talloc_free(context);
}
END_TEST

/* Valgrind gives a spawned program no shared memory to report a failed exec through. */
static bool runs_under_valgrind(void)
{
    const char *preloaded = getenv("LD_PRELOAD");
    return preloaded && strstr(preloaded, "valgrind");
}

START_TEST(missing_programs_are_an_error)
{
    if (runs_under_valgrind())
        return;
    void *context = talloc_new(NULL);
    static const char *const transports[] = {"sendmail:/nonexistent/program", "smtp://127.0.0.1:25"};
    for (size_t i = 0; i < 2; i++) {
        struct error *error = NULL;
        struct sender *sender = open_sender(context, transports[i], "/nonexistent/program");
        ck_assert_ptr_null(sender_send(context, sender, &to_taro, mail, strlen(mail), &error));
        ck_assert_ptr_nonnull(strstr(error->sentence, "/nonexistent/program"));
        ck_assert_int_eq(error->class, ERROR_INSTALLATION);
        error_free(&error);
    }
    talloc_free(context);
}
END_TEST

START_TEST(a_mail_beyond_the_limit_is_an_error)
{
    void *context = talloc_new(NULL);
    size_t length = LIMIT_MAIL_OUT_BYTES + 1024 * 1024;
    char *large = memory_check(talloc_size(context, length));
    memset(large, 'x', length);
    struct error *error = NULL;
    struct sender *sender = open_sender(context, "sendmail:/bin/true", "/bin/true");
    ck_assert_ptr_null(sender_send(context, sender, &to_taro, large, length, &error));
    ck_assert_int_eq(error->class, ERROR_REFUSED);
    error_free(&error);
    talloc_free(context);
}
END_TEST

static Suite *send_suite(void)
{
    Suite *suite = suite_create("mail/send");
    TCase *cases = tcase_create("send");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, transports_are_named_in_full);
    tcase_add_test(cases, envelopes_with_anything_but_addresses_are_refused);
    tcase_add_test(cases, maildir_takes_each_mail_once);
    tcase_add_test(cases, a_maildir_that_cannot_be_written_means_later);
    tcase_add_test(cases, sendmail_gets_plain_line_ends_and_safe_arguments);
    tcase_add_test(cases, sendmail_statuses_are_told_apart);
    tcase_add_test(cases, sendmail_may_die_be_silent_or_not_listen);
    tcase_add_test(cases, a_helper_that_fails_means_later_and_another_is_started);
    tcase_add_test(cases, missing_programs_are_an_error);
    tcase_add_test(cases, a_mail_beyond_the_limit_is_an_error);
    suite_add_tcase(suite, cases);
    return suite;
}

static int send_for_others(char **words)
{
    static const char *const outcomes[] = {
        [SEND_ACCEPTED] = "accepted", [SEND_LATER] = "later", [SEND_REFUSED] = "refused"};
    struct error *error = NULL;
    void *context = talloc_new(NULL);
    size_t length = 0;
    char *bytes = file_read_descriptor(context, STDIN_FILENO, "the mail", LIMIT_MAIL_OUT_BYTES, &length, &error);
    struct sender *sender = sender_open(context, words[0], place_helper(context, "kairan-sender"),
                                        "client.tc.example.ac.jp", &error);
    struct envelope envelope = {words[1], words[2], words[3]};
    struct send_result *result = sender ? sender_send(context, sender, &envelope, bytes, length, &error) : NULL;
    if (result)
        printf("%s %s\n", outcomes[result->outcome], result->reply);
    else
        printf("error %s\n", error_text(context, error));
    error_free(&error);
    talloc_free(context);
    return result ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int count, char **words)
{
    if (count == 6 && strcmp(words[1], "--send") == 0)
        return send_for_others(words + 2);
    return unit_run(send_suite());
}
