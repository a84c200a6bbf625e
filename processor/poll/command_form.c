/* Commands about the questions of a form that has not started. */
#include <ctype.h>
#include <string.h>

#include "base/memory.h"
#include "poll/command_list.h"
#include "poll/form_draft.h"
#include "poll/form_edit.h"
#include "store/question.h"
#include "text/fold.h"

/* A line of a question's own goes on below the command. */
bool command_continues(const char *line, bool is_command, bool follows_blank)
{
    return form_draft_is_choice(line) || (!is_command && !follows_blank);
}

static bool tell_question(struct commanding *commanding, const char *effect, long number, const char *text)
{
    return command_tell(commanding, effect, json_pack("{s:I, s:s}", "q", (json_int_t)number, "text", text));
}

static bool tell_refused(struct commanding *commanding, enum form_edit_outcome outcome, long number)
{
    switch (outcome) {
    case FORM_EDIT_NO_QUESTION:
        return command_tell(commanding, "no_such_question", json_pack("{s:I}", "q", (json_int_t)number));
    case FORM_EDIT_TOO_MANY:
        return command_tell(commanding, "too_many_questions", NULL);
    case FORM_EDIT_LAST:
        return command_tell(commanding, "last_question", NULL);
    case FORM_EDIT_UNCLEAR:
    case FORM_EDIT_DONE:
        break;
    }
    return command_tell(commanding, "unclear_question", NULL);
}

/* The questions of the draft become `questions`. */
static bool replace(struct commanding *commanding, struct poll_question *questions, struct error **error)
{
    commanding->poll->questions = questions;
    return command_touch_draft(commanding, error) &&
           store_replace_questions(commanding->office->store, commanding->poll, error);
}

static bool edit(struct commanding *commanding, const char *arguments, const char *effect,
                 enum form_edit_outcome (*change)(const void *context, struct poll_question **questions,
                                                  const char *text, long *number),
                 struct error **error)
{
    struct poll *poll = commanding->poll;
    struct poll_question *questions = poll->questions;
    long number = 0;
    enum form_edit_outcome outcome = change(poll, &questions, arguments, &number);
    if (outcome != FORM_EDIT_DONE)
        return tell_refused(commanding, outcome, number);
    return replace(commanding, questions, error) &&
           tell_question(commanding, effect, number, questions[number - 1].text);
}

/* 「追加 Q3. 時間帯は? (1つ): 午前 / 午後」, its choices as lines below as well. */
bool command_add_question(struct commanding *commanding, const char *arguments, struct error **error)
{
    return edit(commanding, arguments, "question_added", form_edit_add, error);
}

/* 「訂正 Q2 参加人数は? (数値 人)」 */
bool command_fix_question(struct commanding *commanding, const char *arguments, struct error **error)
{
    return edit(commanding, arguments, "question_fixed", form_edit_fix, error);
}

/* 「削除 Q3」 */
bool command_drop_question(struct commanding *commanding, const char *arguments, struct error **error)
{
    struct poll *poll = commanding->poll;
    struct poll_question *questions = poll->questions;
    char *words = memory_format(NULL, "%s ", arguments);
    const char *behind = words;
    long number = form_edit_number(words, &behind);
    bool is_clear = number && !behind[strspn(behind, " \t")];
    talloc_free(words);
    if (!is_clear)
        return command_tell(commanding, "unclear_question", NULL);
    enum form_edit_outcome outcome = form_edit_drop(poll, &questions, number);
    if (outcome != FORM_EDIT_DONE)
        return tell_refused(commanding, outcome, number);
    tell_question(commanding, "question_dropped", number, poll->questions[number - 1].text);
    return replace(commanding, questions, error);
}
