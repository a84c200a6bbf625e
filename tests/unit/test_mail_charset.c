/* mail/charset: labels, dialects, lies and broken bytes. */
#include "base/memory.h"
#include "base/utf8.h"
#include "mail/charset.h"
#include "test_mail_case.h"
#include "unit.h"

static bool check_charset(json_t *entry)
{
    void *context = talloc_new(NULL);
    size_t length;
    char *bytes = case_bytes(context, entry, "bytes", &length);
    struct charset_text decoded = charset_decode(context, json_string_value(json_object_get(entry, "label")), bytes,
                                                 length);
    bool is_right = case_is(entry, "text", decoded.text) && strlen(decoded.text) == decoded.length;
    json_t *replaced = json_object_get(entry, "replaced");
    if (decoded.replaced != (size_t)json_integer_value(replaced)) {
        fprintf(stderr, "%s: %zu replaced\n", case_text(entry, "case"), decoded.replaced);
        is_right = false;
    }
    talloc_free(context);
    return is_right;
}

START_TEST(charsets_are_decoded)
{
    unit_check_vectors("mail/charset.jsonl", check_charset);
}
END_TEST

/* Any bytes under any label give valid UTF-8 without NUL that is at most three times as long. */
START_TEST(nothing_fails)
{
    static const char *const labels[] = {NULL,    "",        "utf-8",     "iso-2022-jp", "shift_jis", "euc-jp",
                                         "utf-7", "utf-16",  "gb18030",   "big5",        "euc-kr",    "latin1",
                                         "//x",   "../../x", "no-such-x", "hz-gb-2312"};
    static const char alphabet[] = "\x1B$B(IJ\x0E\x8F\xA1\x8E\xFF a";
    unsigned seed = 1;
    for (int round = 0; round < unit_rounds(4000); round++) {
        char bytes[64];
        size_t length = (size_t)round % sizeof bytes;
        for (size_t i = 0; i < length; i++) {
            seed = seed * 1103515245u + 12345u;
            bytes[i] = round % 3 == 0 ? alphabet[(seed >> 16) % sizeof alphabet] : (char)(seed >> 16);
        }
        for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
            struct charset_text decoded = charset_decode(NULL, labels[i], bytes, length);
            ck_assert(utf8_is_valid(decoded.text, decoded.length));
            ck_assert_uint_eq(strlen(decoded.text), decoded.length);
            ck_assert_uint_le(decoded.length, 3 * length + 16);
            talloc_free(decoded.text);
        }
    }
}
END_TEST

static Suite *charset_suite(void)
{
    Suite *suite = suite_create("mail/charset");
    TCase *cases = tcase_create("charset");
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, charsets_are_decoded);
    tcase_add_test(cases, nothing_fails);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(charset_suite())
