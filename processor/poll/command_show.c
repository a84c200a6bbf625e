/* Commands that change nothing: status, result, help. */
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "poll/command_list.h"
#include "poll/csv.h"
#include "poll/result.h"
#include "store/answer.h"
#include "text/fold.h"
#include "text/value.h"
#include "text/when.h"

enum { SOURCE_LINES = 20 };

bool command_show_status(struct commanding *commanding, const char *arguments, struct error **error)
{
    (void)arguments;
    if (commanding->has_shown)
        return command_tell(commanding, "shown_above", NULL);
    commanding->has_shown = true;
    json_t *view = result_view(commanding->office, commanding->poll, commanding->language,
                               commanding->poll->state == POLL_OPEN, error);
    return view && command_tell(commanding, commanding->poll->is_form ? "form_status" : "status", view);
}

static bool asks_for_detail(const char *arguments)
{
    static const char *const words[] = {"詳細", "(詳細)", "詳しく", "detail", "details", "(detail)", "full"};
    char *key = text_fold_key(NULL, arguments);
    bool asks = false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        asks = asks || strcmp(key, words[i]) == 0;
    talloc_free(key);
    return asks;
}

/* What every answer was: who, when, how it was understood, and the words it was read from. */
struct answer_list {
    const char *language;
    json_t *list;
};

static void add_answer(void *closure, const struct past_answer *answer)
{
    struct answer_list *answers = closure;
    void *context = talloc_new(NULL);
    char *name = view_person_name(context, answer->name, answer->address);
    struct civil received = clock_to_civil(answer->received_at);
    json_t *entry = json_pack(
        "{s:s, s:s, s:b, s:b, s:b, s:b, s:b, s:s}", "name", name, "received",
        when_format_point(context, answers->language, received, received.year), "late", answer->is_late, "held",
        strcmp(answer->verdict, "held") == 0, "not_understood",
        strcmp(answer->verdict, "ask") == 0 || strcmp(answer->verdict, "none") == 0, "withdrawn",
        strcmp(answer->verdict, "withdraw") == 0, "proxy", strcmp(answer->verdict, "proxy") == 0, "words",
        view_quote(context, answer->source, SOURCE_LINES));
    json_array_append_new(answers->list, view_check(entry));
    talloc_free(context);
}

bool command_show_result(struct commanding *commanding, const char *arguments, struct error **error)
{
    if (!command_show_status(commanding, arguments, error))
        return false;
    if (!asks_for_detail(arguments))
        return true;
    if (commanding->poll->options.is_anonymous)
        return command_tell(commanding, "not_anonymously", NULL);
    struct answer_list answers = {commanding->language, json_array()};
    bool done = store_visit_answers(commanding->office->store, commanding->poll->id, add_answer, &answers, error);
    if (!done) {
        json_decref(answers.list);
        return false;
    }
    return command_tell(commanding, "detail", json_pack("{s:o}", "answers", answers.list));
}

bool command_show_csv(struct commanding *commanding, const char *arguments, struct error **error)
{
    (void)arguments;
    talloc_free(commanding->csv);
    commanding->csv = csv_write(commanding->poll, commanding->office, commanding->poll, commanding->language, error);
    return commanding->csv && command_tell(commanding, "csv", NULL);
}

bool command_show_help(struct commanding *commanding, const char *arguments, struct error **error)
{
    (void)arguments;
    (void)error;
    return command_tell(commanding, "help", NULL);
}
