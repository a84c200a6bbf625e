/* mail/html: HTML as people's programs write it, and as nobody should. */
#include <libxml/parser.h>

#include "base/limits.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "mail/charset.h"
#include "mail/html.h"
#include "test_mail_case.h"
#include "unit.h"

static bool check_html(json_t *entry)
{
    char *html = memory_copy_text(NULL, case_text(entry, "html"));
    bool is_cut;
    char *text = html_to_text(NULL, html, strlen(html), &is_cut);
    bool is_right = case_is(entry, "text", text) && !is_cut;
    talloc_free(text);
    return is_right;
}

START_TEST(html_is_read_aloud)
{
    unit_check_vectors("mail/html.jsonl", check_html);
}
END_TEST

static char *repeat(const char *text, int times)
{
    char *repeated = memory_check(talloc_size(NULL, strlen(text) * (size_t)times + 1));
    for (int i = 0; i < times; i++)
        memcpy(repeated + strlen(text) * (size_t)i, text, strlen(text) + 1);
    return repeated;
}

START_TEST(hostile_html_costs_little)
{
    static const char *const patterns[] = {"<div>",
                                           "<blockquote>",
                                           "<td>",
                                           "<table><tr><td>",
                                           "<a href=http://x>",
                                           "<p class='a' ",
                                           "<o:p>",
                                           "&nbsp;",
                                           "<b a b c d e f ",
                                           "<",
                                           "&#",
                                           "<!--",
                                           "</div>",
                                           "<li>",
                                           "\xE2",
                                           "<pre>\n"};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        char *html = repeat(patterns[i], unit_rounds(40000));
        bool is_cut;
        char *text = html_to_text(NULL, html, strlen(html), &is_cut);
        ck_assert_uint_le(strlen(text), LIMIT_TEXT_BYTES);
        talloc_free(text);
    }
}
END_TEST

/* Quadratic in libxml2: 60,000 attributes of one tag take 17 s without the fence. */
START_TEST(attributes_are_fenced)
{
    char *attributes = repeat(" a=1", unit_rounds(100000));
    char *html = memory_format(NULL, "<p%s>hello</p>", attributes);
    bool is_cut;
    char *text = html_to_text(NULL, html, strlen(html), &is_cut);
    ck_assert_str_ne(text, "");
    talloc_free(text);
    talloc_free(attributes);
}
END_TEST

START_TEST(what_is_too_long_is_cut_and_said)
{
    char *html = repeat("あ。<br>", LIMIT_HTML_BYTES / 10 + 10);
    bool is_cut;
    char *text = html_to_text(NULL, html, strlen(html), &is_cut);
    ck_assert(is_cut);
    ck_assert(utf8_is_valid(text, strlen(text)));
    talloc_free(text);
}
END_TEST

/* The parser is handed its input in pieces (of 4,000 bytes, as it happens): nothing may be read otherwise for lying across two. */
START_TEST(pieces_do_not_show)
{
    static const char tail[] = "<p>&#12354;&amp;&lt;b&gt; \xE4\xBC\x9A\xE8\xAD\xB0</p><!-- a > b --><blockquote type=\"cite\">quoted<br>twice"
                               "</blockquote><script>if (a < b) x();</script><ul><li>one<li>two</ul>"
                               "<a href=\"http://example.org/?a=1&amp;b=2\">link</a><table><tr><td>1<td>2</table>";
    bool is_cut;
    char *alone = html_to_text(NULL, memory_copy_text(NULL, tail), sizeof tail - 1, &is_cut);
    for (int pad = 3500; pad < 4100; pad += unit_step()) {
        char *before = repeat("x", pad);
        char *html = memory_format(before, "<p>%s</p>%s", before, tail);
        char *text = html_to_text(before, html, strlen(html), &is_cut);
        size_t length = strlen(text);
        ck_assert_uint_ge(length, strlen(alone));
        ck_assert_str_eq(text + length - strlen(alone), alone);
        talloc_free(before);
    }
    talloc_free(alone);
}
END_TEST

static Suite *html_suite(void)
{
    Suite *suite = suite_create("mail/html");
    TCase *cases = tcase_create("html");
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, html_is_read_aloud);
    tcase_add_test(cases, hostile_html_costs_little);
    tcase_add_test(cases, attributes_are_fenced);
    tcase_add_test(cases, what_is_too_long_is_cut_and_said);
    tcase_add_test(cases, pieces_do_not_show);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(html_suite())
