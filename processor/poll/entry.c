/* Calendar entries: see entry.h. */
#include "poll/entry.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "mail/calendar.h"
#include "poll/view.h"
#include "text/value.h"

enum { GUESTS_NAMED = 50 }; /* more make an invitation that nobody reads and that each of many mails carries */

struct entry {
    struct office *office;
    struct calendar_writer *writer;
    json_t *calendar; /* the view; its one event is completed for each guest */
    json_t *event;    /* borrowed from it */
    json_t *guests;   /* all of them, or null when they are too many */
    const char *organiser;
};

static json_t *view_day(struct civil day)
{
    char *text = memory_format(NULL, "%04d-%02d-%02d", day.year, day.month, day.day);
    json_t *view = json_string(text);
    talloc_free(text);
    return view_check(view);
}

static json_t *view_instant(time_t instant)
{
    char *text = clock_format_utc(NULL, instant);
    json_t *view = json_string(text);
    talloc_free(text);
    return view_check(view);
}

static json_t *view_time(const struct choice *choice, struct civil time)
{
    return choice->all_day ? view_day(time) : view_instant(clock_from_civil(time));
}

/* What is said about the poll, and about this choice of it. */
static char *describe(const void *context, const struct poll *poll, const struct choice *choice)
{
    bool both = *poll->description && choice->note;
    return memory_format(context, "%s%s%s", choice->note ? choice->note : "", both ? "\n\n" : "", poll->description);
}

json_t *entry_event(const struct office *office, const struct poll *poll, const struct choice *choice)
{
    void *context = talloc_new(NULL);
    char *uid = memory_format(context, "%s@%s", poll->code, office->config->domain);
    json_t *event =
        json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "uid", uid, "status", "CONFIRMED", "summary", poll->title,
                  "description", view_text(describe(context, poll, choice)), "place", view_text(poll->place), "start",
                  view_time(choice, choice->start), "end",
                  choice->has_end ? view_time(choice, choice->end) : json_null());
    talloc_free(context);
    return view_check(event);
}

json_t *entry_load(const char *text)
{
    return json_loads(text, 0, NULL);
}

bool entry_same_time(json_t *a, json_t *b)
{
    return json_equal(json_object_get(a, "start"), json_object_get(b, "start")) &&
           json_equal(json_object_get(a, "end"), json_object_get(b, "end"));
}

bool entry_read_time(const char *start, const char *end, struct when *when)
{
    time_t begins;
    time_t ends;
    if (!start || !clock_parse(start, &begins))
        return false;
    *when = (struct when){.start = clock_to_civil(begins), .all_day = !strchr(start, 'T')};
    when->has_end = end && clock_parse(end, &ends) && ends > begins;
    if (when->has_end)
        when->end = clock_to_civil(ends);
    return true;
}

json_t *entry_view_label(const struct poll *poll, json_t *event, const char *language)
{
    struct when when;
    if (!entry_read_time(json_string_value(json_object_get(event, "start")),
                         json_string_value(json_object_get(event, "end")), &when))
        return json_null();
    char *label = view_when_label(NULL, poll, &when, language);
    json_t *view = json_string(label);
    talloc_free(label);
    return view_check(view);
}

/* The zone of the calendar of an event. */
static json_t *view_zone(const struct office *office, json_t *event)
{
    const char *text = json_string_value(json_object_get(event, "start"));
    time_t start;
    bool is_timed = text && strchr(text, 'T') && clock_parse(text, &start);
    return is_timed ? calendar_zone(office->config->time_zone, start) : json_null();
}

static int forget(struct entry *entry)
{
    json_decref(entry->calendar);
    json_decref(entry->guests);
    return 0;
}

struct entry *entry_begin(const void *context, struct office *office, json_t *event, const char *method,
                          const char *organiser)
{
    struct entry *entry = memory_new(context, struct entry);
    entry->office = office;
    entry->writer = calendar_open_writer(entry);
    entry->event = memory_check(json_copy(event));
    entry->calendar = view_check(json_pack("{s:s, s:o, s:[o]}", "method", method, "zone",
                                           view_zone(office, event), "events", entry->event));
    entry->guests = json_null();
    entry->organiser = memory_copy_text(entry, organiser);
    talloc_set_destructor(entry, forget);
    json_object_set_new(entry->event, "stamp", view_instant(office->now));
    return entry;
}

static json_t *view_guest(const char *name, const char *address, bool required)
{
    return view_check(json_pack("{s:s, s:s, s:b}", "name", name, "address", address, "required", required));
}

void entry_invite(struct entry *entry, const struct invitation *invitations, const struct person *organiser,
                  const char *organiser_address)
{
    size_t count = memory_count(invitations);
    bool invited = false;
    if (count >= GUESTS_NAMED)
        return;
    json_decref(entry->guests);
    entry->guests = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct invitation *guest = &invitations[i];
        invited = invited || guest->person_id == organiser->id;
        json_array_append_new(entry->guests, view_guest(guest->name, guest->address, guest->required));
    }
    if (!invited)
        json_array_append_new(entry->guests, view_guest(organiser->name, organiser_address, true));
}

char *entry_write(const void *context, struct entry *entry, const struct entry_guest *guest, const char *reply_address,
                  struct error **error)
{
    json_t *guests = json_is_array(entry->guests)
                         ? json_incref(entry->guests)
                         : json_pack("[o]", view_guest(guest->name, guest->address, guest->required));
    json_object_set_new(entry->event, "organiser",
                        view_check(json_pack("{s:s, s:s}", "name", entry->organiser, "address", reply_address)));
    json_object_set_new(entry->event, "attendees", view_check(guests));
    return calendar_write(context, entry->writer, entry->calendar, error);
}

char *entry_write_list(const void *context, const struct entry_list *list, json_t *events, struct error **error)
{
    size_t index;
    json_t *event;
    json_array_foreach(events, index, event)
    {
        json_object_set_new(event, "stamp", view_instant(list->office->now));
        json_object_set_new(event, "organiser",
                            view_check(json_pack("{s:s, s:s}", "name", list->organiser, "address", list->reply_address)));
        json_object_set_new(event, "attendees", json_array());
    }
    json_t *calendar = view_check(json_pack("{s:s, s:o, s:O}", "method", list->method, "zone",
                                            view_zone(list->office, json_array_get(events, 0)), "events", events));
    char *text = calendar_write(context, list->writer, calendar, error);
    json_decref(calendar);
    return text;
}
