/* How many lines of dates a second one core reads, and how long a text of a megabyte takes. Prints; asserts nothing. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "text/when_text.h"

enum { ROUNDS = 100000, MEGABYTE = 1000 * 1000 };

static const struct when_context about = {.now = {2025, 12, 18, 10, 0}, .zone = 540};

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void read_many(const char *name, const char *const *lines, size_t count)
{
    double start = seconds();
    for (size_t i = 0; i < ROUNDS; i++)
        talloc_free(when_read_text(NULL, lines[i % count], &about));
    printf("%s: %.0f lines/s\n", name, ROUNDS / (seconds() - start));
}

static void read_large(const char *name, const char *line)
{
    struct buffer *text = buffer_new(NULL, MEGABYTE + 1000);
    while (text->length < MEGABYTE)
        buffer_add_text(text, line);
    double start = seconds();
    struct when_result *result = when_read_text(NULL, text->bytes, &about);
    printf("1 MB of %s: %.1f ms, %zu dates\n", name, (seconds() - start) * 1e3, result->count);
    talloc_free(result);
    talloc_free(text);
}

int main(void)
{
    static const char *const candidates[] = {"1月15日(木) 13:00〜15:00", "1/15(木)13時-15時", "Thu 15 Jan 1-3pm",
                                             "・1/15・16・19 13:00-15:00", "2026-01-15 13:00-15:00"};
    static const char *const sentences[] = {"会議は1月15日(木)の午後3時から行います。", "来週の金曜日にお会いしましょう。",
                                            "We meet next Tuesday at 3pm in room 301.",
                                            "8月10日に行われた試合の結果をお送りします。",
                                            "お世話になっております。山田です。"};
    read_many("candidates", candidates, sizeof candidates / sizeof *candidates);
    read_many("sentences", sentences, sizeof sentences / sizeof *sentences);
    read_large("Japanese prose", "先日の議事録をお送りしますので、内容をご確認ください。\n");
    read_large("English prose", "Please find the minutes of the last meeting below and have a look.\n");
    read_large("one line", "先日の議事録をお送りしますので、内容をご確認ください。");
    read_large("candidates", "・1月15日(木) 13:00〜15:00\n");
    read_large("dates", "会議は1月15日(木)の午後3時から行います。\n");
    return 0;
}
