/* Commands that end a poll: the decision, and calling it off. */
#include <string.h>

#include "base/memory.h"
#include "poll/command_list.h"
#include "poll/decide.h"
#include "text/fold.h"

/* Takes the word off with which an organiser insists: 「3 それでも」. */
static bool take_insistence(char *text)
{
    static const char *const words[] = {"それでも", "それでもお願いします", "承知のうえ", "承知の上", "承知のうえで", "承知の上で", "anyway"};
    size_t length = strlen(text);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t width = strlen(words[i]);
        if (length <= width || strcmp(text + length - width, words[i]) != 0)
            continue;
        length -= width;
        while (length && text[length - 1] == ' ')
            length--;
        text[length] = '\0';
        return true;
    }
    return false;
}

/* The number that 「確定 3」「3番に」「3でお願いします」 name; 0: it is not one number and nothing else. */
static long read_choice(const char *arguments, bool *insists)
{
    static const char *const tails[] = {"", "に", "で", "を", "です", "とします", "に決定", "で確定", "で決定"};
    char *text = text_fold_key(NULL, arguments);
    size_t length;
    *insists = take_insistence(text);
    long number = command_read_number(text, &length);
    bool ends = false;
    for (size_t i = 0; number && i < sizeof tails / sizeof *tails; i++)
        ends = ends || strcmp(text + length + strspn(text + length, " "), tails[i]) == 0;
    talloc_free(text);
    return ends ? number : 0;
}

bool command_tell_decision(struct commanding *commanding, int number, bool insists, struct error **error)
{
    struct wish wish = {number, insists, commanding->language};
    json_t *report;
    if (!decide_choice(commanding->office, commanding->poll, &wish, &report, error))
        return false;
    if (!json_is_true(json_object_get(report, "is_doubtful")))
        commanding->poll->state = POLL_CLOSED;
    return command_tell(commanding, "decided", report);
}

bool command_decide(struct commanding *commanding, const char *arguments, struct error **error)
{
    const struct choice *choice = NULL;
    bool insists;
    long number = read_choice(arguments, &insists);
    if (!number)
        return command_tell(commanding, "which_choice", NULL);
    if (!command_find_choice(commanding, number, &choice, error))
        return false;
    return !choice || command_tell_decision(commanding, choice->number, insists, error);
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
