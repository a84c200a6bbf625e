/* kairan note list|show|search: notes from the shell. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "command/command.h"
#include "note/draft.h"
#include "note/fetch.h"
#include "note/find.h"
#include "note/view.h"
#include "store/note.h"

enum { MOST_LISTED = 1000, MOST_FOUND = 1000, WORDS_BYTES = 4096 };

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

static const struct {
    const char *word;
    bool (*run)(struct request *request, struct error **error);
    int least; /* words behind it */
    int most;
} words[] = {
    {"list", list_notes, 0, 0},
    {"show", show_note, 1, 1},
    {"search", search_notes, 1, 1000},
};

int command_note(int argc, char *argv[])
{
    struct command_options options;
    int status = COMMAND_DONE;
    struct error *error = NULL;
    if (!command_read_options(argc, argv, (const char *const[]){"json", NULL}, &options, &status))
        return status;
    const char *word = options.first < argc ? argv[options.first] : "";
    int given = argc - options.first - 1;
    size_t index = 0;
    size_t count = sizeof words / sizeof *words;
    while (index < count && strcmp(words[index].word, word) != 0)
        index++;
    if (index == count || given < words[index].least || given > words[index].most) {
        fprintf(stderr, "usage: kairan note list | show N12 | search WORDS…\n");
        return COMMAND_USAGE;
    }
    void *context = talloc_new(NULL);
    struct request request = {.options = &options, .words = argv + options.first + 1, .count = given};
    request.office = command_open(context, &options, false, &error);
    if (!request.office || !words[index].run(&request, &error))
        status = command_fail(&error);
    talloc_free(context);
    return status;
}
