/* mail/read, mail/letter: bytes to view to letter; hostile mails; views that lie. */
#include <fcntl.h>
#include <libxml/parser.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/memory.h"
#include "mail/charset.h"
#include "mail/letter.h"
#include "mail/sandbox.h"
#include "test_mail_case.h"
#include "unit.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static json_t *read_view(const char *bytes, size_t length, struct error **error)
{
    char *text = letter_read_view(NULL, bytes, length, NULL, NULL, error);
    json_t *view = text ? json_loads(text, 0, NULL) : NULL;
    ck_assert_msg(!text || view, "the view is no JSON");
    talloc_free(text);
    return view;
}

static bool differs(json_t *entry, const char *key, json_t *expected, json_t *found)
{
    if (json_equal(expected, found))
        return false;
    char *text = json_dumps(found, JSON_ENCODE_ANY | JSON_COMPACT);
    char *wanted = json_dumps(expected, JSON_ENCODE_ANY | JSON_COMPACT);
    fprintf(stderr, "%s: %s\n  expected %s\n  found    %s\n", case_text(entry, "case"), key, wanted,
            text ? text : "(missing)");
    free(text);
    free(wanted);
    return true;
}

/* Every key of "view" is compared; the view must become a letter. */
static bool check_mail(json_t *entry)
{
    void *context = talloc_new(NULL);
    size_t length;
    char *bytes = case_bytes(context, entry, "mail", &length);
    struct error *error = NULL;
    json_t *view = read_view(bytes, length, &error);
    bool is_right = view != NULL;
    const char *key;
    json_t *expected;
    json_object_foreach(json_object_get(entry, "view"), key, expected)
        is_right = !differs(entry, key, expected, json_object_get(view, key)) && is_right;
    struct letter *letter = letter_from_view(context, view, &error);
    if (!letter)
        fprintf(stderr, "%s: %s\n", case_text(entry, "case"), error_text(context, error));
    is_right = letter != NULL && is_right;
    error_free(&error);
    json_decref(view);
    talloc_free(context);
    return is_right;
}

START_TEST(mails_are_read)
{
    unit_check_vectors("mail/read.jsonl", check_mail);
    unit_check_vectors("mail/structure.jsonl", check_mail);
}
END_TEST

static double seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Read or refused, in no time, and what is read becomes a letter. */
static void survive(const char *name, const char *bytes, size_t length)
{
    struct error *error = NULL;
    double start = seconds();
    json_t *view = read_view(bytes, length, &error);
    ck_assert_msg(seconds() - start < 20, "%s takes %.1f s", name, seconds() - start);
    ck_assert_msg(view || error->class == ERROR_REFUSED, "%s", name);
    error_free(&error);
    if (!view)
        return;
    struct letter *letter = letter_from_view(NULL, view, &error);
    ck_assert_msg(letter != NULL, "%s: %s", name, error ? error->sentence : "");
    talloc_free(letter);
    json_decref(view);
}

struct pattern {
    const char *name;
    const char *head;
    const char *repeated;
    int times;
    const char *tail;
};

static const struct pattern hostile[] = {
    {"a boundary of one quote", "Content-Type: multipart/mixed; boundary=\"\\\"\"\n\n", "--\"\nx\n", 3, ""},
    {"the same behind a comment", "Content-Type: multipart/mixed; boundary=(x)\n \"\\\"\"\n\n", "x\n", 3, ""},
    {"the same in a part",
     "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/x; boundary=\"\\\"\"\n\n", "--\"\n", 3,
     "--a--\n"},
    {"nested messages", "From: a@b.c\n", "Content-Type: message/rfc822\n\n", 20000, "x"},
    {"nested multiparts", "From: a@b.c\n", "Content-Type: multipart/mixed; boundary=b\n\n--b\n", 20000, "x"},
    {"nested digests", "From: a@b.c\n", "Content-Type: multipart/digest; boundary=b\n\n--b\n\n", 20000, "x"},
    {"differing nested boundaries", "From: a@b.c\n", "Content-Type: multipart/mixed;\n boundary=\"b\"\n\n--b\n", 5000,
     "--b--"},
    {"comments in From", "From: ", "(", 300000, "a@b.c\n\nx"},
    {"comments in Content-Type", "Content-Type: ", "(", 100000, "text/plain\n\nx"},
    {"comments in a part", "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: ", "(", 300000,
     "text/plain\n\nx\n--a--"},
    {"folded comments in a part", "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Disposition: ", "(\n ",
     200000, "attachment\n\nx\n--a--"},
    {"comments in a Date", "Date: ", "(", 100000, "\n\nx"},
    {"many fields", "From: a@b.c\n", "X: y\n", 1000000, "\nx"},
    {"many fields in a part", "Content-Type: multipart/mixed; boundary=a\n\n--a\n", "X: y\n", 1000000, "\nx"},
    {"a long field", "Subject: ", "abcdefghi ", 100000, "\n\nx"},
    {"many parts", "Content-Type: multipart/mixed; boundary=a\n\n", "--a\n\nx\n", 100000, "--a--"},
    {"almost boundaries", "Content-Type: multipart/mixed; boundary=a\n\n", "--\n-a\n", 300000, "--a--"},
    {"many parameters", "Content-Type: text/plain", "; a=b", 20000, "\n\nx"},
    {"many continued parameters", "Content-Disposition: attachment", "; filename*1*=b", 6000, "\n\nx"},
    {"many recipients", "From: a@b.c\nTo: ", "x@y.z, ", 15000, "\n\nx"},
    {"many references", "References: ", "<a@b>", 20000, "\n\nx"},
    {"encoded words", "Subject: ", "=?utf-8?B?44GC?= ", 20000, "\n\nx"},
    {"words of two charsets", "Subject: ", "=?utf-8?B?44GC?= =?iso-2022-jp?B?GyRCJCIbKEI=?= ", 5000, "\n\nx"},
    {"unfinished words", "Subject: ", "=?a?q?x", 14000, "\n\nx"},
    {"unfinished base64 words", "Subject: ", "=?a?b?", 16000, "\n\nx"},
    {"quoted-printable that ends early", "Content-Transfer-Encoding: quoted-printable\n\n", "=\n", 100000, "=X"},
    {"quoted-printable blanks", "Content-Transfer-Encoding: quoted-printable\n\n", " ", 900000, "="},
    {"quote marks", "From: a@b.c\n\n", ">", 1000000, ""},
    {"escapes", "Content-Type: text/plain; charset=iso-2022-jp\n\n", "\x1B$B\x1B(B", 100000, ""},
    {"NULs", "From: a@b.c\nSubject: x\n\n", "\x01\x02", 1000, ""},
    {"only a colon", ":", ":", 1000, "\n\n"},
    {"files that begin and never end", "From: a@b.c\n\n", "begin 644 x\n", 80000, "end\n"},
    {"multiparts whose boundary never comes", "Content-Type: multipart/mixed; boundary=a\n\n",
     "--a\nContent-Type: multipart/mixed; boundary=bbbbb\n\n--x\n", 900, "--a--"},
    {"lines that look like boundaries", "Content-Type: multipart/mixed; boundary=a\n\n", "--b\n", 1000000, "--a--"},
    {"carriage returns only", "From: a@b.c\rSubject: x\r\r", "text\r", 1000, ""},
    {"a boundary of a megabyte", "Content-Type: multipart/mixed; boundary=", "b", 1000000, "\n\nx"},
    {"deep HTML", "Content-Type: text/html\n\n", "<div><blockquote>", 30000, "x"},
    {"blanks before line ends", "From: a@b.c\n\n", "          \n", 90000, ""},
};

START_TEST(hostile_mails_are_survived)
{
    const struct pattern *pattern = &hostile[_i];
    struct buffer *mail = buffer_new(NULL, LIMIT_LETTER_BYTES);
    buffer_add_text(mail, pattern->head);
    for (int i = 0; i < unit_rounds(pattern->times); i++)
        buffer_add_text(mail, pattern->repeated);
    buffer_add_text(mail, pattern->tail);
    survive(pattern->name, mail->bytes, mail->length);
    talloc_free(mail);
}
END_TEST

START_TEST(strange_bytes_are_survived)
{
    survive("empty", "", 0);
    survive("one NUL", "\0", 1);
    static const char nuls[] = "Fr\0om: a@b.c\nSub\0ject: \0x\n\n\0y\0";
    survive("NULs in a field", nuls, sizeof nuls);
    survive("no header", "hello", 5);
    survive("only line ends", "\r\n\r\n\r\n", 6);
    survive("an mbox line alone", "From a@b.c Mon Jan 1", 20);
}
END_TEST

/* A mail cut off at any byte, and one with any byte turned into another, is read or refused. */
START_TEST(cut_and_bent_mails_are_survived)
{
    static const char mail[] = "Return-Path: <a@b.c>\r\nFrom: =?iso-2022-jp?B?GyRCOzNFRBsoQg==?= <a@b.c>\r\nDate: Sat, "
                               "10 Jan 2026 13:00:00 +0900\r\n"
                               "Subject: \x1B$B;3\x1B(B\r\nContent-Type: multipart/mixed; boundary=\"q\"\r\n\r\n--q\r\n"
                               "Content-Type: multipart/alternative; boundary=r\r\n\r\n--r\r\nContent-Type: "
                               "text/plain; charset=shift_jis; format=flowed\r\n\r\n"
                               "\x82\xA0 \r\n> x \r\n> y\r\n-- \r\nz\r\n--r\r\nContent-Type: "
                               "text/html\r\n\r\n<p>a<blockquote>b</blockquote>\r\n--r--\r\n"
                               "--q\r\nContent-Type: application/pdf; "
                               "name*=utf-8''%E3%81%82.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n"
                               "--q\r\nContent-Type: message/rfc822\r\n\r\nFrom: c@d.e\r\n\r\ninner\r\n--q--\r\n";
    static const char bytes[] = "\0\n\r\"\\=;:<>(- \x1B\x82\xFF";
    char bent[sizeof mail];
    for (size_t cut = 0; cut < sizeof mail; cut += (size_t)unit_step())
        survive("cut", mail, cut);
    for (size_t at = 0; at + 1 < sizeof mail; at += (size_t)unit_step())
        for (size_t i = 0; i + 1 < sizeof bytes; i += 1 + at % 3) {
            memcpy(bent, mail, sizeof mail);
            bent[at] = bytes[i];
            survive("bent", bent, sizeof mail - 1);
        }
}
END_TEST

START_TEST(large_mails_are_refused_or_cut)
{
    struct error *error = NULL;
    char *bytes = memory_check(talloc_zero_size(NULL, LIMIT_LETTER_BYTES + 1));
    ck_assert_ptr_null(letter_read_view(NULL, bytes, LIMIT_LETTER_BYTES + 1, NULL, NULL, &error));
    ck_assert_int_eq(error->class, ERROR_REFUSED);
    error_free(&error);
    memset(bytes, 'a', LIMIT_LETTER_BYTES);
    memcpy(bytes, "From: a@b.c\n\n", 13);
    json_t *view = read_view(bytes, LIMIT_LETTER_BYTES, &error);
    ck_assert_uint_eq(json_string_length(json_object_get(view, "text")), LIMIT_TEXT_BYTES);
    ck_assert_uint_gt(json_array_size(json_object_get(view, "warnings")), 0);
    json_decref(view);
    talloc_free(bytes);
}
END_TEST

/* The reader is not trusted: each of these changes to a good view is refused. */
START_TEST(views_that_lie_are_refused)
{
    static const char mail[] = "Return-Path: <a@b.c>\nFrom: A <a@b.c>\nSubject: s\nMessage-ID: <i@b.c>\n\ntext";
    static const char *const lies[][2] = {
        {"from", "[[\"\", \"no address\"]]"},
        {"from", "[[\"\", \"a@b@c\"]]"},
        {"from", "[[\"two\\nlines\", \"a@b.c\"]]"},
        {"from", "[[\"\", \"\\\"a\\\"@b.c\"]]"},
        {"from", "[[\"\", \"山田@b.c\"]]"},
        {"from", "[[\"one\\u202eline\", \"a@b.c\"]]"},
        {"from", "[[\"a@b.c\"]]"},
        {"from", "null"},
        {"subject", "\"a\\r\\nBcc: x\""},
        {"subject", "\"a\\u009bb\""},
        {"subject", "\"a\\u2069b\""},
        {"subject", "null"},
        {"subject", "7"},
        {"date", "\"yesterday\""},
        {"message_id", "\"a b\""},
        {"references", "[\"<a>\"]"},
        {"in_reply_to", "[7]"},
        {"class", "\"friend\""},
        {"class", "null"},
        {"may_count", "1"},
        {"text", "\"\\u0001\""},
        {"new_text", "null"},
        {"recipients", "[\"x\"]"},
        {"return_path", "\"a b\""},
        {"loop_token", "\"a\\nb\""},
        {"away_until", "\"tomorrow\""},
        {"away_until", "\"2026-01-07x\""},
        {"away_until", "\"\""},
        {"reaction", "\"a\\nb\""},
        {"attachments", "[{}]"},
        {"attachments", "[{\"name\":\"../x\",\"type\":\"a/b\",\"size\":1,\"sha256\":\"\"}]"},
        {"warnings", "{}"},
        {"error", "\"it is too large\""},
    };
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        json_t *view = read_view(mail, strlen(mail), NULL);
        struct error *error = NULL;
        struct letter *letter = letter_from_view(NULL, view, &error);
        ck_assert_ptr_nonnull(letter);
        ck_assert_str_eq(letter->return_path, "a@b.c");
        ck_assert_str_eq(letter->from.mailboxes[0].name, "A");
        talloc_free(letter);
        json_object_set_new(view, lies[i][0], json_loads(lies[i][1], JSON_DECODE_ANY, NULL));
        ck_assert_msg(!letter_from_view(NULL, view, &error), "%s: %s", lies[i][0], lies[i][1]);
        ck_assert_int_eq(error->class, ERROR_REFUSED);
        error_free(&error);
        json_decref(view);
    }
}
END_TEST

/* What the helper does, in a child: everything a mail can ask for works inside the sandbox, and nothing else does. */
static void read_in_sandbox(void)
{
    static const char mail[] =
        "From: =?iso-2022-jp?B?GyRCOzNFRBsoQg==?= <a@b.c>\n"
        "Subject: x\nContent-Type: multipart/mixed; boundary=q\n\n--q\nContent-Type: text/html; charset=x-unknown\n\n"
        "<p>\x82\xA0\n--q\nContent-Type: a/b\n\nx\n--q--\n";
    charset_preload(NULL);
    xmlInitParser();
    if (!sandbox_enter(NULL))
        _exit(0); /* this kernel has no filter: nothing to see */
    for (int i = 0; i < 100; i++)
        if (!letter_read_view(NULL, mail, sizeof mail - 1, NULL, NULL, NULL))
            _exit(1);
    if (open("/etc/passwd", O_RDONLY) >= 0)
        _exit(2);
    socket(AF_INET, SOCK_STREAM, 0);
    _exit(3);
}

START_TEST(the_sandbox_holds)
{
    const char *fork_mode = getenv("CK_FORK");
    if (fork_mode && strcmp(fork_mode, "no") == 0)
        return; /* under valgrind, whose own system calls the filter would kill */
    pid_t child = fork();
    if (child == 0)
        read_in_sandbox();
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && (WEXITSTATUS(status) == 0 || SANITIZED))
        return;
    ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS, "status %x", (unsigned)status);
}
END_TEST

static Suite *read_suite(void)
{
    Suite *suite = suite_create("mail/read");
    TCase *cases = tcase_create("read");
    tcase_set_timeout(cases, 300);
    tcase_add_test(cases, mails_are_read);
    tcase_add_loop_test(cases, hostile_mails_are_survived, 0, sizeof hostile / sizeof *hostile);
    tcase_add_test(cases, strange_bytes_are_survived);
    tcase_add_test(cases, cut_and_bent_mails_are_survived);
    tcase_add_test(cases, large_mails_are_refused_or_cut);
    tcase_add_test(cases, views_that_lie_are_refused);
    tcase_add_test(cases, the_sandbox_holds);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(read_suite())
