/* kairan note list|show|search|export|import: notes from the shell. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "command/command.h"
#include "job/import.h"
#include "note/archive.h"
#include "note/draft.h"
#include "note/export.h"
#include "note/fetch.h"
#include "note/find.h"
#include "note/view.h"
#include "store/note.h"

enum { MOST_LISTED = 1000, MOST_FOUND = 100, WORDS_BYTES = 4096 };

/* What a word of `kairan note` is given: the instance, and what stands behind the word. */
struct request {
    struct office *office;
    const struct command_options *options;
    char **words; /* `count` of them */
    int count;
};

static bool list_notes(struct request *request, struct error **error)
{
    struct office *office = request->office;
    struct note *notes = store_list_notes(office, office->store, MOST_LISTED, error);
    if (!notes)
        return false;
    json_t *list = json_array();
    for (size_t i = 0; i < memory_count(notes); i++)
        json_array_append_new(list, note_view(&notes[i], NULL));
    return command_print(office->templates, "note-list.txt", json_pack("{s:o}", "notes", list), request->options->json,
                         error);
}

static bool show_note(struct request *request, struct error **error)
{
    struct office *office = request->office;
    int64_t id = note_draft_read_id(request->words[0]);
    struct note *note = NULL;
    if (id && !store_find_note(office, office->store, id, &note, error))
        return false;
    if (!note || note->is_withdrawn)
        return error_set(error, ERROR_REFUSED, "there is no note %s (kairan note list shows them)", request->words[0]);
    json_t *view = fetch_view(office, note, error);
    return view && command_print(office->templates, "note-text.txt", view, request->options->json, error);
}

static bool search_notes(struct request *request, struct error **error)
{
    struct office *office = request->office;
    struct buffer *words = buffer_new(office, WORDS_BYTES);
    for (int i = 0; i < request->count; i++) {
        if (i)
            buffer_add_byte(words, ' ');
        buffer_add_text(words, request->words[i]);
    }
    struct find_query *query = find_read_query(office, words->bytes, clock_to_civil(office->now));
    if (words->overflowed || (!memory_count(query->search.terms) && !query->search.since))
        return error_set(error, ERROR_REFUSED, "there are no words to search for, or too many");
    json_t *view = find_view(office, words->bytes, query, MOST_FOUND, error);
    return view && command_print(office->templates, "note-hits.txt", view, request->options->json, error);
}

static bool export_notes(struct request *request, struct error **error)
{
    struct office *office = request->office;
    const char *form = request->words[0];
    const char *path = request->words[1];
    const char *language = request->options->language ? request->options->language : office->config->language;
    int64_t count = 0;
    bool done;
    if (strcmp(form, "maildir") == 0)
        done = export_maildir(office, path, &count, error);
    else if (strcmp(form, "mbox") == 0)
        done = export_mbox(office, path, &count, error);
    else if (strcmp(form, "html") == 0)
        done = archive_write(office, path, language, &count, error);
    else
        return error_set(error, ERROR_REFUSED, "notes are exported as maildir, mbox or html, not as \"%s\"", form);
    return done && command_print(office->templates, "note-exported.txt",
                                 json_pack("{s:I, s:s}", "count", (json_int_t)count, "path", path),
                                 request->options->json, error);
}

/* What was counted until trouble came is told, too: it is in. */
static bool import_notes(struct request *request, struct error **error)
{
    struct office *office = request->office;
    struct import_counts counts = {0};
    struct error *printing = NULL;
    bool done = true;
    for (int i = 0; done && i < request->count; i++)
        done = import_run(office, request->words[i], &counts, error);
    json_t *view = json_pack("{s:I, s:I, s:I, s:I, s:I}", "notes", (json_int_t)counts.notes, "comments",
                             (json_int_t)counts.comments, "known", (json_int_t)counts.known, "skipped",
                             (json_int_t)counts.skipped, "refused", (json_int_t)counts.refused);
    bool printed = command_print(office->templates, "note-imported.txt", view, request->options->json, &printing);
    if (done && !printed)
        *error = printing;
    else
        error_free(&printing);
    if (done && printed && counts.refused)
        return error_set(error, ERROR_REFUSED, "%lld mails were not taken in; the reasons stand above", (long long)counts.refused);
    return done && printed;
}

static const struct {
    const char *word;
    bool (*run)(struct request *request, struct error **error);
    int least; /* words behind it */
    int most;
    bool writes;
} words[] = {
    {"list", list_notes, 0, 0, false},     {"show", show_note, 1, 1, false},     {"search", search_notes, 1, 1000, false},
    {"export", export_notes, 2, 2, false}, {"import", import_notes, 1, 1000, true},
};

int command_note(int argc, char *argv[])
{
    struct command_options options;
    int status = COMMAND_DONE;
    struct error *error = NULL;
    if (!command_read_options(argc, argv, (const char *const[]){"json", "lang", NULL}, &options, &status))
        return status;
    const char *word = options.first < argc ? argv[options.first] : "";
    int given = argc - options.first - 1;
    size_t index = 0;
    size_t count = sizeof words / sizeof *words;
    while (index < count && strcmp(words[index].word, word) != 0)
        index++;
    if (index == count || given < words[index].least || given > words[index].most) {
        fprintf(stderr, "usage: kairan note list | show N12 | search WORDS… | export maildir|mbox|html PATH | import PATH…\n");
        return COMMAND_USAGE;
    }
    void *context = talloc_new(NULL);
    struct request request = {.options = &options, .words = argv + options.first + 1, .count = given};
    request.office = command_open(context, &options, words[index].writes, &error);
    if (!request.office || !words[index].run(&request, &error))
        status = command_fail(&error);
    talloc_free(context);
    return status;
}
