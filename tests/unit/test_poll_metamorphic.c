/*
 * poll/answer, by what must not change a reading and what must turn it round: every reply of the table is written another
 * way (width, blanks, other signs for the same marks, courtesy around it), parts change their order, verbs are negated.
 */
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "poll/answer.h"
#include "unit.h"

enum { CHOICES = 5 };

static struct when slot(int day, int start, int end)
{
    return (struct when){.start = {2026, 1, day, start, 0}, .end = {2026, 1, day, end, 0}, .has_end = true};
}

static struct answer *read_reply(const void *context, const char *reply)
{
    const struct when choices[CHOICES] = {slot(15, 13, 15), slot(16, 10, 12), slot(19, 13, 15), slot(20, 10, 12),
                                          slot(20, 15, 17)};
    struct answer_question question = {choices, CHOICES, NULL, NULL, {2025, 12, 18, 10, 0}, NULL, ANSWER_DATES, false, NULL};
    return answer_read(context, &question, reply);
}

/* The marks as people write them, and "?" behind them when something is asked. */
static char *reading_of(const void *context, const char *reply)
{
    struct answer *answer = read_reply(context, reply);
    char *text = memory_copy_text(context, "");
    for (size_t i = 0; i < CHOICES; i++)
        text = memory_format(context, "%s%s", text, mark_symbol(answer->marks[i].mark));
    bool asks = answer->verdict == ANSWER_ASK || answer->verdict == ANSWER_NONE || answer->verdict == ANSWER_CONFIRM;
    text = memory_format(context, "%s%s", text, asks ? "?" : "");
    talloc_free(answer);
    return text;
}

static char *replace(const void *context, const char *text, const char *old, const char *new)
{
    struct buffer *changed = buffer_new(context, 100000);
    while (*text) {
        bool is_here = strncmp(text, old, strlen(old)) == 0;
        buffer_add(changed, is_here ? new : text, is_here ? strlen(new) : 1);
        text += is_here ? strlen(old) : 1;
    }
    return buffer_take(changed, context);
}

/* All of it in full width, as some people type. */
static char *widen(const void *context, const char *text)
{
    struct buffer *wide = buffer_new(context, 100000);
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == ' ')
            buffer_add_code_point(wide, 0x3000);
        else if (byte > 0x20 && byte < 0x7F)
            buffer_add_code_point(wide, 0xFF01 + byte - 0x21u);
        else
            buffer_add_byte(wide, *text);
    }
    return buffer_take(wide, context);
}

static bool reads_alike(const void *context, const char *reply, const char *other)
{
    char *expected = reading_of(context, reply);
    char *found = reading_of(context, other);
    bool is_alike = strcmp(expected, found) == 0;
    if (!is_alike)
        fprintf(stderr, "%s is %s, but %s is %s\n", reply, expected, other, found);
    return is_alike;
}

/* Structure (quotes, several lines) is told by the signs themselves: only what is said in one line is rewritten. */
static bool is_one_line(const char *reply)
{
    return !strchr(reply, '\n') && *reply != '>' && !strstr(reply, "--") && !strstr(reply, "//");
}

static bool check_rewritten(json_t *entry)
{
    static const char *const twins[][2] = {{"○", "◯"}, {"○", "〇"}, {"×", "✕"},  {"×", "❌"},
                                           {"△", "▲"}, {" ", "  "}, {"、", "､"}, {"。", "｡"}};
    static const char *const frames[][2] = {{"お疲れさまです。山田です。\n", "\nよろしくお願いいたします。"},
                                            {"Hi all,\n\n", "\n\nBest regards,\nTom"}};
    const char *reply = json_string_value(json_object_get(entry, "reply"));
    const char *verdict = json_string_value(json_object_get(entry, "verdict"));
    bool is_plain = verdict && (strcmp(verdict, "ok") == 0 || strcmp(verdict, "inferred") == 0);
    if (!reply || !is_plain || json_object_get(entry, "poll") || json_object_get(entry, "later") || !is_one_line(reply))
        return true;
    void *context = talloc_new(NULL);
    bool right = reads_alike(context, reply, widen(context, reply));
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++)
        right = reads_alike(context, reply, replace(context, reply, twins[i][0], twins[i][1])) && right;
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++)
        right = reads_alike(context, reply, memory_format(context, "%s%s%s", frames[i][0], reply, frames[i][1])) && right;
    talloc_free(context);
    return right;
}

START_TEST(writing_it_another_way_means_the_same)
{
    unit_check_vectors("poll/replies.jsonl", check_rewritten);
}
END_TEST

/* Every order of five parts. */
static void visit_orders(size_t order[CHOICES], size_t fixed, void (*each)(const size_t order[CHOICES]))
{
    if (fixed == CHOICES)
        each(order);
    for (size_t i = fixed; i < CHOICES; i++) {
        size_t first = order[fixed];
        order[fixed] = order[i];
        order[i] = first;
        visit_orders(order, fixed + 1, each);
        order[i] = order[fixed];
        order[fixed] = first;
    }
}

static void check_order(const size_t order[CHOICES])
{
    static const struct {
        const char *parts[CHOICES];
        const char *between;
    } styles[] = {
        {{"1○", "2×", "3△", "4○", "5○"}, " "},
        {{"1は○", "2は×", "3は△", "4は○", "5は○"}, "、"},
        {{"15日は参加できます", "16日は無理です", "19日は未定です", "20日午前は大丈夫です", "20日午後は可能です"}, "。"},
        {{"1: yes", "2: no", "3: maybe", "4: yes", "5: yes"}, "\n"},
        {{"1/15 OK", "1/16 NG", "1/19 微妙", "1/20 10時 OK", "1/20 15時 OK"}, "\n"},
    };
    void *context = talloc_new(NULL);
    for (size_t i = 0; i < sizeof styles / sizeof *styles; i++) {
        char *reply = memory_copy_text(context, styles[i].parts[order[0]]);
        for (size_t j = 1; j < CHOICES; j++)
            reply = memory_format(context, "%s%s%s", reply, styles[i].between, styles[i].parts[order[j]]);
        char *found = reading_of(context, reply);
        ck_assert_msg(strcmp(found, "○×△○○") == 0, "%s is %s", reply, found);
    }
    talloc_free(context);
}

START_TEST(the_order_of_parts_does_not_matter)
{
    size_t order[CHOICES] = {0, 1, 2, 3, 4};
    visit_orders(order, 0, check_order);
}
END_TEST

/* What is said of one choice, and its negation. */
START_TEST(negation_turns_a_mark_round)
{
    static const char *const verbs[][2] = {
        {"%zuは参加できます", "%zuは参加できません"},     {"%zuは出席できます", "%zuは出席できません"},
        {"%zuは行けます", "%zuは行けません"},             {"%zuは大丈夫です", "%zuは大丈夫ではありません"},
        {"%zuは可能です", "%zuは不可能です"},             {"%zuは可", "%zuは不可"},
        {"%zuは都合がつきます", "%zuは都合がつきません"}, {"%zuは空いています", "%zuは空いていません"},
        {"%zuはOKです", "%zuはOKではありません"},         {"%zuは出られます", "%zuは出られません"},
        {"%zuは参加します", "%zuは参加しません"},         {"%zuは参加可能です", "%zuは参加不可です"},
        {"I can make %zu", "I can't make %zu"},           {"%zu works for me", "%zu doesn't work for me"},
        {"%zu is fine", "%zu is not fine"},               {"I am available on %zu", "I am not available on %zu"},
        {"I can attend %zu", "I cannot attend %zu"},      {"%zu is possible", "%zu is impossible"},
    };
    void *context = talloc_new(NULL);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        for (size_t choice = 0; choice < CHOICES; choice++) {
            char number[2] = {(char)('1' + choice), '\0'};
            struct answer *yes = read_reply(context, replace(context, verbs[i][0], "%zu", number));
            struct answer *no = read_reply(context, replace(context, verbs[i][1], "%zu", number));
            ck_assert_msg(yes->marks[choice].mark == MARK_YES, "%s, %zu", verbs[i][0], choice + 1);
            ck_assert_msg(no->marks[choice].mark == MARK_NO, "%s, %zu", verbs[i][1], choice + 1);
        }
    talloc_free(context);
}
END_TEST

static Suite *metamorphic_suite(void)
{
    Suite *suite = suite_create("metamorphic");
    TCase *tests = tcase_create("metamorphic");
    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, writing_it_another_way_means_the_same);
    tcase_add_test(tests, the_order_of_parts_does_not_matter);
    tcase_add_test(tests, negation_turns_a_mark_round);
    suite_add_tcase(suite, tests);
    return suite;
}

UNIT_MAIN(metamorphic_suite())
