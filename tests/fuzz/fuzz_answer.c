/*
 * Replies understood: the first line picks what is asked, the rest is the reply. Every mark has its evidence, which stands
 * in the reply as it was written, and so does what was unclear; nothing is inferred of nothing.
 *
 * Seeds: poll/replies.jsonl why reply; poll/attendance.jsonl why reply; mail/replies.jsonl why text
 */
#include <string.h>

#include "base/memory.h"
#include "fuzz.h"
#include "poll/answer.h"

enum { CHOICES = 5 };

static const char ballot[] = "〔1〕 1月15日(木) 13:00-15:00   [    ]\n"
                             "〔2〕 1月16日(金) 10:00-12:00   [    ]\n"
                             "〔3〕 1月19日(月) 13:00-15:00   [    ]\n"
                             "〔4〕 1月20日(火) 10:00-12:00   [    ]\n"
                             "〔5〕 1月20日(火) 15:00-17:00   [    ]\n";

static struct when slot(int day, int start, int end)
{
    return (struct when){.start = {2026, 1, day, start, 0}, .end = {2026, 1, day, end, 0}, .has_end = true};
}

void fuzz_one(const void *context, const char *bytes, size_t length)
{
    const struct when choices[CHOICES] = {slot(15, 13, 15), slot(16, 10, 12), slot(19, 13, 15), slot(20, 10, 12),
                                          slot(20, 15, 17)};
    char *first = fuzz_take_line(context, &bytes, &length);
    char *text = fuzz_text(context, bytes, length);
    bool is_attendance = *first == 'a';
    struct answer_question question = {.choices = choices,
                                       .choice_count = is_attendance ? 1 : CHOICES,
                                       .ballot = *first == 'n' ? NULL : ballot,
                                       .now = {2025, 12, 18, 10, 0},
                                       .kind = is_attendance ? ANSWER_ATTENDANCE : ANSWER_DATES};
    struct answer *answer = answer_read(context, &question, text);
    for (size_t i = 0; i < question.choice_count; i++) {
        const struct answer_mark *mark = &answer->marks[i];
        FUZZ_DEMAND(mark->mark >= MARK_NONE && mark->mark <= MARK_NO);
        FUZZ_DEMAND(mark->mark == MARK_NONE || mark->evidence);
        FUZZ_DEMAND(!mark->evidence || fuzz_is_text(mark->evidence));
        FUZZ_DEMAND(mark->mark != MARK_NONE || !mark->inferred);
    }
    for (size_t i = 0; i < memory_count(answer->unclear); i++)
        FUZZ_DEMAND(fuzz_is_text(answer->unclear[i]));
    FUZZ_DEMAND(fuzz_is_text(answer->comment));
}
