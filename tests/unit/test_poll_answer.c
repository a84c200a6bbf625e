/* poll/answer: what replies to a date poll mean (tests/vectors/poll/replies.jsonl), and what must never change it. */
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "poll/answer.h"
#include "poll/answer_words.h"
#include "text/fold.h"
#include "unit.h"

enum { CHOICES = 5 };

static const char ballot[] = "○△× を番号順に並べて、このメールに返信してください(1行で結構です)。\n"
                             "  ○=参加できる  △=未定・条件つき  ×=参加できない   締切: 12月25日(木) 17:00\n"
                             "  書き方の見本(候補が6つのとき):  ○×△○○×\n"
                             "  ことばでも受け付けます:  見本「全部OK」「9以外OK」「31日は午後のみ」\n"
                             "\n"
                             "〔1〕 1月15日(木) 13:00-15:00   [    ]\n"
                             "〔2〕 1月16日(金) 10:00-12:00   [    ]\n"
                             "〔3〕 1月19日(月) 13:00-15:00   [    ]\n"
                             "〔4〕 1月20日(火) 10:00-12:00   [    ]\n"
                             "〔5〕 1月20日(火) 15:00-17:00   [    ]\n"
                             "\n"
                             "宛先: 山田 佐藤(必須) 鈴木(必須) 田中 ほか12名\n"
                             "回答の変更: もう一度返信するだけです(最後の返信が有効)。\n"
                             "整理番号 K7Q2-013-9F3A2C (この行は消さないでください)\n";

static struct when slot(int day, int start, int end)
{
    return (struct when){.start = {2026, 1, day, start, 0}, .end = {2026, 1, day, end, 0}, .has_end = true};
}

static void fill_choices(struct when choices[CHOICES])
{
    choices[0] = slot(15, 13, 15);
    choices[1] = slot(16, 10, 12);
    choices[2] = slot(19, 13, 15);
    choices[3] = slot(20, 10, 12);
    choices[4] = slot(20, 15, 17);
}

static struct answer *read_reply(const void *context, const char *reply)
{
    struct when choices[CHOICES];
    fill_choices(choices);
    struct answer_question question = {choices, CHOICES, ballot, NULL, {2025, 12, 18, 10, 0}, NULL, ANSWER_DATES, false, NULL};
    return answer_read(context, &question, reply);
}

/* The poll of that name in tests/vectors/poll/polls.json: a choice is [month, day] or [month, day, from, to] with hours
 * and minutes. */
static struct answer_question named_poll(const void *context, const char *name)
{
    json_t *polls = json_load_file("tests/vectors/poll/polls.json", 0, NULL);
    json_t *poll = json_object_get(polls, name);
    ck_assert_msg(poll != NULL, "polls.json holds no poll %s", name);
    size_t count = json_array_size(json_object_get(poll, "choices"));
    struct when *choices = memory_array(context, struct when, count);
    struct answer_question question = {.choices = choices, .choice_count = count};
    question.ballot = memory_copy_text(context, json_string_value(json_object_get(poll, "ballot")));
    int now[5] = {0};
    for (size_t i = 0; i < 5; i++)
        now[i] = (int)json_integer_value(json_array_get(json_object_get(poll, "now"), i));
    question.now = (struct civil){now[0], now[1], now[2], now[3], now[4]};
    size_t i;
    json_t *entry;
    json_array_foreach(json_object_get(poll, "choices"), i, entry)
    {
        int part[6] = {0};
        for (size_t j = 0; j < json_array_size(entry) && j < 6; j++)
            part[j] = (int)json_integer_value(json_array_get(entry, j));
        bool all_day = json_array_size(entry) == 2;
        choices[i] = (struct when){.start = {2026, part[0], part[1], part[2], part[3]}, .all_day = all_day};
        choices[i].has_end = !all_day;
        if (!all_day)
            choices[i].end = (struct civil){2026, part[0], part[1], part[4], part[5]};
    }
    json_decref(polls);
    return question;
}

static const char *verdict_name(enum answer_verdict verdict)
{
    static const char *const names[] = {"ok", "inferred", "ask", "none", "withdraw", "defer", "confirm"};
    return names[verdict];
}

static char *marks_text(const void *context, const struct answer *answer, size_t count)
{
    struct buffer *text = buffer_new(context, 1000);
    for (size_t i = 0; i < count; i++)
        buffer_add_text(text, mark_symbol(answer->marks[i].mark));
    return buffer_take(text, context);
}

static char *proposal_text(const void *context, const struct answer *answer, size_t count)
{
    struct buffer *text = buffer_new(context, 1000);
    for (size_t i = 0; answer->proposal && i < count; i++)
        buffer_add_text(text, mark_symbol(answer->proposal[i]));
    return buffer_take(text, context);
}

static bool is_inferred(json_t *entry, size_t choice)
{
    size_t i;
    json_t *number;
    json_array_foreach(json_object_get(entry, "inferred"), i,
                       number) if (json_integer_value(number) == (int)choice + 1) return true;
    return false;
}

static bool same_text(const char *id, const char *what, const char *expected, const char *found)
{
    if (!expected || (found && strcmp(expected, found) == 0))
        return true;
    fprintf(stderr, "%s: %s should be %s, is %s\n", id, what, expected, found ? found : "nothing");
    return false;
}

/* A reply that is not understood yet is asked about, and no mark recorded meanwhile is a wrong one. */
static bool harms(const char *id, const struct answer *answer, const char *expected)
{
    static const char lead_bytes[] = "\xC3\xE2\xE3"; /* × has two bytes, the other symbols three */
    for (size_t i = 0; *expected; i++, expected += strcspn(expected + 1, lead_bytes) + 1) {
        const char *symbol = mark_symbol(answer->marks[i].mark);
        if (answer->marks[i].mark != MARK_NONE && strncmp(symbol, expected, strlen(symbol)) != 0) {
            fprintf(stderr, "%s: choice %zu is recorded wrongly as %s\n", id, i + 1, symbol);
            return true;
        }
    }
    return false;
}

static bool check_reply(json_t *entry)
{
    void *context = talloc_new(NULL);
    const char *id = json_string_value(json_object_get(entry, "id"));
    const char *reply = json_string_value(json_object_get(entry, "reply"));
    bool later = json_object_get(entry, "later") != NULL;
    const char *poll = json_string_value(json_object_get(entry, "poll"));
    struct answer_question question = {.choice_count = CHOICES};
    if (poll)
        question = named_poll(context, poll);
    struct answer *answer = poll ? answer_read(context, &question, reply) : read_reply(context, reply);
    size_t count = question.choice_count;
    const char *verdict = later ? "ask" : json_string_value(json_object_get(entry, "verdict"));
    bool right = same_text(id, "verdict", verdict, verdict_name(answer->verdict));
    if (later)
        right &= !harms(id, answer, json_string_value(json_object_get(entry, "marks")));
    if (!later) {
        right &= same_text(id, "marks", json_string_value(json_object_get(entry, "marks")),
                           marks_text(context, answer, count));
        right &= same_text(id, "proposal", json_string_value(json_object_get(entry, "proposal")),
                           proposal_text(context, answer, count));
        for (size_t i = 0; i < count; i++) {
            bool inferred = answer->verdict == ANSWER_INFERRED && answer->marks[i].inferred;
            if (inferred != is_inferred(entry, i)) {
                fprintf(stderr, "%s: choice %zu is %sinferred\n", id, i + 1, inferred ? "" : "not ");
                right = false;
            }
        }
    }
    const char *number;
    json_t *note;
    json_object_foreach(json_object_get(entry, "notes"), number, note)
        right &= same_text(id, "note", json_string_value(note), answer->marks[atoi(number) - 1].note);
    if (!right)
        fprintf(stderr, "%s: %s\n", id, reply);
    talloc_free(context);
    return right;
}

START_TEST(replies_mean_what_they_say)
{
    unit_check_vectors("poll/replies.jsonl", check_reply);
}
END_TEST

/* ----- what must never change a reading ----- */

static const char *const plain_replies[] = {
    "○×△○○",
    "1○ 2× 3△ 4○ 5○",
    "1,4,5○ 2× 3△",
    "全部OKです",
    "2以外大丈夫です",
    "15日(木)は無理です。他は調整可能",
    "上2つは×、残りは○",
    "1と3のみ可",
    "○:1,3 ×:2,4,5",
    "Only 1 and 3 work for me",
    "午後なら大丈夫です",
    "1/15 OK、1/16 NG、1/19 OK",
};

enum { PLAIN_REPLIES = sizeof plain_replies / sizeof *plain_replies };

static bool reads_alike(const void *context, const char *a, const char *b)
{
    struct answer *first = read_reply(context, a);
    struct answer *second = read_reply(context, b);
    bool alike = first->verdict == second->verdict &&
                 strcmp(marks_text(context, first, CHOICES), marks_text(context, second, CHOICES)) == 0;
    if (!alike)
        fprintf(stderr, "%s (%s) and %s (%s) are read differently\n", a, verdict_name(first->verdict), b,
                verdict_name(second->verdict));
    return alike;
}

/* ASCII as full-width forms. */
static char *widen(const void *context, const char *text)
{
    struct buffer *wide = buffer_new(context, 10000);
    for (; *text; text++) {
        if (*text > ' ' && *text < 0x7F)
            buffer_add_code_point(wide, (unsigned)*text - '!' + 0xFF01);
        else
            buffer_add_byte(wide, *text);
    }
    return buffer_take(wide, context);
}

static char *replace(const void *context, const char *text, const char *old, const char *new)
{
    struct buffer *changed = buffer_new(context, 10000);
    while (*text) {
        if (strncmp(text, old, strlen(old)) == 0) {
            buffer_add_text(changed, new);
            text += strlen(old);
        } else {
            buffer_add_byte(changed, *text++);
        }
    }
    return buffer_take(changed, context);
}

START_TEST(spelling_does_not_change_a_reading)
{
    static const char *const twins[][2] = {{"○", "◯"},  {"○", "⭕\xEF\xB8\x8F"},
                                           {"○", "〇"}, {"×", "✕"},
                                           {"×", "❌"},  {"△", "▲"},
                                           {" ", "　"}, {"、", "､"},
                                           {"。", "｡"}, {" ", "  "},
                                           {"○", "○ "}, {"、", "、\n"}};
    void *context = talloc_new(NULL);
    for (size_t i = 0; i < PLAIN_REPLIES; i++) {
        ck_assert(reads_alike(context, plain_replies[i], widen(context, plain_replies[i])));
        for (size_t j = 0; j < sizeof twins / sizeof *twins; j++)
            ck_assert(
                reads_alike(context, plain_replies[i], replace(context, plain_replies[i], twins[j][0], twins[j][1])));
    }
    talloc_free(context);
}
END_TEST

START_TEST(courtesy_does_not_change_a_reading)
{
    static const char *const frames[][2] = {
        {"お疲れさまです。山田です。\n", "\nよろしくお願いいたします。"},
        {"Hi all,\n\n", "\n\nBest regards,\nTom"},
        {"", "\n\n-- \n佐藤\nTEL 03-1234-5678 (内線1234)\n"},
        {"", "\n\niPhoneから送信\n"},
        {"遅くなりました。\n\n", "\n"},
        {"", "\n\n2026/01/10 13:00、山田 <yamada@example.ac.jp>のメール:\n> 〔1〕 1月15日(木) 13:00-15:00   [    ]\n"},
    };
    void *context = talloc_new(NULL);
    for (size_t i = 0; i < PLAIN_REPLIES; i++)
        for (size_t j = 0; j < sizeof frames / sizeof *frames; j++)
            ck_assert(reads_alike(context, plain_replies[i],
                                  memory_format(context, "%s%s%s", frames[j][0], plain_replies[i], frames[j][1])));
    talloc_free(context);
}
END_TEST

/* What was said by date follows the date, wherever it stands in the list. */
START_TEST(shuffling_the_choices_permutes_the_reading)
{
    static const char *const replies[] = {"15日は○、16日は×、19日は△", "火曜以外OK",       "午後なら大丈夫です",
                                          "1/20 午前NG 午後OK",        "16日まで出張です", "Thu OK, Fri no"};
    static const size_t order[CHOICES] = {3, 0, 4, 2, 1};
    void *context = talloc_new(NULL);
    struct when choices[CHOICES];
    struct when shuffled[CHOICES];
    fill_choices(choices);
    for (size_t i = 0; i < CHOICES; i++)
        shuffled[i] = choices[order[i]];
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
        struct answer_question question = {choices, CHOICES, NULL, NULL, {2025, 12, 18, 10, 0}, NULL, ANSWER_DATES, false, NULL};
        struct answer *straight = answer_read(context, &question, replies[i]);
        question.choices = shuffled;
        struct answer *permuted = answer_read(context, &question, replies[i]);
        ck_assert_int_eq(straight->verdict, permuted->verdict);
        for (size_t j = 0; j < CHOICES; j++)
            ck_assert_msg(permuted->marks[j].mark == straight->marks[order[j]].mark, "%s, choice %zu", replies[i],
                          j + 1);
    }
    talloc_free(context);
}
END_TEST

/* Whatever is cut off, what remains is never read as a mark that the whole denies, unless the whole was asked about. */
START_TEST(any_prefix_is_read_without_harm)
{
    void *context = talloc_new(NULL);
    for (size_t i = 0; i < PLAIN_REPLIES; i++)
        for (size_t length = 0; length <= strlen(plain_replies[i]); length++) {
            char *prefix = memory_copy_bytes(context, plain_replies[i], length);
            struct answer *answer = read_reply(context, prefix);
            for (size_t j = 0; j < CHOICES; j++)
                ck_assert(answer->marks[j].mark == MARK_NONE || answer->marks[j].evidence);
        }
    talloc_free(context);
}
END_TEST

START_TEST(evidence_and_comments_are_verbatim)
{
    void *context = talloc_new(NULL);
    struct answer *answer = read_reply(context, "お疲れさまです。\n１○、２ ✕(別の会議のため)\n会場はどこでしょうか？");
    ck_assert_str_eq(answer->marks[0].evidence, "１○");
    ck_assert_ptr_null(answer->marks[2].evidence);
    ck_assert_ptr_nonnull(strstr(answer->comment, "会場はどこでしょうか？"));
    ck_assert_ptr_nonnull(strstr(answer->comment, "お疲れさまです。"));
    answer = read_reply(context, "1○ 2×\n夕方からなら3も行けます。");
    ck_assert_int_eq(answer->verdict, ANSWER_ASK);
    ck_assert_uint_eq(talloc_array_length(answer->unclear), 1);
    ck_assert_str_eq(answer->unclear[0], "夕方からなら3も行けます。");
    talloc_free(context);
}
END_TEST

START_TEST(one_choice_needs_no_number)
{
    static const struct {
        const char *reply;
        enum answer_verdict verdict;
        enum mark mark;
    } cases[] = {
        {"○", ANSWER_OK, MARK_YES},          {"参加します", ANSWER_OK, MARK_YES},
        {"欠席です", ANSWER_OK, MARK_NO},    {"未定です", ANSWER_OK, MARK_MAYBE},
        {"はい", ANSWER_CONFIRM, MARK_NONE}, {"OK", ANSWER_CONFIRM, MARK_NONE},
        {"了解です", ANSWER_ASK, MARK_NONE}, {"結構です", ANSWER_ASK, MARK_NONE},
        {"行けません", ANSWER_OK, MARK_NO},  {"参加しますか？", ANSWER_ASK, MARK_NONE},
    };
    void *context = talloc_new(NULL);
    struct when choice = slot(15, 13, 15);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct answer_question question = {&choice, 1, NULL, NULL, {2025, 12, 18, 10, 0}, NULL, ANSWER_DATES, false, NULL};
        struct answer *answer = answer_read(context, &question, cases[i].reply);
        ck_assert_msg(answer->verdict == cases[i].verdict, "%s: %s", cases[i].reply, verdict_name(answer->verdict));
        ck_assert_int_eq(answer->marks[0].mark, cases[i].mark);
    }
    talloc_free(context);
}
END_TEST

START_TEST(many_choices_are_read)
{
    enum { MANY = 60 };
    void *context = talloc_new(NULL);
    struct when choices[MANY];
    struct buffer *reply = buffer_new(context, 1000);
    for (int i = 0; i < MANY; i++) {
        choices[i] = slot(1 + i % 30, 9 + i / 30, 10 + i / 30);
        buffer_add_text(reply, i % 3 ? "○" : "×");
    }
    struct answer_question question = {choices, MANY, NULL, NULL, {2025, 12, 18, 10, 0}, NULL, ANSWER_DATES, false, NULL};
    struct answer *answer = answer_read(context, &question, reply->bytes);
    ck_assert_int_eq(answer->verdict, ANSWER_OK);
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(answer->marks[i].mark, i % 3 ? MARK_YES : MARK_NO);
    answer = answer_read(context, &question, "60以外○");
    ck_assert_int_eq(answer->marks[MANY - 1].mark, MARK_NO);
    ck_assert_int_eq(answer->marks[0].mark, MARK_YES);
    talloc_free(context);
}
END_TEST

/* The poll asks for 〔1〕 〔3〕 〔4〕 〔7〕: the others were dropped, and nobody is called by their numbers. */
START_TEST(numbers_may_have_gaps)
{
    static const int numbers[] = {1, 3, 4, 7};
    static const struct {
        const char *reply;
        const char *marks;
    } cases[] = {
        {"○×△○", "○×△○"},     {"3○", "・○・・"},           {"1○ 3× 4△ 7○", "○×△○"},
        {"4以外OK", "○○×○"},    {"2○", "・・・・"},          {"1-4は○、7は×", "○○○×"},
        {"5×", "・・・・"},     {"〔7〕 ○", "・・・○"},      {"最後だけ×、ほかは○", "○○○×"},
        {"3番は無理です", "・×・・"},
    };
    void *context = talloc_new(NULL);
    struct when choices[] = {slot(15, 13, 15), slot(19, 13, 15), slot(20, 10, 12), slot(21, 10, 12)};
    struct answer_question question = {choices, 4, NULL, NULL, {2025, 12, 18, 10, 0}, numbers, ANSWER_DATES, false, NULL};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct answer *answer = answer_read(context, &question, cases[i].reply);
        char *marks = memory_copy_text(context, "");
        for (size_t j = 0; j < question.choice_count; j++)
            marks = memory_format(context, "%s%s", marks, mark_symbol(answer->marks[j].mark));
        ck_assert_msg(strcmp(marks, cases[i].marks) == 0, "%s: %s", cases[i].reply, marks);
    }
    talloc_free(context);
}
END_TEST

/* Floods of what the rules look for: they end soon, and no mark comes of them. */
START_TEST(floods_are_survived)
{
    static const char *const drops[] = {"(",    "1、",    "○",      "○\n",  "1○",       "2×\n",
                                        "なら", "、後日", "ですが", "以外", "1と",      "> 〔1〕 1月15日(木)\n",
                                        "?",    " ",      "\n",     "全部", "だめなら", "\xF0\x9F",
                                        "a"};
    enum { FLOOD_BYTES = 200 * 1000 };
    void *context = talloc_new(NULL);
    for (size_t i = 0; i < sizeof drops / sizeof *drops; i++) {
        struct buffer *flood = buffer_new(context, FLOOD_BYTES + 100);
        while (flood->length < FLOOD_BYTES)
            buffer_add_text(flood, drops[i]);
        struct answer *answer = read_reply(context, flood->bytes);
        ck_assert_int_ne(answer->verdict, ANSWER_INFERRED);
        talloc_free(answer);
    }
    talloc_free(context);
}
END_TEST

static void check_dictionary(const struct answer_word *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *key = text_fold_key(NULL, words[i].text);
        ck_assert_str_eq(words[i].text, key);
        talloc_free(key);
        ck_assert_msg(i == 0 || strcmp(words[i - 1].text, words[i].text) < 0, "%s is out of order", words[i].text);
        size_t length;
        ck_assert_ptr_eq(answer_word_find(words[i].text, &length), &words[i]);
    }
}

START_TEST(dictionaries_are_sorted_and_folded)
{
    size_t count;
    const struct answer_word *words = answer_words_latin(&count);
    check_dictionary(words, count);
    words = answer_words_other(&count);
    check_dictionary(words, count);
}
END_TEST

START_TEST(marks_have_names)
{
    for (enum mark mark = MARK_YES; mark <= MARK_NO; mark++)
        ck_assert_int_eq(mark_from_name(mark_name(mark)), mark);
    ck_assert_int_eq(mark_from_name("perhaps"), MARK_NONE);
    ck_assert_int_eq(mark_from_name(NULL), MARK_NONE);
    ck_assert_str_eq(mark_symbol(MARK_NONE), "・");
}
END_TEST

START_TEST(courtesy_is_told_from_what_matters)
{
    static const char *const courtesies[] = {"", "よろしくお願いします。", "お疲れさまです。\nよろしくお願いいたします",
                                             "Thanks!"};
    static const char *const matters[] = {"オンラインでも参加できますか", "30分ほど遅れます",
                                          "よろしく。資料は別途送ります", "The room is too small"};
    for (size_t i = 0; i < sizeof courtesies / sizeof *courtesies; i++)
        ck_assert_msg(answer_is_courtesy(courtesies[i]), "%s", courtesies[i]);
    for (size_t i = 0; i < sizeof matters / sizeof *matters; i++)
        ck_assert_msg(!answer_is_courtesy(matters[i]), "%s", matters[i]);
}
END_TEST

static Suite *answer_suite(void)
{
    Suite *suite = suite_create("answer");
    TCase *cases = tcase_create("answer");
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, courtesy_is_told_from_what_matters);
    tcase_add_test(cases, replies_mean_what_they_say);
    tcase_add_test(cases, spelling_does_not_change_a_reading);
    tcase_add_test(cases, courtesy_does_not_change_a_reading);
    tcase_add_test(cases, shuffling_the_choices_permutes_the_reading);
    tcase_add_test(cases, any_prefix_is_read_without_harm);
    tcase_add_test(cases, evidence_and_comments_are_verbatim);
    tcase_add_test(cases, one_choice_needs_no_number);
    tcase_add_test(cases, many_choices_are_read);
    tcase_add_test(cases, numbers_may_have_gaps);
    tcase_add_test(cases, floods_are_survived);
    tcase_add_test(cases, dictionaries_are_sorted_and_folded);
    tcase_add_test(cases, marks_have_names);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(answer_suite())
