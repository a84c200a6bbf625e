/* The result: see result.h. */
#include "poll/result.h"

#include <stdint.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/memory.h"
#include "poll/ballot.h"
#include "poll/result_table.h"
#include "poll/tally.h"
#include "poll/view.h"
#include "store/answer.h"
#include "store/person.h"

/* Everything counted about one poll; a talloc object, so that it goes with the work it belongs to. */
struct count {
    const struct poll *poll;
    struct invitation *invitations;
    char **names; /* one an invitation */
    struct ballot_box box;
    struct tally_line *lines;
    size_t *rows;          /* invitation number to row of the box, by number; no row: SIZE_MAX */
    size_t *columns;       /* likewise for the choices */
    size_t names_shown;    /* behind one number */
    const char *separator; /* between names, as the language writes it */
};

/* Numbers have gaps where somebody was removed or a choice was dropped. */
static void note_place(const void *context, size_t **places, int number, size_t place)
{
    size_t count = memory_count(*places);
    if (count <= (size_t)number)
        *places = memory_resize(context, *places, size_t, (size_t)number + 64);
    for (; count < memory_count(*places); count++)
        (*places)[count] = SIZE_MAX;
    (*places)[number] = place;
}

static size_t find_place(const size_t *places, int number)
{
    return (size_t)number < memory_count(places) ? places[number] : SIZE_MAX;
}

static void drop_vote(void *closure, int invitation_number, int choice_number, const char *mark, const char *note)
{
    struct count *count = closure;
    struct ballot_box *box = &count->box;
    (void)note;
    size_t person = find_place(count->rows, invitation_number);
    size_t choice = find_place(count->columns, choice_number);
    if (person != SIZE_MAX && choice != SIZE_MAX)
        box->marks[person * box->choices + choice] = (unsigned char)mark_from_name(mark);
}

static struct count *count_votes(const void *context, struct office *office, const struct poll *poll,
                                 struct error **error)
{
    struct count *count = memory_new(context, struct count);
    count->poll = poll;
    count->invitations = store_list_invitations(count, office->store, poll->id, LIMIT_PARTICIPANTS, error);
    if (!count->invitations) {
        talloc_free(count);
        return NULL;
    }
    size_t people = memory_count(count->invitations);
    bool *required = memory_array(count, bool, people);
    count->names = memory_array(count, char *, people);
    for (size_t i = 0; i < people; i++) {
        note_place(count, &count->rows, count->invitations[i].number, i);
        required[i] = count->invitations[i].required;
        count->names[i] = view_person_name(count->names, count->invitations[i].name, count->invitations[i].address);
    }
    count->box = (struct ballot_box){people, poll->choice_count,
                                     memory_array(count, unsigned char, people * poll->choice_count), required,
                                     poll_list_whens(count, poll), poll_list_numbers(count, poll)};
    for (size_t i = 0; i < poll->choice_count; i++)
        note_place(count, &count->columns, poll->choices[i].number, i);
    if (!store_visit_votes(office->store, poll->id, drop_vote, count, error)) {
        talloc_free(count);
        return NULL;
    }
    count->lines = tally_count(count, &count->box);
    return count;
}

/* The names of those who gave one of two marks, at most `most`; {"names","more"} or null when nobody did. */
static json_t *view_names(const struct count *count, size_t choice, enum mark mark, enum mark other)
{
    size_t most = count->names_shown;
    const struct ballot_box *box = &count->box;
    struct buffer *names = buffer_new(NULL, LIMIT_MAIL_OUT_BYTES);
    size_t found = 0;
    for (size_t person = 0; person < box->people; person++) {
        enum mark given = (enum mark)box->marks[person * box->choices + choice];
        if (given != mark && given != other)
            continue;
        if (found++ >= most)
            continue;
        if (names->length)
            buffer_add_text(names, count->separator);
        buffer_add_text(names, count->names[person]);
        if (given == MARK_BEST)
            buffer_add_text(names, "(◎)");
    }
    json_t *view = json_null();
    if (found)
        view = json_pack("{s:s, s:o}", "names", names->bytes, "more",
                         found > most ? json_integer((json_int_t)(found - most)) : json_null());
    talloc_free(names);
    return view;
}

/* The names of the required people with this mark, or null. */
static json_t *view_required(const struct count *count, size_t choice, enum mark mark)
{
    const struct ballot_box *box = &count->box;
    struct buffer *names = buffer_new(NULL, LIMIT_MAIL_OUT_BYTES);
    for (size_t person = 0; person < box->people; person++) {
        if (!box->required[person] || box->marks[person * box->choices + choice] != mark)
            continue;
        if (names->length)
            buffer_add_text(names, count->separator);
        buffer_add_text(names, count->names[person]);
    }
    json_t *view = view_text(names->bytes);
    talloc_free(names);
    return view;
}

static json_t *view_line(const struct count *count, const struct tally_line *line, const char *language)
{
    const struct choice *choice = &count->poll->choices[line->choice];
    char *label = view_choice_label(NULL, count->poll, choice, language);
    json_t *view = json_pack(
        "{s:i, s:s, s:o, s:I, s:I, s:I, s:I, s:I, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "n", choice->number, "label",
        label, "note", view_text(choice->note), "rank", (json_int_t)line->rank, "yes", (json_int_t)line->yes, "maybe",
        (json_int_t)line->maybe, "no", (json_int_t)line->no, "none", (json_int_t)line->none, "is_first", line->rank == 1,
        "blocked", view_required(count, line->choice, MARK_NO), "missing",
        view_required(count, line->choice, MARK_NONE), "only_missing",
        line->only_missing >= 0 ? json_string(count->names[line->only_missing]) : json_null(), "names_yes",
        view_names(count, line->choice, MARK_YES, MARK_BEST), "names_maybe",
        view_names(count, line->choice, MARK_MAYBE, MARK_MAYBE), "names_no",
        view_names(count, line->choice, MARK_NO, MARK_NO), "names_none",
        view_names(count, line->choice, MARK_NONE, MARK_NONE));
    talloc_free(label);
    return view_check(view);
}

/* {"names","count","more"}, or null when nobody is in the state. */
static json_t *view_people_in(const struct count *count, enum invitation_state state)
{
    size_t most = count->names_shown;
    struct buffer *names = buffer_new(NULL, LIMIT_MAIL_OUT_BYTES);
    size_t found = 0;
    for (size_t i = 0; i < count->box.people; i++) {
        if (count->invitations[i].state != state || found++ >= most)
            continue;
        if (names->length)
            buffer_add_text(names, count->separator);
        buffer_add_text(names, count->names[i]);
    }
    json_t *view = json_null();
    if (found)
        view = json_pack("{s:s, s:I, s:o}", "names", names->bytes, "count", (json_int_t)found, "more",
                         found > most ? json_integer((json_int_t)(found - most)) : json_null());
    talloc_free(names);
    return view;
}

static json_t *view_comments(const struct count *count, size_t most)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count->box.people && json_array_size(list) < most; i++)
        if (*count->invitations[i].comment)
            json_array_append_new(list, json_pack("{s:s, s:s}", "name", count->names[i], "text",
                                                  count->invitations[i].comment));
    return list;
}

static size_t count_answered(const struct count *count)
{
    size_t answered = 0;
    for (size_t i = 0; i < count->box.people; i++)
        answered += count->invitations[i].state == INVITATION_ANSWERED ||
                    count->invitations[i].state == INVITATION_PARTIAL;
    return answered;
}

static json_t *view_count(struct office *office, struct count *count, const char *organiser, const char *language,
                          bool interim)
{
    size_t most = (size_t)office->config->names_shown;
    count->names_shown = most;
    count->separator = strcmp(language, "ja") == 0 ? "、" : ", ";
    json_t *view = view_poll(count->poll, organiser, language);
    json_t *lines = json_array();
    for (size_t i = 0; i < count->box.choices; i++)
        json_array_append_new(lines, view_line(count, &count->lines[i], language));
    bool small = count->box.people <= (size_t)office->config->table_rows;
    json_t *table = small ? result_view_table(&count->box, count->names) : json_null();
    size_t answered = count_answered(count);
    json_t *own = json_pack("{s:o, s:o, s:I, s:I, s:o, s:o, s:o, s:b, s:b, s:b}", "lines", lines, "table", table,
                            "invited", (json_int_t)count->box.people, "answered", (json_int_t)answered, "unanswered",
                            view_people_in(count, INVITATION_WAITING), "undelivered",
                            view_people_in(count, INVITATION_UNDELIVERED), "comments",
                            view_comments(count, most), "is_complete", answered == count->box.people, "is_interim",
                            interim, "is_empty", answered == 0);
    json_object_update(view, view_check(own));
    json_decref(own);
    return view;
}

json_t *result_view(struct office *office, const struct poll *poll, const char *language, bool interim,
                    struct error **error)
{
    void *context = talloc_new(NULL);
    struct count *count = count_votes(context, office, poll, error);
    char *organiser = count ? ballot_organiser(context, office, poll, error) : NULL;
    json_t *view = organiser ? view_count(office, count, organiser, language, interim) : NULL;
    talloc_free(context);
    return view;
}

/* The result in both languages, each made when the first reader of it comes. */
struct announcement {
    struct office *office;
    const struct poll *poll;
    struct count *count;
    const char *organiser;
    struct broadcast *japanese;
    struct broadcast *english;
};

static struct broadcast *find_broadcast(struct announcement *announcement, const char *language, struct error **error)
{
    struct broadcast **broadcast = strcmp(language, "ja") == 0 ? &announcement->japanese : &announcement->english;
    if (!*broadcast) {
        json_t *view = view_count(announcement->office, announcement->count, announcement->organiser, language, false);
        *broadcast = office_begin_broadcast(announcement->count, announcement->office, "result", language, view, error);
        json_decref(view);
    }
    return *broadcast;
}

/* A poll that was opened again has a result of its own. */
static char *dedupe_key(const void *context, const struct poll *poll, int number)
{
    if (!poll->reopened)
        return memory_format(context, "result/%s/%d", poll->code, number);
    return memory_format(context, "result/%s/%d/%d", poll->code, number, poll->reopened);
}

static bool announce_to(struct announcement *announcement, const char *name, const char *address, int number,
                        const char *language, struct error **error)
{
    struct office *office = announcement->office;
    const char *code = announcement->poll->code;
    struct broadcast *broadcast = find_broadcast(announcement, office_language(office, language), error);
    if (!broadcast)
        return false;
    void *context = talloc_new(NULL);
    struct outgoing outgoing = {.name = name,
                                .address = address,
                                .reference = office_reference(context, office, code, number, announcement->poll->edition),
                                .dedupe = dedupe_key(context, announcement->poll, number),
                                .is_broadcast = true};
    bool done = office_queue_broadcast(broadcast, &outgoing, error);
    talloc_free(context);
    return done;
}

static bool announce_to_all(struct announcement *announcement, struct error **error)
{
    struct office *office = announcement->office;
    const struct count *count = announcement->count;
    struct person *organiser = store_load_person(count, office->store, announcement->poll->organiser_id, error);
    char *address = organiser ? store_first_address(count, office->store, organiser->id, error) : NULL;
    if (!address)
        return false;
    bool invited = false;
    for (size_t i = 0; i < count->box.people; i++) {
        const struct invitation *invitation = &count->invitations[i];
        invited = invited || invitation->person_id == organiser->id;
        if (invitation->state != INVITATION_UNDELIVERED &&
            !announce_to(announcement, invitation->name, invitation->address, invitation->number, invitation->language,
                         error))
            return false;
    }
    return invited || announce_to(announcement, organiser->name, address, 0, organiser->language, error);
}

bool result_close_poll(struct office *office, const struct poll *poll, struct error **error)
{
    if (poll->state != POLL_OPEN)
        return error_set(error, ERROR_REFUSED, "the poll %s is %s, only an open one can be closed", poll->code,
                         poll_state_name(poll->state));
    void *context = talloc_new(NULL);
    struct announcement announcement = {.office = office, .poll = poll};
    announcement.count = count_votes(context, office, poll, error);
    announcement.organiser = announcement.count ? ballot_organiser(context, office, poll, error) : NULL;
    bool done = announcement.organiser && announce_to_all(&announcement, error) &&
                store_set_poll_state(office->store, poll->id, POLL_CLOSED, office->now, error);
    talloc_free(context);
    return done;
}
