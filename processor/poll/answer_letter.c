/* The subject as the last place where an answer may stand: see answer_read_letter() in answer.h. */
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "poll/answer.h"

/* Mail programs put the answer to a calendar's or a voting mail's question in front: "Accepted: …", "承諾: …". */
static const struct {
    const char *word;
    enum mark mark;
} responses[] = {
    {"accepted", MARK_YES}, {"accept", MARK_YES},     {"承諾", MARK_YES}, {"承諾済み", MARK_YES}, {"tentative", MARK_MAYBE},
    {"仮承諾", MARK_MAYBE}, {"仮の予定", MARK_MAYBE}, {"declined", MARK_NO}, {"decline", MARK_NO}, {"辞退", MARK_NO},
    {"辞退済み", MARK_NO},
};

/* How many bytes at the start are this person's: what follows is "Re:" or our own subject. */
static size_t own_length(const char *subject)
{
    static const char *const ours[] = {"re:", "re：", "fw:", "fwd:", "aw:", "【"};
    size_t length = strlen(subject);
    for (size_t at = 0; at < length; at++)
        for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
            if (strncasecmp(subject + at, ours[i], strlen(ours[i])) == 0)
                return at;
    return length;
}

static enum mark response_mark(const char *own)
{
    for (size_t i = 0; i < sizeof responses / sizeof *responses; i++) {
        size_t length = strlen(responses[i].word);
        const char *rest = own + length;
        bool is_word = strncasecmp(own, responses[i].word, length) == 0;
        if (is_word && (strncmp(rest, ":", 1) == 0 || strncmp(rest, "：", strlen("：")) == 0))
            return responses[i].mark;
    }
    return MARK_NONE;
}

static struct answer *read_subject(const void *context, const struct answer_question *question, const char *subject)
{
    char *own = memory_copy_bytes(context, subject, own_length(subject));
    enum mark response = question->choice_count == 1 ? response_mark(own) : MARK_NONE;
    size_t colon = strcspn(own, ":");
    if (own[colon] && !own[colon + 1 + strspn(own + colon + 1, " ")])
        own[colon] = '\0'; /* "○: " of a voting mail */
    struct answer *answer = answer_read(context, question, response == MARK_NONE ? own : mark_symbol(response));
    for (size_t i = 0; i < question->choice_count; i++) {
        answer->marks[i].inferred = answer->marks[i].mark != MARK_NONE;
        if (answer->marks[i].evidence)
            answer->marks[i].evidence = memory_copy_text(answer->marks, subject);
    }
    answer->comment = memory_copy_text(answer, "");
    return answer;
}

struct answer *answer_read_letter(const void *context, const struct answer_question *question, const char *subject,
                                  const char *text)
{
    struct answer *answer = answer_read(context, question, text);
    if (answer->verdict != ANSWER_NONE)
        return answer;
    struct answer *other = read_subject(context, question, subject);
    if (other->verdict != ANSWER_OK && other->verdict != ANSWER_INFERRED)
        return answer;
    other->verdict = ANSWER_INFERRED;
    return other;
}
