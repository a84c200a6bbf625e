/* The preview: see preview.h. */
#include "poll/preview.h"

#include "base/clock.h"
#include "base/memory.h"
#include "mail/reply.h"
#include "poll/ballot.h"
#include "poll/view.h"
#include "text/almanac.h"
#include "store/person.h"
#include "text/value.h"

enum { PEOPLE_SHOWN = 100, MANY_CHOICES = 20 };

static json_t *view_lines(char **lines)
{
    json_t *list = json_array();
    for (size_t i = 0; i < memory_count(lines); i++)
        json_array_append_new(list, json_string(lines[i]));
    return list;
}

/* The last instant of a choice; one without an end is over as soon as it begins. */
static struct civil end_of(const struct choice *choice)
{
    struct civil end = choice->has_end ? choice->end : choice->start;
    return choice->all_day ? civil_add_minutes(end, 24 * 60) : end;
}

/* The number of the choice before this one that shares time with it, or null. */
static json_t *view_overlap(const struct poll *poll, size_t i)
{
    const struct choice *choice = &poll->choices[i];
    for (size_t j = 0; j < i; j++) {
        const struct choice *other = &poll->choices[j];
        bool is_same_start = civil_compare(choice->start, other->start) == 0;
        bool is_shared = civil_compare(choice->start, end_of(other)) < 0 && civil_compare(other->start, end_of(choice)) < 0;
        if (is_same_start || is_shared)
            return json_integer(other->number);
    }
    return json_null();
}

/* The days of a choice: a weekend, holidays and their names, days on which the house is closed. */
static void mark_days(json_t *view, const struct choice *choice, const struct almanac *almanac, const char *language)
{
    enum { MOST_DAYS = 31 };
    json_t *holidays = json_array();
    bool is_weekend = false;
    bool is_closed = false;
    long first = civil_day_number(choice->start);
    long last = civil_day_number(civil_add_minutes(end_of(choice), -1));
    for (long number = first; number == first || (number <= last && number < first + MOST_DAYS); number++) {
        struct civil day = civil_from_day_number(number);
        const char *holiday = almanac_holiday(almanac, day, language);
        int weekday = civil_weekday(day);
        is_weekend = is_weekend || weekday == 0 || weekday == 6;
        is_closed = is_closed || almanac_is_closed(almanac, day);
        if (holiday)
            json_array_append_new(holidays, view_text(holiday));
    }
    json_object_set_new(view, "is_weekend", json_boolean(is_weekend));
    json_object_set_new(view, "is_closed", json_boolean(is_closed));
    json_object_set_new(view, "holidays", holidays);
}

/* Each choice with its year, and what the organiser should look at twice. */
static void mark_choices(json_t *choices, const struct office *office, const struct poll *poll,
                         const struct draft *draft, const char *language)
{
    for (size_t i = 0; i < poll->choice_count; i++) {
        const struct choice *choice = &poll->choices[i];
        struct when when = draft ? draft->choices[i] : choice_to_when(choice);
        json_t *view = json_array_get(choices, i);
        char *label = when_format(NULL, language, &when, 0);
        json_object_set_new(view, "label", json_string(label));
        talloc_free(label);
        mark_days(view, choice, office->almanac, language);
        bool is_working = choice->all_day || (almanac_is_working(office->almanac, choice->start) &&
                                              (!choice->has_end || almanac_is_working(office->almanac, choice->end)));
        bool is_inferred = when.inferred & ~(unsigned)(WHEN_INFERRED_YEAR | WHEN_INFERRED_END);
        json_object_set_new(view, "is_out_of_hours", json_boolean(!is_working));
        json_object_set_new(view, "is_past", json_boolean(clock_from_civil(end_of(choice)) <= office->now));
        json_object_set_new(view, "overlaps", view_overlap(poll, i));
        json_object_set_new(view, "is_without_end", json_boolean(!when.has_end && !when.all_day));
        json_object_set_new(view, "is_inferred", json_boolean(is_inferred));
        json_object_set_new(view, "written", view_text(when.text));
    }
}

static json_t *view_participants(const struct invitation *invitations)
{
    json_t *list = json_array();
    for (size_t i = 0; i < memory_count(invitations); i++) {
        char *name = view_person_name(NULL, invitations[i].name, invitations[i].address);
        json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "name", name, "address", invitations[i].address,
                                              "required", invitations[i].required));
        talloc_free(name);
    }
    return list;
}

static bool is_after_first_choice(const struct poll *poll)
{
    for (size_t i = 0; i < poll->choice_count; i++)
        if (civil_compare(clock_to_civil(poll->deadline), poll->choices[i].start) > 0)
            return true;
    return false;
}

static json_t *view_preview(struct office *office, const struct poll *poll, const struct preview *preview,
                            const char *language, struct error **error)
{
    void *context = talloc_new(NULL);
    const struct draft *draft = preview->draft;
    json_t *view = NULL;
    char *organiser = ballot_organiser(context, office, poll, error);
    struct invitation *shown =
        organiser ? store_list_invitations(context, office->store, poll->id, PEOPLE_SHOWN, error) : NULL;
    json_t *ballot = shown ? ballot_view(office, poll, organiser, shown, poll->code, language) : NULL;
    char *text = ballot ? ballot_render(context, office, ballot, poll->code, language, error) : NULL;
    json_decref(ballot);
    if (text) {
        view = view_poll(poll, organiser, language);
        mark_choices(json_object_get(view, "choices"), office, poll, draft, language);
        long more = poll->invited - (long)memory_count(shown);
        json_t *own = json_pack(
            "{s:o, s:I, s:o, s:o, s:o, s:b, s:b, s:s, s:b, s:o, s:b, s:b}", "participants", view_participants(shown),
            "participant_count", (json_int_t)poll->invited, "more_participants", more > 0 ? json_integer(more) : json_null(),
            "unread", view_lines(draft ? draft->unread : NULL), "skipped", view_lines(draft ? draft->skipped : NULL),
            "deadline_inferred", draft && draft->deadline_inferred,
            "deadline_late", is_after_first_choice(poll), "ballot", text, "is_stale", preview->is_stale, "entries",
            preview->entries ? json_incref(preview->entries) : json_array(), "is_long", poll->choice_count > MANY_CHOICES,
            "is_next", preview->is_next);
        json_object_update(view, view_check(own));
        json_decref(own);
    }
    talloc_free(context);
    return view;
}

bool preview_queue(struct office *office, const struct incoming *incoming, const struct poll *poll,
                   const struct preview *preview, struct error **error)
{
    void *context = talloc_new(NULL);
    const struct mailbox *sender = incoming_sender(incoming);
    char *language = NULL;
    json_t *view = reply_find_language(context, office, incoming, &language, error)
                       ? view_preview(office, poll, preview, office_language(office, language), error)
                       : NULL;
    bool done = false;
    if (view) {
        struct outgoing outgoing = {.template = poll->is_form ? "form-preview" : "preview",
                                    .language = language,
                                    .name = sender->name,
                                    .address = sender->address,
                                    .reference = office_reference(context, office, poll->code, 0, poll->edition),
                                    .dedupe = memory_format(context, "preview/%s/%lld", poll->code, (long long)incoming->id),
                                    .view = view};
        done = reply_queue(office, incoming, &outgoing, error);
    }
    json_decref(view);
    talloc_free(context);
    return done;
}

bool preview_send(struct office *office, const struct poll *poll, struct error **error)
{
    void *context = talloc_new(NULL);
    struct person *organiser = store_load_person(context, office->store, poll->organiser_id, error);
    char *address = organiser ? store_first_address(context, office->store, organiser->id, error) : NULL;
    json_t *view = address ? view_preview(office, poll, &(struct preview){.is_next = true},
                                          office_language(office, organiser->language), error)
                           : NULL;
    bool done = false;
    if (view) {
        struct outgoing outgoing = {.template = "preview",
                                    .language = organiser->language,
                                    .name = organiser->name,
                                    .address = address,
                                    .reference = office_reference(context, office, poll->code, 0, poll->edition),
                                    .dedupe = memory_format(context, "preview/%s/next", poll->code),
                                    .view = view};
        done = office_queue(office, &outgoing, error);
    }
    json_decref(view);
    talloc_free(context);
    return done;
}
