/* Commands that end a poll: the decision, and calling it off. */
#include <string.h>

#include "base/memory.h"
#include "poll/command_list.h"
#include "poll/decide.h"
#include "text/fold.h"

/* The number that 「確定 3」「3番に」「3でお願いします」 name; 0: it is not one number and nothing else. */
static long read_choice(const char *arguments)
{
    static const char *const tails[] = {"", "に", "で", "を", "です", "とします", "に決定", "で確定", "で決定"};
    char *text = text_fold_key(NULL, arguments);
    size_t length;
    long number = command_read_number(text, &length);
    bool ends = false;
    for (size_t i = 0; number && i < sizeof tails / sizeof *tails; i++)
        ends = ends || strcmp(text + length + strspn(text + length, " "), tails[i]) == 0;
    talloc_free(text);
    return ends ? number : 0;
}

bool command_tell_decision(struct commanding *commanding, int number, struct error **error)
{
    json_t *report;
    if (!decide_choice(commanding->office, commanding->poll, number, commanding->language, &report, error))
        return false;
    commanding->poll->state = POLL_CLOSED;
    return command_tell(commanding, "decided", report);
}

bool command_decide(struct commanding *commanding, const char *arguments, struct error **error)
{
    const struct choice *choice = NULL;
    long number = read_choice(arguments);
    if (!number)
        return command_tell(commanding, "which_choice", NULL);
    if (!command_find_choice(commanding, number, &choice, error))
        return false;
    return !choice || command_tell_decision(commanding, choice->number, error);
}

bool command_cancel(struct commanding *commanding, const char *arguments, struct error **error)
{
    long mails;
    if (*arguments) /* 「中止 3」 is no calling off of everything */
        return command_tell(commanding, "needs_nothing", NULL);
    if (!decide_cancel(commanding->office, commanding->poll, &mails, error))
        return false;
    commanding->poll->state = POLL_CANCELLED;
    return command_tell(commanding, "cancelled", json_pack("{s:o}", "mails", mails ? json_integer(mails) : json_null()));
}
