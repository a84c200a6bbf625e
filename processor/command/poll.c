/* kairan poll list|show|export|open|remind|close|decide|cancel: polls from the shell. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "command/command.h"
#include "poll/ballot.h"
#include "poll/csv.h"
#include "poll/decide.h"
#include "poll/open.h"
#include "poll/result.h"
#include "poll/view.h"
#include "store/poll.h"

/* What a word of `kairan poll` is given: the instance and, for all but list, the poll. */
struct request {
    struct office *office;
    const struct poll *poll;
    const char *argument; /* what stands behind the code, or NULL */
    const struct command_options *options;
};

static json_t *view_list_entry(const struct poll *poll)
{
    void *context = talloc_new(NULL);
    struct civil deadline = clock_to_civil(poll->deadline);
    json_t *entry = json_pack("{s:s, s:s, s:s, s:s, s:i, s:i}", "code", poll->code, "state", poll_state_name(poll->state),
                              "title", poll->title, "deadline",
                              when_format_short(context, command_language(), deadline), "invited", (int)poll->invited,
                              "waiting", (int)poll->waiting);
    talloc_free(context);
    return memory_check(entry);
}

static bool list_polls(struct request *request, struct error **error)
{
    struct office *office = request->office;
    json_t *list = json_array();
    int64_t *ids = store_list_polls(office, office->store, error);
    bool done = ids != NULL;
    for (size_t i = 0; done && i < memory_count(ids); i++) {
        struct poll *poll = store_load_poll(office, office->store, ids[i], error);
        done = poll != NULL;
        if (done)
            json_array_append_new(list, view_list_entry(poll));
        talloc_free(poll);
    }
    if (!done) {
        json_decref(list);
        return false;
    }
    return command_print(office->templates, "poll-list.txt", json_pack("{s:o}", "polls", list), request->options->json,
                         error);
}

static bool show_poll(struct request *request, struct error **error)
{
    struct office *office = request->office;
    json_t *view = result_view(office, request->poll, command_language(), request->poll->state != POLL_CLOSED, error);
    if (!view)
        return false;
    json_object_set_new(view, "state", json_string(poll_state_name(request->poll->state)));
    const char *template = request->poll->is_form ? "form-result-body.txt" : "result-body.txt";
    return command_print(office->templates, template, view, request->options->json, error);
}

static bool export_json(struct request *request, struct error **error)
{
    struct office *office = request->office;
    struct config whole = *office->config; /* a file has room for everybody */
    whole.table_rows = LONG_MAX;
    whole.names_shown = LONG_MAX;
    struct office roomy = *office;
    roomy.config = &whole;
    json_t *view = result_view(&roomy, request->poll, command_language(), false, error);
    return view && command_print(NULL, NULL, view, true, error);
}

static bool export_poll(struct request *request, struct error **error)
{
    if (request->options->json)
        return export_json(request, error);
    char *text = csv_write(request->office, request->office, request->poll, command_language(), error);
    return text && ((fputs(text, stdout) >= 0 && fflush(stdout) == 0) || error_set_errno(error, "cannot print"));
}

static bool open_poll(struct request *request, struct error **error)
{
    return poll_open(request->office, request->poll, error);
}

static bool remind_poll(struct request *request, struct error **error)
{
    long queued;
    if (request->poll->state != POLL_OPEN)
        return error_set(error, ERROR_REFUSED, "the poll %s is %s, only an open one has somebody to remind",
                         request->poll->code, poll_state_name(request->poll->state));
    if (!ballot_queue_all(request->office, request->poll, true, &queued, error))
        return false;
    printf("%ld\n", queued);
    return true;
}

static bool close_poll(struct request *request, struct error **error)
{
    return result_close_poll(request->office, request->poll, error);
}

static bool decide_poll(struct request *request, struct error **error)
{
    char *end;
    json_t *report;
    long number = strtol(request->argument, &end, 10);
    if (end == request->argument || *end || number < 1 || number > INT_MAX)
        return error_set(error, ERROR_REFUSED, "\"%s\" is not the number of a choice", request->argument);
    struct wish wish = {(int)number, request->options->anyway, command_language()};
    if (!decide_choice(request->office, request->poll, &wish, &report, error))
        return false;
    bool is_doubtful = json_is_true(json_object_get(report, "is_doubtful"));
    return command_print(request->office->templates, "decide.txt", report, request->options->json, error) &&
           (!is_doubtful || error_set(error, ERROR_REFUSED, "nothing was decided; with --anyway it is"));
}

static bool cancel_poll(struct request *request, struct error **error)
{
    long mails;
    return decide_cancel(request->office, request->poll, &mails, error);
}

static const struct {
    const char *word;
    bool (*run)(struct request *request, struct error **error);
    bool writes;
    int arguments; /* the code of a poll, and what is told about it */
} words[] = {
    {"list", list_polls, false, 0},  {"show", show_poll, false, 1},    {"export", export_poll, false, 1},
    {"open", open_poll, true, 1},    {"remind", remind_poll, true, 1}, {"close", close_poll, true, 1},
    {"decide", decide_poll, true, 2}, {"cancel", cancel_poll, true, 1},
};

/* A command that writes is one transaction; the mails it queues go out with the next post. */
static bool run_word(size_t index, struct request *request, const char *code, struct error **error)
{
    struct office *office = request->office;
    struct poll *poll = NULL;
    if (words[index].writes && !store_begin(office->store, error))
        return false;
    bool done = !words[index].arguments || store_find_poll(office, office->store, code, &poll, error);
    if (done && words[index].arguments && !poll)
        done = error_set(error, ERROR_REFUSED, "there is no poll %s (kairan poll list shows all)", code);
    request->poll = poll;
    done = done && words[index].run(request, error);
    if (words[index].writes && done)
        done = store_commit(office->store, error);
    if (words[index].writes && !done)
        store_rollback(office->store);
    return done;
}

int command_poll(int argc, char *argv[])
{
    struct command_options options;
    int status = COMMAND_DONE;
    struct error *error = NULL;
    if (!command_read_options(argc, argv, (const char *const[]){"json", "anyway", NULL}, &options, &status))
        return status;
    const char *word = options.first < argc ? argv[options.first] : "";
    size_t index = 0;
    size_t count = sizeof words / sizeof *words;
    while (index < count && strcmp(words[index].word, word) != 0)
        index++;
    bool is_known = index < count && (!options.anyway || words[index].run == decide_poll);
    if (!is_known || argc - options.first != 1 + words[index].arguments) {
        fprintf(stderr, "usage: kairan poll list | show CODE | export CODE | open CODE | remind CODE | close CODE"
                        " | decide [--anyway] CODE NUMBER | cancel CODE\n");
        return COMMAND_USAGE;
    }
    void *context = talloc_new(NULL);
    struct request request = {.options = &options};
    request.argument = words[index].arguments > 1 ? argv[options.first + 2] : NULL;
    request.office = command_open(context, &options, words[index].writes, &error);
    if (!request.office || !run_word(index, &request, argv[options.first + 1], &error))
        status = command_fail(&error);
    talloc_free(context);
    return status;
}
