/* mta-hooks/maildir: durable delivery under unique and under stable names. */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/memory.h"
#include "mta-hooks/maildir.h"
#include "unit.h"

#define NAME "1768438800.outbox-17.kairan"

static char *root; /* of one test, which check runs in a process of its own */
static struct maildir maildir;

static void make_maildir(void)
{
    char folder[] = "/tmp/kairan-maildir-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    root = memory_copy_text(NULL, folder);
    maildir = (struct maildir){.path = memory_format(root, "%s/Maildir", folder)};
    ck_assert_msg(maildir_create(&maildir), "%s", maildir.why);
}

static void remove_maildir(void)
{
    char *const command[] = {(char[]){"rm"}, (char[]){"-rf"}, root, NULL};
    pid_t child = fork();
    if (child == 0)
        execv("/bin/rm", command);
    ck_assert_int_gt(child, 0);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    talloc_free(root);
}

/* How many names one of its folders holds; the last of them goes into `name`. */
static size_t count_names(const char *folder, char name[static MAILDIR_NAME_BYTES])
{
    size_t count = 0;
    DIR *listing = opendir(file_join(root, maildir.path, folder));
    ck_assert_ptr_nonnull(listing);
    struct dirent *entry;
    while ((entry = readdir(listing)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        memcpy(name, entry->d_name, sizeof entry->d_name);
        count++;
    }
    closedir(listing);
    return count;
}

static void check_counts(size_t tmp, size_t new, size_t cur)
{
    char name[MAILDIR_NAME_BYTES];
    ck_assert_uint_eq(count_names("tmp", name), tmp);
    ck_assert_uint_eq(count_names("new", name), new);
    ck_assert_uint_eq(count_names("cur", name), cur);
}

static char *path_of(const char *folder, const char *name)
{
    return memory_format(root, "%s/%s/%s", maildir.path, folder, name);
}

START_TEST(creating_makes_three_private_folders_and_is_harmless_again)
{
    struct stat status;
    ck_assert(maildir_create(&maildir));
    check_counts(0, 0, 0);
    ck_assert_int_eq(stat(path_of("new", "."), &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0700);
}
END_TEST

START_TEST(creating_tells_what_it_could_not_make)
{
    struct maildir nowhere = {.path = "/nonexistent/Maildir"};
    ck_assert(!maildir_create(&nowhere));
    ck_assert_ptr_nonnull(strstr(nowhere.why, "/nonexistent/Maildir"));
    ck_assert_ptr_nonnull(strstr(nowhere.why, "No such file"));
}
END_TEST

START_TEST(a_delivered_block_is_there_byte_for_byte)
{
    const char bytes[] = "Subject: x\n\na\0b\n";
    size_t length;
    ck_assert_msg(maildir_deliver(&maildir, NAME, bytes, sizeof bytes), "%s", maildir.why);
    check_counts(0, 1, 0);
    char *read = file_read(root, path_of("new", NAME), 1000, &length, NULL);
    ck_assert_uint_eq(length, sizeof bytes);
    ck_assert_mem_eq(read, bytes, length);
}
END_TEST

START_TEST(a_repeated_delivery_makes_no_second_file)
{
    ck_assert(maildir_deliver(&maildir, NAME, "one\n", 4));
    ck_assert(maildir_deliver(&maildir, NAME, "one\n", 4));
    check_counts(0, 1, 0);
    ck_assert_int_eq(rename(path_of("new", NAME), path_of("cur", NAME ":2,RS")), 0);
    ck_assert(maildir_deliver(&maildir, NAME, "one\n", 4));
    check_counts(0, 0, 1);
    ck_assert_int_eq(rename(path_of("cur", NAME ":2,RS"), path_of("cur", NAME)), 0);
    ck_assert(maildir_deliver(&maildir, NAME, "one\n", 4));
    check_counts(0, 0, 1);
}
END_TEST

START_TEST(a_name_that_only_begins_alike_is_another_mail)
{
    ck_assert(maildir_deliver(&maildir, NAME "0", "ten\n", 4));
    ck_assert(maildir_deliver(&maildir, NAME, "one\n", 4));
    check_counts(0, 2, 0);
}
END_TEST

START_TEST(what_a_killed_try_left_in_tmp_is_no_obstacle)
{
    ck_assert(file_create(path_of("tmp", NAME), "hal", 3, 0600, NULL));
    ck_assert(maildir_deliver(&maildir, NAME, "half\n", 5));
    check_counts(1, 1, 0);
}
END_TEST

START_TEST(unfit_names_are_not_delivered)
{
    char longest[202];
    memset(longest, 'a', sizeof longest);
    longest[200] = '\0';
    static const char *const unfit[] = {"", ".", "..", ".hidden", "a/b", "../a", "a:2,S"};
    for (size_t i = 0; i < sizeof unfit / sizeof unfit[0]; i++)
        ck_assert_msg(!maildir_deliver(&maildir, unfit[i], "x", 1), "%s", unfit[i]);
    check_counts(0, 0, 0);
    ck_assert_msg(maildir_deliver(&maildir, longest, "x", 1), "%s", maildir.why);
    longest[200] = 'a';
    longest[201] = '\0';
    ck_assert(!maildir_deliver(&maildir, longest, "x", 1));
}
END_TEST

START_TEST(a_maildir_that_is_not_one_is_told_and_left_alone)
{
    ck_assert_int_eq(rmdir(path_of("cur", "")), 0);
    ck_assert(!maildir_deliver(&maildir, NAME, "x", 1));
    ck_assert_ptr_nonnull(strstr(maildir.why, "/cur"));
    ck_assert_int_eq(mkdir(path_of("cur", ""), 0700), 0);
    check_counts(0, 0, 0);
}
END_TEST

START_TEST(steps_pass_through_the_states_of_the_table)
{
    struct maildir_file file;
    char head[] = "Subject: x\n";
    char body[] = "\nhi\n";
    struct iovec pieces[] = {{head, strlen(head)}, {NULL, 0}, {body, strlen(body)}};
    ck_assert(maildir_begin(&maildir, &file));
    check_counts(1, 0, 0);
    ck_assert(maildir_write(&maildir, &file, pieces, 3));
    ck_assert(maildir_store(&maildir, &file));
    ck_assert_int_eq(file.tmp, -1);
    check_counts(1, 0, 0);
    ck_assert(maildir_publish(&maildir, &file, NULL));
    check_counts(0, 1, 0);
    size_t length;
    char name[MAILDIR_NAME_BYTES];
    ck_assert_uint_eq(count_names("new", name), 1);
    ck_assert_str_eq(file_read(root, path_of("new", name), 100, &length, NULL), "Subject: x\n\nhi\n");
}
END_TEST

START_TEST(discarding_leaves_nothing_at_any_step)
{
    struct maildir_file file;
    for (int steps = 0; steps < 3; steps++) {
        char byte = 'x';
        struct iovec piece = {&byte, 1};
        ck_assert(maildir_begin(&maildir, &file));
        if (steps > 0)
            ck_assert(maildir_write(&maildir, &file, &piece, 1));
        if (steps > 1)
            ck_assert(maildir_store(&maildir, &file));
        maildir_discard(&maildir, &file);
        check_counts(0, 0, 0);
    }
    maildir_discard(&maildir, &file);
}
END_TEST

START_TEST(names_are_unique_and_sort_by_age)
{
    enum { MANY = 50 };
    char last[MAILDIR_NAME_BYTES] = "";
    for (int i = 0; i < MANY; i++) {
        struct maildir_file file;
        ck_assert(maildir_begin(&maildir, &file));
        ck_assert_str_gt(file.name, last);
        ck_assert_ptr_null(strpbrk(file.name, "/: "));
        memcpy(last, file.name, sizeof last);
        ck_assert(maildir_store(&maildir, &file));
        ck_assert(maildir_publish(&maildir, &file, NULL));
    }
    check_counts(0, MANY, 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("maildir");
    TCase *cases = tcase_create("maildir");
    tcase_add_checked_fixture(cases, make_maildir, remove_maildir);
    tcase_add_test(cases, creating_makes_three_private_folders_and_is_harmless_again);
    tcase_add_test(cases, creating_tells_what_it_could_not_make);
    tcase_add_test(cases, a_delivered_block_is_there_byte_for_byte);
    tcase_add_test(cases, a_repeated_delivery_makes_no_second_file);
    tcase_add_test(cases, a_name_that_only_begins_alike_is_another_mail);
    tcase_add_test(cases, what_a_killed_try_left_in_tmp_is_no_obstacle);
    tcase_add_test(cases, unfit_names_are_not_delivered);
    tcase_add_test(cases, a_maildir_that_is_not_one_is_told_and_left_alone);
    tcase_add_test(cases, steps_pass_through_the_states_of_the_table);
    tcase_add_test(cases, discarding_leaves_nothing_at_any_step);
    tcase_add_test(cases, names_are_unique_and_sort_by_age);
    suite_add_tcase(all, cases);
    return all;
}

UNIT_MAIN(suite())
