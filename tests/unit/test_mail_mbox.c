/* mail/mbox: what one program wrote, another reads, wherever the chunks of the file end. */
#include "mail/mbox.h"

#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "unit.h"

enum { MOST = 1000 * 1000 };

static struct mbox *open_bytes(void *context, const char *bytes, size_t length)
{
    char path[] = "/tmp/kairan-mbox-XXXXXX";
    int descriptor = mkstemp(path);
    ck_assert(descriptor >= 0 && file_append(descriptor, path, bytes, length, NULL));
    close(descriptor);
    struct mbox *mbox = mbox_open(context, path, NULL);
    ck_assert_ptr_nonnull(mbox);
    unlink(path); /* it is read through the descriptor */
    return mbox;
}

static bool check_file(json_t *entry)
{
    void *context = talloc_new(NULL);
    json_t *file = json_object_get(entry, "file");
    struct mbox *mbox = open_bytes(context, json_string_value(file), json_string_length(file));
    size_t index;
    json_t *expected;
    size_t length;
    bool at_end = false;
    bool right = true;
    json_array_foreach(json_object_get(entry, "mails"), index, expected) {
        char *mail = mbox_read(context, mbox, MOST, &length, &at_end, NULL);
        if (!mail || strcmp(mail, json_string_value(expected)) != 0) {
            fprintf(stderr, "mail %zu is \"%s\"\n", index + 1, mail ? mail : "(none)");
            right = false;
        }
    }
    right = !mbox_read(context, mbox, MOST, &length, &at_end, NULL) && at_end && right;
    talloc_free(context);
    return right;
}

START_TEST(reads_what_programs_write)
{
    unit_check_vectors("mail/mbox.jsonl", check_file);
}
END_TEST

/* Mails of every length around the size of a chunk, so that separators fall on its end. */
START_TEST(finds_separators_across_chunks)
{
    enum { CHUNK = 256 * 1024, AROUND = 40 };
    void *context = talloc_new(NULL);
    for (int length = CHUNK - AROUND; length < CHUNK + AROUND; length++) {
        char *separator = mbox_separator(context, "a@example.jp", 1768000000);
        char *filling = memory_array(context, char, (size_t)length + 1);
        memset(filling, 'x', (size_t)length);
        char *bytes = memory_format(context, "%s%s\n\n%send\n", separator, filling, separator);
        struct mbox *mbox = open_bytes(context, bytes, strlen(bytes));
        size_t got;
        bool at_end;
        ck_assert_ptr_nonnull(mbox_read(context, mbox, MOST, &got, &at_end, NULL));
        ck_assert_uint_eq(got, (size_t)length + 2);
        ck_assert_str_eq(mbox_read(context, mbox, MOST, &got, &at_end, NULL), "end\n");
        ck_assert(!mbox_read(context, mbox, MOST, &got, &at_end, NULL) && at_end);
        talloc_free_children(context);
    }
    talloc_free(context);
}
END_TEST

START_TEST(goes_on_behind_a_mail_too_large)
{
    static const char bytes[] = "From a@x Sat Jan 10 15:00:00 2026\nS: large\n\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n\n"
                                "From a@x Sat Jan 10 15:00:00 2026\nS: 2\n";
    void *context = talloc_new(NULL);
    struct mbox *mbox = open_bytes(context, bytes, sizeof bytes - 1);
    struct error *error = NULL;
    size_t length;
    bool at_end;
    ck_assert_ptr_null(mbox_read(context, mbox, 20, &length, &at_end, &error));
    ck_assert(!at_end && error && error->class == ERROR_REFUSED);
    ck_assert_ptr_nonnull(strstr(error->sentence, "mail 1 of "));
    error_free(&error);
    ck_assert_str_eq(mbox_read(context, mbox, 20, &length, &at_end, NULL), "S: 2\n");
    talloc_free(context);
}
END_TEST

START_TEST(knows_its_own_separators)
{
    void *context = talloc_new(NULL);
    char *line = mbox_separator(context, "", 1768000000);
    ck_assert_str_eq(line, "From MAILER-DAEMON Fri Jan  9 23:06:40 2026\n");
    ck_assert(mbox_begins(line, strlen(line)));
    ck_assert(!mbox_begins("From: a@x 09:00\n", 16) && !mbox_begins("From now on\n", 12) && !mbox_begins("", 0));
    talloc_free(context);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("mail/mbox");
    TCase *cases = tcase_create("mbox");
    tcase_add_test(cases, reads_what_programs_write);
    tcase_add_test(cases, finds_separators_across_chunks);
    tcase_add_test(cases, goes_on_behind_a_mail_too_large);
    tcase_add_test(cases, knows_its_own_separators);
    suite_add_tcase(all, cases);
    return all;
}

UNIT_MAIN(suite())
