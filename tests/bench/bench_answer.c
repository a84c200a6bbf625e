/* How many answers a second one core understands, and how long one reply of a megabyte takes. Prints; asserts nothing.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "poll/answer.h"
#include "poll/form.h"

enum { CHOICES = 5, ROUNDS = 20000, MEGABYTE = 1000 * 1000 };

static const char ballot[] = "○△× を番号順に並べて、このメールに返信してください(1行で結構です)。\n"
                             "  書き方の見本(候補が6つのとき):  ○×△○○×\n\n"
                             "〔1〕 1月15日(木) 13:00-15:00   [    ]\n"
                             "〔2〕 1月16日(金) 10:00-12:00   [    ]\n"
                             "〔3〕 1月19日(月) 13:00-15:00   [    ]\n"
                             "〔4〕 1月20日(火) 10:00-12:00   [    ]\n"
                             "〔5〕 1月20日(火) 15:00-17:00   [    ]\n";

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct when slot(int day, int start, int end)
{
    return (struct when){.start = {2026, 1, day, start, 0}, .end = {2026, 1, day, end, 0}, .has_end = true};
}

static void read_many(const struct answer_question *question)
{
    static const char *const replies[] = {
        "○×△○○",
        "1○ 2× 3△ 4○ 5○\nよろしくお願いします。",
        "お疲れさまです。山田です。\n2以外大丈夫です。\n\n-- \n山田\nTEL 03-1234-5678",
        "15日(木)は無理です。他は調整可能",
        "Only 1 and 3 work for me. Best regards, Tom",
        ("全部OKです\n\n2026/01/10 13:00、山田 <y@example.ac.jp>のメール:\n> 〔1〕 1月15日(木) 13:00-15:00   [    ]\n"
         "> 〔2〕 1月16日(金) 10:00-12:00   [    ]\n> 〔3〕 1月19日(月) 13:00-15:00   [    ]\n"),
    };
    double start = seconds();
    for (size_t i = 0; i < ROUNDS; i++)
        talloc_free(answer_read(NULL, question, replies[i % (sizeof replies / sizeof *replies)]));
    printf("answers: %.0f/s\n", ROUNDS / (seconds() - start));
}

static void read_large(const struct answer_question *question, const char *name, const char *line)
{
    struct buffer *text = buffer_new(NULL, MEGABYTE + 1000);
    buffer_add_text(text, "○×△○○\n\n");
    while (text->length < MEGABYTE)
        buffer_add_text(text, line);
    double start = seconds();
    talloc_free(answer_read(NULL, question, text->bytes));
    printf("1 MB of %s: %.1f ms\n", name, (seconds() - start) * 1e3);
    talloc_free(text);
}

/* Responses to the questions of a questionnaire, of every kind by turns. */
static void read_kinds(void)
{
    static const struct form_choice choices[] = {
        {.label = "春"}, {.label = "夏"}, {.label = "秋"}, {.label = "その他", .is_other = true}};
    static const struct {
        enum form_kind kind;
        const char *text;
    } responses[] = {
        {FORM_SINGLE, "2番でお願いします"},          {FORM_MULTIPLE, "1と3、その他(梅雨の前)"},
        {FORM_SCALE, "4です。説明が速かったです。"}, {FORM_NUMBER, "3人です"},
        {FORM_RANKING, "秋 > 春 > 夏 > その他"},     {FORM_TEXT, "会議室に時計がほしいです。"},
    };
    enum { KINDS = sizeof responses / sizeof *responses };
    struct form_question questions[KINDS];
    void *context = talloc_new(NULL);
    for (size_t i = 0; i < KINDS; i++) {
        questions[i] = (struct form_question){.kind = responses[i].kind,
                                              .choices = choices,
                                              .choice_count = 4,
                                              .has_low = true,
                                              .low = 1,
                                              .has_high = true,
                                              .high = 5,
                                              .unit = "人"};
        if (responses[i].kind == FORM_SCALE)
            questions[i].choice_count = 0;
        form_prepare(context, &questions[i]);
    }
    double start = seconds();
    for (size_t i = 0; i < ROUNDS; i++)
        talloc_free(form_read_response(NULL, &questions[i % KINDS], responses[i % KINDS].text));
    printf("responses to questions of every kind: %.0f/s\n", ROUNDS / (seconds() - start));
    talloc_free(context);
}

int main(void)
{
    struct when choices[CHOICES] = {slot(15, 13, 15), slot(16, 10, 12), slot(19, 13, 15), slot(20, 10, 12),
                                    slot(20, 15, 17)};
    struct answer_question question = {choices, CHOICES, ballot, NULL, {2025, 12, 18, 10, 0}, NULL, ANSWER_DATES, false, NULL};
    read_many(&question);
    read_kinds();
    read_large(&question, "quotes", "> 先日の議事録をお送りしますので、内容をご確認ください。\n");
    read_large(&question, "prose", "先日の議事録をお送りしますので、内容をご確認ください。\n");
    read_large(&question, "English", "Please find the minutes of the last meeting below and have a look.\n");
    read_large(&question, "statements", "1○ 2× 3は多分大丈夫です\n");
    return 0;
}
