/* mail/token: who may load a key, what a token is bound to, how it survives the way through gateways. */
#include <ftw.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "mail/token.h"
#include "unit.h"

static const char fixed_key[] = "0123456789abcdef0123456789abcdef";

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

static struct token_key *load_key(void *context, const char *bytes, size_t length, mode_t mode, struct error **error)
{
    char *path = file_join(context, new_folder(context), "key");
    ck_assert(file_create(path, bytes, length, 0600, NULL));
    ck_assert_int_eq(chmod(path, mode), 0);
    return token_load_key(context, path, error);
}

/* Computed with Python: base32(hmac.digest(key, b"kairan token 1\0k7q2/13\0answer\0", "sha256")[:10]).lower() */
START_TEST(tokens_are_the_documented_hmac)
{
    void *context = talloc_new(NULL);
    struct token_key *key = load_key(context, fixed_key, strlen(fixed_key), 0600, NULL);
    ck_assert_str_eq(token_make(context, key, "k7q2/13", "answer"), "hp52xfxbyrpp5nvg");
    ck_assert_str_eq(token_make(context, key, "k7q2/13", "answer"), "hp52xfxbyrpp5nvg");
    talloc_free(context);
}
END_TEST

START_TEST(tokens_are_bound_to_key_subject_and_purpose)
{
    void *context = talloc_new(NULL);
    struct token_key *key = load_key(context, fixed_key, strlen(fixed_key), 0600, NULL);
    struct token_key *other = load_key(context, "another key of thirty-two bytes!", 32, 0400, NULL);
    char *token = token_make(context, key, "k7q2/13", "answer");
    ck_assert(token_matches(key, "k7q2/13", "answer", token));
    ck_assert(!token_matches(key, "k7q2/14", "answer", token));
    ck_assert(!token_matches(key, "k7q2/13", "confirm", token));
    ck_assert(!token_matches(key, "k7q2/1", "3answer", token));
    ck_assert(!token_matches(key, "k7q2/13answer", "", token));
    ck_assert(!token_matches(other, "k7q2/13", "answer", token));
    talloc_free(context);
}
END_TEST

START_TEST(tokens_survive_a_change_of_case_and_nothing_else)
{
    void *context = talloc_new(NULL);
    struct token_key *key = load_key(context, fixed_key, strlen(fixed_key), 0600, NULL);
    char *token = token_make(context, key, "k7q2/13", "answer");
    char *changed = memory_copy_text(context, token);
    for (size_t i = 0; i < TOKEN_LETTERS; i++)
        if (changed[i] >= 'a' && changed[i] <= 'z')
            changed[i] = (char)(changed[i] - ('a' - 'A'));
    ck_assert(token_matches(key, "k7q2/13", "answer", changed));
    for (size_t i = 0; i < TOKEN_LETTERS; i++) {
        char *wrong = memory_copy_text(context, token);
        wrong[i] = wrong[i] == 'a' ? 'b' : 'a';
        ck_assert(!token_matches(key, "k7q2/13", "answer", wrong));
        wrong[i] = '\0';
        ck_assert(!token_matches(key, "k7q2/13", "answer", wrong));
    }
    ck_assert(!token_matches(key, "k7q2/13", "answer", memory_format(context, "%sa", token)));
    ck_assert(!token_matches(key, "k7q2/13", "answer", ""));
    talloc_free(context);
}
END_TEST

START_TEST(keys_are_long_and_private)
{
    void *context = talloc_new(NULL);
    static const mode_t open_modes[] = {0640, 0604, 0660, 0610};
    for (size_t i = 0; i < sizeof open_modes / sizeof *open_modes; i++) {
        struct error *error = NULL;
        ck_assert_ptr_null(load_key(context, fixed_key, strlen(fixed_key), open_modes[i], &error));
        ck_assert_int_eq(error->class, ERROR_INSTALLATION);
        ck_assert_ptr_nonnull(strstr(error->sentence, "chmod 600"));
        error_free(&error);
    }
    struct error *error = NULL;
    ck_assert_ptr_null(load_key(context, fixed_key, 31, 0600, &error));
    ck_assert_int_eq(error->class, ERROR_INSTALLATION);
    error_free(&error);
    ck_assert_ptr_null(token_load_key(context, "/nonexistent/key", &error));
    ck_assert_int_eq(error->class, ERROR_INSTALLATION);
    error_free(&error);
    ck_assert_ptr_null(token_load_key(context, "/tmp", &error));
    error_free(&error);
    talloc_free(context);
}
END_TEST

START_TEST(created_keys_are_new_private_and_never_replaced)
{
    void *context = talloc_new(NULL);
    struct error *error = NULL;
    char *folder = new_folder(context);
    char *first = file_join(context, folder, "first");
    char *second = file_join(context, folder, "second");
    ck_assert(token_create_key(first, &error));
    ck_assert(token_create_key(second, &error));
    struct stat status;
    ck_assert_int_eq(stat(first, &status), 0);
    ck_assert_int_eq(status.st_mode & 07777, 0600);
    struct token_key *one = token_load_key(context, first, &error);
    struct token_key *two = token_load_key(context, second, &error);
    ck_assert_str_ne(token_make(context, one, "a", "b"), token_make(context, two, "a", "b"));
    ck_assert(!token_create_key(first, &error));
    error_free(&error);
    talloc_free(context);
}
END_TEST

START_TEST(random_tokens_are_base32_and_differ)
{
    void *context = talloc_new(NULL);
    char *before = memory_copy_text(context, "");
    for (int i = 0; i < 1000; i++) {
        char *token = token_random(context, NULL);
        ck_assert_uint_eq(strlen(token), 13);
        ck_assert_uint_eq(strspn(token, "abcdefghijklmnopqrstuvwxyz234567"), 13);
        ck_assert_str_ne(token, before);
        before = token;
    }
    talloc_free(context);
}
END_TEST

static Suite *token_suite(void)
{
    Suite *suite = suite_create("mail/token");
    TCase *cases = tcase_create("token");
    tcase_add_test(cases, tokens_are_the_documented_hmac);
    tcase_add_test(cases, tokens_are_bound_to_key_subject_and_purpose);
    tcase_add_test(cases, tokens_survive_a_change_of_case_and_nothing_else);
    tcase_add_test(cases, keys_are_long_and_private);
    tcase_add_test(cases, created_keys_are_new_private_and_never_replaced);
    tcase_add_test(cases, random_tokens_are_base32_and_differ);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(token_suite())
