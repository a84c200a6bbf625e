/* poll/answer_attendance: who comes, out of prose (tests/vectors/poll/attendance.jsonl). */
#include <string.h>

#include "base/memory.h"
#include "poll/answer.h"
#include "poll/answer_attendance.h"
#include "text/fold.h"
#include "unit.h"

static const struct when tuesday = {.start = {2025, 12, 23, 12, 0}};

static struct answer *read_reply(const void *context, const char *reply)
{
    struct answer_question question = {
        .choices = &tuesday, .choice_count = 1, .now = {2025, 12, 18, 10, 0}, .kind = ANSWER_ATTENDANCE};
    return answer_read(context, &question, reply);
}

static bool check_reply(json_t *entry)
{
    void *context = talloc_new(NULL);
    const char *reply = json_string_value(json_object_get(entry, "reply"));
    const char *note = json_string_value(json_object_get(entry, "note"));
    enum mark mark = mark_from_name(json_string_value(json_object_get(entry, "mark")));
    struct answer *answer = read_reply(context, reply);
    bool asks = answer->verdict == ANSWER_ASK;
    bool right = answer->marks[0].mark == mark && asks == json_is_true(json_object_get(entry, "ask")) &&
                 (mark == MARK_NONE || answer->marks[0].evidence) &&
                 (!note || (answer->marks[0].note && strcmp(answer->marks[0].note, note) == 0));
    if (!right)
        fprintf(stderr, "%s: %s (%s)\n", reply, mark_symbol(answer->marks[0].mark),
                answer->marks[0].note ? answer->marks[0].note : "no note");
    talloc_free(context);
    return right;
}

START_TEST(replies_say_who_comes)
{
    unit_check_vectors("poll/attendance.jsonl", check_reply);
}
END_TEST

START_TEST(what_stands_around_does_not_matter)
{
    static const char *const replies[] = {"参加します。", "欠席します。", "行けたら行きます。", "30分ほど遅れます。"};
    static const char *const frames[][2] = {
        {"お疲れさまです。山田です。\n\n", "\n\nよろしくお願いいたします。\n"},
        {"", "\n\n2025/12/20 13:00、山田 <yamada@example.ac.jp>のメール:\n> 火曜の出欠を教えてください。\n> 佐藤: 欠席します。\n"},
        {"", "\n-- \n佐藤 花子\n出席係 03-1234-5678\n"},
        {"> 火曜の参加者を募集します。\n> 参加・不参加をご返信ください。\n\n", "\n"},
    };
    void *context = talloc_new(NULL);
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++)
        for (size_t j = 0; j < sizeof frames / sizeof *frames; j++) {
            char *framed = memory_format(context, "%s%s%s", frames[j][0], replies[i], frames[j][1]);
            ck_assert_msg(read_reply(context, framed)->marks[0].mark == read_reply(context, replies[i])->marks[0].mark,
                          "%s", framed);
        }
    talloc_free(context);
}
END_TEST

START_TEST(words_are_sorted_and_folded)
{
    size_t count;
    const struct answer_word *words = attendance_words(&count);
    for (size_t i = 0; i < count; i++) {
        struct folded *folded = text_fold(NULL, words[i].text, strlen(words[i].text));
        ck_assert_str_eq(folded->text, words[i].text);
        ck_assert_msg(i == 0 || strcmp(words[i - 1].text, words[i].text) < 0, "%s", words[i].text);
        talloc_free(folded);
    }
}
END_TEST

static Suite *attendance_suite(void)
{
    Suite *suite = suite_create("attendance");
    TCase *cases = tcase_create("attendance");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, replies_say_who_comes);
    tcase_add_test(cases, what_stands_around_does_not_matter);
    tcase_add_test(cases, words_are_sorted_and_folded);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(attendance_suite())
