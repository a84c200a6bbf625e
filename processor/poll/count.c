/* Counting: see count.h. What is shown of a count is in count_view.c. */
#include "poll/count.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/memory.h"
#include "poll/receipt.h"
#include "poll/view.h"
#include "store/answer.h"
#include "text/value.h"

/* A count while the votes are dropped into the box. */
struct counting {
    struct count *count;
    size_t *rows;    /* invitation number to row of the box, by number; no row: SIZE_MAX */
    size_t *columns; /* likewise for the choices */
};

/* Numbers have gaps where somebody was removed or a choice was dropped. */
static void note_place(const void *context, size_t **places, int number, size_t place)
{
    size_t count = memory_count(*places);
    if (!*places || count <= (size_t)number) {
        size_t wanted = (size_t)number + 64;
        *places = memory_resize(context, *places, size_t, wanted);
        for (; count < wanted; count++)
            (*places)[count] = SIZE_MAX;
    }
    (*places)[number] = place;
}

static size_t find_place(const size_t *places, int number)
{
    return (size_t)number < memory_count(places) ? places[number] : SIZE_MAX;
}

static void drop_vote(void *closure, int invitation_number, int choice_number, const char *mark, const char *note)
{
    struct counting *counting = closure;
    struct count *count = counting->count;
    size_t person = find_place(counting->rows, invitation_number);
    size_t choice = find_place(counting->columns, choice_number);
    if (person == SIZE_MAX || choice == SIZE_MAX)
        return;
    size_t cell = person * count->box.choices + choice;
    count->box.marks[cell] = (unsigned char)mark_from_name(mark);
    count->remarks[cell] = memory_copy_text(count->remarks, note);
}

/* In an anonymous poll nobody has a name but their receipt, and the lines stand in the order of those. */
struct veiled {
    char *receipt;
    struct invitation invitation;
};

static int compare_receipts(const void *a, const void *b)
{
    const struct veiled *first = a;
    const struct veiled *second = b;
    return strcmp(first->receipt, second->receipt);
}

static void hide_names(struct count *count, const struct office *office, const struct poll *poll)
{
    size_t people = memory_count(count->invitations);
    struct veiled *veiled = memory_array(count, struct veiled, people);
    for (size_t i = 0; i < people; i++)
        veiled[i] = (struct veiled){receipt_make(veiled, office, poll, count->invitations[i].number),
                                    count->invitations[i]};
    qsort(veiled, people, sizeof *veiled, compare_receipts);
    for (size_t i = 0; i < people; i++) {
        count->invitations[i] = veiled[i].invitation;
        count->names[i] = veiled[i].receipt;
    }
}

static void fill_box(struct counting *counting, const struct poll *poll)
{
    struct count *count = counting->count;
    size_t people = memory_count(count->invitations);
    size_t cells = people * poll->choice_count;
    bool *required = memory_array(count, bool, people);
    count->remarks = memory_array(count, char *, cells);
    for (size_t i = 0; i < people; i++) {
        const struct invitation *invitation = &count->invitations[i];
        note_place(count, &counting->rows, invitation->number, i);
        required[i] = invitation->required;
        if (!poll->options.is_anonymous)
            count->names[i] = view_person_name(count->names, invitation->name, invitation->address);
    }
    for (size_t i = 0; i < poll->choice_count; i++)
        note_place(count, &counting->columns, poll->choices[i].number, i);
    count->box = (struct ballot_box){people, poll->choice_count, memory_array(count, unsigned char, cells), required,
                                     poll_list_whens(count, poll), poll_list_numbers(count, poll)};
}

struct count *count_votes(const void *context, struct office *office, const struct poll *poll, struct error **error)
{
    struct count *count = memory_new(context, struct count);
    struct counting counting = {.count = count};
    count->poll = poll;
    count->invitations = store_list_invitations(count, office->store, poll->id, LIMIT_PARTICIPANTS, error);
    if (count->invitations) {
        count->names = memory_array(count, char *, memory_count(count->invitations));
        if (poll->options.is_anonymous)
            hide_names(count, office, poll);
        fill_box(&counting, poll);
        if (store_visit_votes(office->store, poll->id, drop_vote, &counting, error)) {
            count->lines = tally_count(count, &count->box);
            return count;
        }
    }
    talloc_free(count);
    return NULL;
}

size_t count_answered(const struct count *count)
{
    size_t answered = 0;
    for (size_t i = 0; i < count->box.people; i++)
        answered += count->invitations[i].state == INVITATION_ANSWERED ||
                    count->invitations[i].state == INVITATION_PARTIAL;
    return answered;
}
