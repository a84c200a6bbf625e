/* mail/charset: labels, dialects, lies and broken bytes. */
#include <openssl/evp.h>

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
    unit_check_vectors("mail/charset-standard.jsonl", check_charset);
}
END_TEST

/* Every pair of an encoding, each decoded by itself; the digest is that of what another implementation of the standard gives. */
static const struct table {
    const char *label;
    const char *before;
    unsigned leads[2];
    unsigned trails[2];
    const char *sha256;
} tables[] = {
    {"shift_jis", "", {0x81, 0xFC}, {0x40, 0xFC}, "19d85c3d3dd0b52ab7cff399db022dc44a061ccc10b877bc62802e706aa45499"},
    {"euc-jp", "", {0x8E, 0xFE}, {0xA0, 0xFF}, "ebca392324454e8887effa5d5f1e5700df78e3e52dec4d215a9032fdd9b2f175"},
    {"euc-jp", "\x8F", {0xA1, 0xFE}, {0xA0, 0xFF}, "a36154acf3aaa81bb24f0abb69d100238f9e229a03bc309092ff13f221480770"},
    {"iso-2022-jp", "\x1B$B", {0x21, 0x7E}, {0x20, 0x7F}, "b8b43cc8eab1cf0adc836fc71505a76cba6dea7e86e670bb3a4daa1793d4d7b4"},
};

START_TEST(tables_are_the_standard_s)
{
    const struct table *table = &tables[_i];
    char bytes[8] = "";
    size_t before = strlen(table->before);
    memcpy(bytes, table->before, before);
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    ck_assert_int_eq(EVP_DigestInit_ex(hash, EVP_sha256(), NULL), 1);
    for (unsigned lead = table->leads[0]; lead <= table->leads[1]; lead++)
        for (unsigned trail = table->trails[0]; trail <= table->trails[1]; trail++) {
            bytes[before] = (char)lead;
            bytes[before + 1] = (char)trail;
            struct charset_text decoded = charset_decode(NULL, table->label, bytes, before + 2);
            EVP_DigestUpdate(hash, decoded.text, decoded.length);
            talloc_free(decoded.text);
        }
    unsigned char digest[32];
    EVP_DigestFinal_ex(hash, digest, NULL);
    EVP_MD_CTX_free(hash);
    for (size_t i = 0; i < sizeof digest; i++) {
        char hex[3];
        snprintf(hex, sizeof hex, "%02x", digest[i]);
        ck_assert_msg(memcmp(hex, table->sha256 + 2 * i, 2) == 0, "%s: another digest", table->label);
    }
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
    tcase_add_loop_test(cases, tables_are_the_standard_s, 0, sizeof tables / sizeof *tables);
    tcase_add_test(cases, nothing_fails);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(charset_suite())
