/* The question of a poll: see question.h. Whoever changes a poll has it forgotten. */
#include "poll/question.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "poll/ballot.h"
#include "poll/form_poll.h"
#include "poll/view.h"

enum { QUESTIONS_KEPT = 16 };

struct kept_question {
    int64_t poll_id;
    int edition;
    const char *language;
    struct question question;
};

struct question_cache {
    struct kept_question *places[QUESTIONS_KEPT];
    size_t next; /* the place that is given up for a new one */
};

static int forget_views(struct kept_question *kept)
{
    json_decref(kept->question.view);
    json_decref(kept->question.cells);
    return 0;
}

/* Every choice with every mark it can have. */
static json_t *view_cells(json_t *choices)
{
    static const enum mark marks[] = {MARK_NONE, MARK_YES, MARK_BEST, MARK_MAYBE, MARK_NO}; /* by their numbers */
    json_t *cells = json_array();
    size_t index;
    json_t *choice;
    json_array_foreach(choices, index, choice)
    {
        json_t *row = json_array();
        for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
            json_t *cell = view_mark(marks[i]);
            json_object_set(cell, "n", json_object_get(choice, "n"));
            json_object_set(cell, "label", json_object_get(choice, "label"));
            json_object_set_new(cell, "inferred", json_false());
            json_object_set_new(cell, "note", json_null());
            json_object_set_new(cell, "before", json_null());
            json_array_append_new(row, cell);
        }
        json_array_append_new(cells, row);
    }
    return cells;
}

static struct kept_question *make_question(struct office *office, const struct poll *poll, const char *language,
                                           struct error **error)
{
    struct kept_question *kept = memory_new(office->questions, struct kept_question);
    talloc_set_destructor(kept, forget_views);
    char *ballot = store_load_ballots(kept, office->store, poll->id, language, error);
    char *organiser = ballot ? ballot_organiser(kept, office, poll, error) : NULL;
    if (!organiser) {
        talloc_free(kept);
        return NULL;
    }
    kept->poll_id = poll->id;
    kept->edition = poll->edition;
    kept->language = memory_copy_text(kept, language);
    struct answer_question *asked = &kept->question.asked;
    *asked = (struct answer_question){
        .choices = poll_list_whens(kept, poll), .numbers = poll_list_numbers(kept, poll),
        .choice_count = poll->choice_count, .ballot = ballot, .almanac = office->almanac};
    asked->prepared = answer_prepare(kept, asked);
    if (poll->is_form)
        kept->question.form = form_of_poll(kept, poll, ballot);
    kept->question.view = view_poll(poll, organiser, language);
    kept->question.cells = view_cells(json_object_get(kept->question.view, "choices"));
    return kept;
}

const struct question *question_find(struct office *office, const struct poll *poll, const char *language,
                                     struct error **error)
{
    if (!office->questions)
        office->questions = memory_new(office, struct question_cache);
    struct question_cache *cache = office->questions;
    for (size_t i = 0; i < QUESTIONS_KEPT; i++) {
        const struct kept_question *kept = cache->places[i];
        if (kept && kept->poll_id == poll->id && kept->edition == poll->edition && strcmp(kept->language, language) == 0)
            return &kept->question;
    }
    struct kept_question *made = make_question(office, poll, language, error);
    if (!made)
        return NULL;
    talloc_free(cache->places[cache->next]);
    cache->places[cache->next] = made;
    cache->next = (cache->next + 1) % QUESTIONS_KEPT;
    return &made->question;
}

void question_forget(struct office *office, const struct poll *poll)
{
    struct question_cache *cache = office->questions;
    for (size_t i = 0; cache && i < QUESTIONS_KEPT; i++)
        if (cache->places[i] && cache->places[i]->poll_id == poll->id)
            TALLOC_FREE(cache->places[i]);
}

json_t *question_view_marks(const struct question *question, const enum mark *marks)
{
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(question->cells); i++)
        json_array_append(list, json_array_get(json_array_get(question->cells, i), marks[i]));
    return list;
}

/* The length of the reference, or of the same one of another edition, at the start of a text; 0: it is none. */
static size_t whole_length(const char *text, const char *reference)
{
    const char *token = strrchr(reference, '-');
    const char *number = strchr(reference, '-') + 1;
    size_t head = (size_t)(number - reference) + strcspn(number, "-") + 1;
    if (strncasecmp(text, reference, head) != 0)
        return 0;
    size_t digits = strspn(text + head, "0123456789");
    size_t edition = digits && text[head + digits] == '-' ? digits + 1 : 0;
    size_t length = strlen(token + 1);
    return strncasecmp(text + head + edition, token + 1, length) == 0 ? head + edition + length : 0;
}

/*
 * How much of `from` is the reference or, as a word of its own or in brackets, the bare code in front of it. Both begin
 * with a letter: "n3a4" must not be read as 3×.
 */
static size_t reference_length(const char *from, const char *reference, bool begins_word)
{
    bool is_bracketed = *from == '[';
    const char *word = from + is_bracketed;
    if (*word != *reference && *word != (*reference ^ 0x20))
        return 0;
    size_t length = is_bracketed ? 0 : whole_length(word, reference);
    if (length)
        return length;
    size_t code = strcspn(reference, "-");
    if (!begins_word || strncasecmp(word, reference, code) != 0)
        return 0;
    char next = word[code];
    if (is_bracketed)
        return next == ']' ? code + 2 : 0;
    return isalnum((unsigned char)next) || next == '-' ? 0 : code;
}

char *question_drop_reference(const void *context, const char *text, const char *reference)
{
    const char begins[] = {'[', *reference, (char)(*reference ^ 0x20), '\0'}; /* a letter, as every code begins with one */
    char *copy = memory_copy_text(context, text);
    char *to = copy;
    for (const char *from = copy; *from;) {
        size_t plain = strcspn(from, begins);
        memmove(to, from, plain);
        to += plain;
        from += plain;
        bool begins_word = to == copy || !isalnum((unsigned char)to[-1]);
        size_t length = reference_length(from, reference, begins_word);
        if (length)
            from += length;
        else if (*from)
            *to++ = *from++;
    }
    *to = '\0';
    return copy;
}
