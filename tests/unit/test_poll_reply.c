/* poll/reply: one-word answers of an organiser; a word more, and it is none. */
#include "base/memory.h"
#include "poll/reply.h"
#include "unit.h"

static const struct {
    const char *text;
    enum reply_word word;
} cases[] = {
    {"はい", REPLY_WORD_YES},
    {"はい。\n", REPLY_WORD_YES},
    {"「はい」", REPLY_WORD_YES},
    {"はい、お願いします。", REPLY_WORD_YES},
    {"お疲れ様です。\nはい。\nよろしくお願いいたします。", REPLY_WORD_YES},
    {"ＯＫです！", REPLY_WORD_YES},
    {"OK", REPLY_WORD_YES},
    {"Yes, please.", REPLY_WORD_YES},
    {"YES!\n\nThank you.", REPLY_WORD_YES},
    {"この内容でOKです。", REPLY_WORD_YES},
    {"問題ありません", REPLY_WORD_YES},
    {"中止", REPLY_WORD_CANCEL},
    {"中止してください。", REPLY_WORD_CANCEL},
    {"Cancel, thanks", REPLY_WORD_CANCEL},
    {"キャンセル", REPLY_WORD_CANCEL},
    {"取り消します", REPLY_WORD_CANCEL},
    {"", REPLY_WORD_NONE},
    {"。", REPLY_WORD_NONE},
    {"よろしくお願いします", REPLY_WORD_NONE},
    {"いいえ", REPLY_WORD_NONE},
    {"no", REPLY_WORD_NONE},
    {"はい、ただし3は除いてください", REPLY_WORD_NONE},
    {"はい、中止", REPLY_WORD_NONE},
    {"はいではありません", REPLY_WORD_NONE},
    {"OKではない", REPLY_WORD_NONE},
    {"中止しないでください", REPLY_WORD_NONE},
    {"do not cancel", REPLY_WORD_NONE},
    {"yes but move the deadline", REPLY_WORD_NONE},
    {"はい？", REPLY_WORD_NONE},
    {"OK?", REPLY_WORD_NONE},
    {"1は中止", REPLY_WORD_NONE},
};

START_TEST(one_word_is_read_and_more_is_not)
{
    int wrong = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum reply_word word = reply_read_word(cases[i].text);
        if (word != cases[i].word)
            fprintf(stderr, "\"%s\": expected %d, found %d\n", cases[i].text, cases[i].word, word);
        wrong += word != cases[i].word;
    }
    ck_assert_int_eq(wrong, 0);
}
END_TEST

static Suite *reply_suite(void)
{
    Suite *suite = suite_create("reply");
    TCase *tests = tcase_create("reply");
    tcase_add_test(tests, one_word_is_read_and_more_is_not);
    suite_add_tcase(suite, tests);
    return suite;
}

UNIT_MAIN(reply_suite())
