/* Attendance as one question among others: read as in a poll that asks for nothing else. */
#include <string.h>

#include "base/memory.h"
#include "poll/form_words.h"

void form_read_attendance(struct form_response *response, const char *passage)
{
    static const struct when any = {.all_day = true};
    struct answer_question question = {.choices = &any, .choice_count = 1, .kind = ANSWER_ATTENDANCE};
    struct answer *answer = answer_read(response, &question, passage);
    if (answer->marks[0].mark == MARK_NONE) {
        form_doubt(response, passage);
        return;
    }
    response->mark = answer->marks[0].mark;
    response->verdict = answer->verdict == ANSWER_INFERRED ? ANSWER_INFERRED : ANSWER_OK;
    char *said = text_fold_key(response, passage);
    char *comment = text_fold_key(response, answer->comment);
    if (answer->marks[0].note)
        response->comment = answer->marks[0].note;
    else if (strcmp(said, comment) != 0) /* the answer itself is no remark on it */
        response->comment = answer->comment;
}
