/* mail/words, mail/address, mail/date, mail/header: what header fields say. */
#include "base/memory.h"
#include "base/utf8.h"
#include "mail/address.h"
#include "mail/charset.h"
#include "mail/date.h"
#include "mail/header.h"
#include "mail/words.h"
#include "test_mail_case.h"
#include "unit.h"

static bool check_words(json_t *entry)
{
    void *context = talloc_new(NULL);
    size_t length;
    char *bytes = case_bytes(context, entry, "raw", &length);
    bool is_right = case_is(entry, "text", words_decode(context, bytes, length));
    talloc_free(context);
    return is_right;
}

START_TEST(words_are_decoded)
{
    unit_check_vectors("mail/words.jsonl", check_words);
}
END_TEST

static bool check_parameter(json_t *entry)
{
    void *context = talloc_new(NULL);
    size_t length;
    char *bytes = case_bytes(context, entry, "header", &length);
    struct header *header = header_read(context, bytes, length, NULL, NULL);
    struct header_parameters found = header_parameters(context, header, case_text(entry, "field"));
    char *value = words_decode_parameter(context, found.parameters, found.count, case_text(entry, "parameter"));
    bool is_right = case_is(entry, "value", value ? value : "") && case_is(entry, "type", found.value);
    talloc_free(context);
    return is_right;
}

START_TEST(parameters_are_decoded)
{
    unit_check_vectors("mail/parameters.jsonl", check_parameter);
}
END_TEST

static bool check_addresses(json_t *entry)
{
    void *context = talloc_new(NULL);
    size_t length;
    char *bytes = case_bytes(context, entry, "raw", &length);
    struct mailbox_list list = {0};
    address_read_list(context, (struct span){bytes, length}, &list);
    char *found = memory_copy_text(context, "");
    for (size_t i = 0; i < list.count; i++)
        found = memory_format(context, "%s%s%s <%s>", found, i ? ", " : "", list.mailboxes[i].name,
                              list.mailboxes[i].address);
    bool is_right = case_is(entry, "list", found);
    talloc_free(context);
    return is_right;
}

START_TEST(addresses_are_found)
{
    unit_check_vectors("mail/addresses.jsonl", check_addresses);
}
END_TEST

static bool check_date(json_t *entry)
{
    const char *raw = case_text(entry, "raw");
    char *date = date_read(NULL, (struct span){raw, strlen(raw)});
    bool is_right = case_is(entry, "date", date ? date : "");
    talloc_free(date);
    return is_right;
}

START_TEST(dates_are_read_or_refused)
{
    unit_check_vectors("mail/dates.jsonl", check_date);
}
END_TEST

START_TEST(file_names_are_safe)
{
    static const char *const names[][2] = {
        {"予定.pdf", "予定.pdf"},
        {"../../etc/passwd", "passwd"},
        {"C:\\temp\\a.txt", "a.txt"},
        {"..", ""},
        {".htaccess", "htaccess"},
        {"a<b>|c?.txt", "a_b__c_.txt"},
        {"", ""},
        {"a. ", "a"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *safe = words_file_name(NULL, names[i][0]);
        ck_assert_str_eq(safe, names[i][1]);
        talloc_free(safe);
    }
    char *name = memory_copy_text(NULL, "");
    for (int i = 0; i < 100; i++)
        name = talloc_strdup_append(name, "表");
    char *safe = words_file_name(NULL, name);
    ck_assert_uint_le(strlen(safe), 200);
    ck_assert(utf8_is_valid(safe, strlen(safe)));
    talloc_free(safe);
    talloc_free(name);
}
END_TEST

/* No bytes whatever put a control or broken UTF-8 into a header text, nor a strange form into an address. */
START_TEST(fields_never_pass_controls)
{
    static const char alphabet[] =
        "=?utf-8?B?Q?iso-2022-jp?==0A=0D\r\n \x1B$B(\xE3\x81\x82\x93\"<>@,;:()\\a.b*'%0Aname";
    unsigned seed = 7;
    for (int round = 0; round < unit_rounds(20000); round++) {
        char bytes[80];
        size_t length = (size_t)round % sizeof bytes;
        for (size_t i = 0; i < length; i++) {
            seed = seed * 1103515245u + 12345u;
            bytes[i] = alphabet[(seed >> 16) % (sizeof alphabet - 1)];
        }
        void *context = talloc_new(NULL);
        char *text = words_decode(context, bytes, length);
        ck_assert(utf8_is_valid(text, strlen(text)));
        for (const char *c = text; *c; c++)
            ck_assert((unsigned char)*c >= ' ' && *c != 0x7F);
        struct mailbox_list list = {0};
        address_read_list(context, (struct span){bytes, length}, &list);
        for (size_t i = 0; i < list.count; i++) {
            const char *address = list.mailboxes[i].address;
            ck_assert(strchr(address, '@') && strchr(address, '@') == strrchr(address, '@') &&
                      !strpbrk(address, " <>\r\n\t"));
        }
        char **ids = address_read_ids(context, (struct span){bytes, length});
        for (size_t i = 0; i < talloc_array_length(ids); i++)
            ck_assert(*ids[i] && !strpbrk(ids[i], " <>\r\n\t"));
        talloc_free(context);
    }
}
END_TEST

static Suite *words_suite(void)
{
    Suite *suite = suite_create("mail/words");
    TCase *cases = tcase_create("words");
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, words_are_decoded);
    tcase_add_test(cases, parameters_are_decoded);
    tcase_add_test(cases, addresses_are_found);
    tcase_add_test(cases, dates_are_read_or_refused);
    tcase_add_test(cases, file_names_are_safe);
    tcase_add_test(cases, fields_never_pass_controls);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(words_suite())
