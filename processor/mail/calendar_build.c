/* Building calendars: see calendar_build.h. */
#include "mail/calendar_build.h"

#include <ctype.h>
#include <libical/ical.h>
#include <string.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "mail/calendar_library.h"

/* One calendar while it is being built. */
struct building {
    void *context;
    json_t *zone;       /* an object, or null */
    icalproperty_method method;
    struct error **error;
};

static const char *text_of(json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static int free_calendar(icalcomponent **calendar)
{
    icalcomponent_free(*calendar);
    return 0;
}

/* RFC 6068: what an address may hold beside these is written as %XX. */
static char *mailto(const void *context, const char *address)
{
    char *uri = memory_copy_text(context, "mailto:");
    for (const char *c = address; *c; c++) {
        const char *form = isalnum((unsigned char)*c) || strchr("@.-_+~!$'*", *c) ? "%s%c" : "%s%%%02X";
        uri = memory_format(context, form, uri, (unsigned char)*c);
    }
    return uri;
}

/* An instant, on the wall clock of the zone when there is one; or a date. */
static bool read_time(const struct building *building, const char *text, struct icaltimetype *time)
{
    char digits[sizeof "20260115T040000Z"];
    size_t length = 0;
    for (const char *c = text ? text : ""; *c; c++)
        if (*c != '-' && *c != ':' && length + 1 < sizeof digits)
            digits[length++] = *c;
    digits[length] = '\0';
    *time = icaltime_from_string(digits);
    if (icaltime_is_null_time(*time) || icaltime_compare(icaltime_normalize(*time), *time) != 0 ||
        time->day > icaltime_days_in_month(time->month, time->year))
        return error_set(building->error, ERROR_REFUSED, "\"%s\" is no time", text ? text : "");
    if (!time->is_date && json_is_object(building->zone)) {
        icaltime_adjust(time, 0, 0, 0, (int)json_integer_value(json_object_get(building->zone, "offset")));
        time->zone = NULL;
    }
    return true;
}

/* Adds a property with its zone named. */
static void add_time(const struct building *building, icalcomponent *event, icalproperty *property,
                     struct icaltimetype time)
{
    if (!time.is_date && json_is_object(building->zone))
        icalproperty_add_parameter(property, icalparameter_new_tzid(text_of(building->zone, "id")));
    icalcomponent_add_property(event, property);
}

/* A zone whose clocks never change; libical's own of Japan goes back to 1948 and is named otherwise than in DTSTART. */
static icalcomponent *make_zone(json_t *zone)
{
    int offset = (int)json_integer_value(json_object_get(zone, "offset"));
    struct icaltimetype epoch = icaltime_from_string("19700101T000000");
    icalcomponent *standard = icalcomponent_vanew(
        ICAL_XSTANDARD_COMPONENT, icalproperty_new_dtstart(epoch), icalproperty_new_tzoffsetfrom(offset),
        icalproperty_new_tzoffsetto(offset), icalproperty_new_tzname(text_of(zone, "name")), (void *)0);
    return icalcomponent_vanew(ICAL_VTIMEZONE_COMPONENT, icalproperty_new_tzid(text_of(zone, "id")), standard,
                               (void *)0);
}

/* Quotation marks would be written as RFC 6868 says, which few programs read. */
static void add_name(const struct building *building, icalproperty *property, json_t *person)
{
    char *name = memory_copy_text(building->context, text_of(person, "name"));
    for (char *c = name; c && *c; c++)
        if (*c == '"' || *c == '^')
            *c = '\'';
    if (name && *name)
        icalproperty_add_parameter(property, icalparameter_new_cn(name));
}

static bool add_people(const struct building *building, icalcomponent *event, json_t *view)
{
    json_t *organiser = json_object_get(view, "organiser");
    const char *address = text_of(organiser, "address");
    if (!address)
        return error_set(building->error, ERROR_REFUSED, "an event without an organiser");
    icalproperty *property = icalproperty_new_organizer(mailto(building->context, address));
    add_name(building, property, organiser);
    icalcomponent_add_property(event, property);
    size_t index;
    json_t *attendee;
    json_array_foreach(json_object_get(view, "attendees"), index, attendee)
    {
        address = text_of(attendee, "address");
        if (!address)
            return error_set(building->error, ERROR_REFUSED, "an attendee without an address");
        property = icalproperty_new_attendee(mailto(building->context, address));
        add_name(building, property, attendee);
        bool required = json_is_true(json_object_get(attendee, "required"));
        icalproperty_add_parameter(property, icalparameter_new_cutype(ICAL_CUTYPE_INDIVIDUAL));
        icalproperty_add_parameter(
            property, icalparameter_new_role(required ? ICAL_ROLE_REQPARTICIPANT : ICAL_ROLE_OPTPARTICIPANT));
        if (building->method == ICAL_METHOD_REQUEST) {
            icalproperty_add_parameter(property, icalparameter_new_partstat(ICAL_PARTSTAT_NEEDSACTION));
            icalproperty_add_parameter(property, icalparameter_new_rsvp(ICAL_RSVP_TRUE));
        }
        icalcomponent_add_property(event, property);
    }
    return true;
}

/* DTEND is the first moment, or day, that is no longer part of it (RFC 5545 section 3.6.1). */
static bool add_times(const struct building *building, icalcomponent *event, json_t *view)
{
    struct icaltimetype stamp = icaltime_null_time();
    struct icaltimetype start = icaltime_null_time();
    struct icaltimetype end = icaltime_null_time();
    const struct building in_utc = {building->context, NULL, building->method, building->error};
    const char *until = text_of(view, "end");
    if (!read_time(&in_utc, text_of(view, "stamp"), &stamp) || !read_time(building, text_of(view, "start"), &start) ||
        (until && !read_time(building, until, &end)))
        return false;
    icalcomponent_add_property(event, icalproperty_new_dtstamp(stamp));
    add_time(building, event, icalproperty_new_dtstart(start), start);
    if (start.is_date) {
        end = until ? end : start;
        icaltime_adjust(&end, 1, 0, 0, 0);
    }
    if (!icaltime_is_null_time(end))
        add_time(building, event, icalproperty_new_dtend(end), end);
    return true;
}

static icalproperty_status status_of(const char *name)
{
    enum icalproperty_status status = ICAL_STATUS_CONFIRMED;
    if (name && strcmp(name, "TENTATIVE") == 0)
        status = ICAL_STATUS_TENTATIVE;
    else if (name && strcmp(name, "CANCELLED") == 0)
        status = ICAL_STATUS_CANCELLED;
    return status;
}

/* What Outlook shows: STATUS alone leaves a tentative entry "busy" there. */
static void add_busy_status(icalcomponent *event, icalproperty_status status)
{
    if (status != ICAL_STATUS_TENTATIVE)
        return;
    icalproperty *property = icalproperty_new_x("TENTATIVE");
    icalproperty_set_x_name(property, "X-MICROSOFT-CDO-BUSYSTATUS");
    icalcomponent_add_property(event, property);
}

static bool add_event(const struct building *building, icalcomponent *calendar, json_t *view)
{
    const char *uid = text_of(view, "uid");
    const char *summary = text_of(view, "summary");
    const char *description = text_of(view, "description");
    const char *place = text_of(view, "place");
    if (!uid || !summary)
        return error_set(building->error, ERROR_REFUSED, "an event without a uid or a summary");
    icalcomponent *event = icalcomponent_new_vevent();
    icalcomponent_add_component(calendar, event);
    icalcomponent_add_property(event, icalproperty_new_uid(uid));
    icalcomponent_add_property(
        event, icalproperty_new_sequence((int)json_integer_value(json_object_get(view, "sequence"))));
    icalproperty_status status = status_of(text_of(view, "status"));
    icalcomponent_add_property(event, icalproperty_new_status(status));
    if (!add_times(building, event, view))
        return false;
    icalcomponent_add_property(event, icalproperty_new_summary(summary));
    if (place && *place)
        icalcomponent_add_property(event, icalproperty_new_location(place));
    if (description && *description)
        icalcomponent_add_property(event, icalproperty_new_description(description));
    add_busy_status(event, status);
    return add_people(building, event, view);
}

static bool fill(struct building *building, icalcomponent *calendar, json_t *view)
{
    icalcomponent_add_property(calendar, icalproperty_new_version("2.0"));
    icalcomponent_add_property(calendar, icalproperty_new_prodid("-//Kairan//Kairan//EN"));
    icalcomponent_add_property(calendar, icalproperty_new_calscale("GREGORIAN"));
    icalcomponent_add_property(calendar, icalproperty_new_method(building->method));
    if (json_is_object(building->zone))
        icalcomponent_add_component(calendar, make_zone(building->zone));
    size_t index;
    json_t *event;
    json_array_foreach(json_object_get(view, "events"), index, event)
    {
        if (!add_event(building, calendar, event))
            return false;
    }
    return index > 0 || error_set(building->error, ERROR_REFUSED, "a calendar without events");
}

/*
 * libical 3.0.16 folds a line of 74 bytes between CR and LF, which makes it two broken ones. Its folds, CRLF and a blank
 * each, are taken out and made anew: at 75 bytes (RFC 5545 section 3.1), between characters.
 */
static void add_folded(struct buffer *out, const char *line, size_t length)
{
    enum { LONGEST = 75 };
    size_t room = LONGEST;
    while (length > room) {
        size_t taken = utf8_cut(line, room);
        buffer_add(out, line, taken);
        buffer_add_text(out, "\r\n ");
        line += taken;
        length -= taken;
        room = LONGEST - 1;
    }
    buffer_add(out, line, length);
    buffer_add_text(out, "\r\n");
}

static char *fold_anew(const void *context, const char *written)
{
    char *whole = memory_copy_text(context, written);
    char *to = whole;
    for (const char *from = whole; *from;) {
        if (strncmp(from, "\r\n ", 3) == 0)
            from += 3;
        else
            *to++ = *from++;
    }
    *to = '\0';
    struct buffer *out = buffer_new(context, LIMIT_CALENDAR_BYTES);
    for (char *line = whole; *line;) {
        size_t length = strcspn(line, "\r\n");
        char *next = line + length + strspn(line + length, "\r\n");
        line[length] = '\0';
        add_folded(out, line, length);
        line = next;
    }
    talloc_free(whole);
    return out->overflowed ? NULL : buffer_take(out, context);
}

struct calendar_builder {
    char *shape; /* of the calendar that kept the rules last, or NULL */
};

struct calendar_builder *calendar_open_builder(const void *context)
{
    return memory_new(context, struct calendar_builder);
}

/* All that the rules look at: which properties stand in which component, the method and the status. */
static void add_shape(struct buffer *shape, icalcomponent *component)
{
    buffer_format(shape, "(%d", icalcomponent_isa(component));
    for (icalproperty *property = icalcomponent_get_first_property(component, ICAL_ANY_PROPERTY); property;
         property = icalcomponent_get_next_property(component, ICAL_ANY_PROPERTY)) {
        icalproperty_kind kind = icalproperty_isa(property);
        bool is_looked_at = kind == ICAL_METHOD_PROPERTY || kind == ICAL_STATUS_PROPERTY;
        const char *value = is_looked_at ? icalproperty_get_value_as_string(property) : "";
        buffer_format(shape, " %d%s", kind, value ? value : "");
    }
    for (icalcomponent *inner = icalcomponent_get_first_component(component, ICAL_ANY_COMPONENT); inner;
         inner = icalcomponent_get_next_component(component, ICAL_ANY_COMPONENT))
        add_shape(shape, inner);
    buffer_add_byte(shape, ')');
}

/* The check searches a table of a thousand rules for every property: ten thousand calendars of one shape are checked once. */
static bool keeps_rules(struct calendar_builder *builder, icalcomponent *calendar)
{
    struct buffer *shape = buffer_new(builder, LIMIT_CALENDAR_BYTES);
    add_shape(shape, calendar);
    bool is_known = !shape->overflowed && builder->shape && strcmp(shape->bytes, builder->shape) == 0;
    bool keeps = is_known || icalrestriction_check(calendar);
    if (keeps && !is_known && !shape->overflowed) {
        talloc_free(builder->shape);
        builder->shape = memory_copy_text(builder, shape->bytes);
    }
    talloc_free(shape);
    return keeps;
}

/* What libical makes of a calendar, when it keeps the rules of its method. */
static char *write_calendar(const void *context, struct calendar_builder *builder, icalcomponent *calendar,
                            const char *method, struct error **error)
{
    if (!keeps_rules(builder, calendar)) {
        error_set(error, ERROR_REFUSED, "it would break the rules of RFC 5546 for %s", method);
        return NULL;
    }
    char *written = memory_check(icalcomponent_as_ical_string_r(calendar));
    char *text = fold_anew(context, written);
    icalmemory_free_buffer(written);
    if (!text)
        error_set(error, ERROR_REFUSED, "the calendar would be larger than %d bytes", LIMIT_CALENDAR_BYTES);
    return text;
}

char *calendar_build(const void *context, struct calendar_builder *builder, json_t *view, struct error **error)
{
    const char *method = text_of(view, "method");
    struct building building = {.context = talloc_new(context),
                                .zone = json_object_get(view, "zone"),
                                .method = method ? icalproperty_string_to_method(method) : ICAL_METHOD_NONE,
                                .error = error};
    calendar_prepare_library();
    icalcomponent **calendar = memory_new(building.context, icalcomponent *);
    *calendar = memory_check(icalcomponent_new(ICAL_VCALENDAR_COMPONENT));
    talloc_set_destructor(calendar, free_calendar);
    char *text = NULL;
    if (building.method == ICAL_METHOD_NONE)
        error_set(error, ERROR_REFUSED, "a calendar without a method");
    else if (fill(&building, *calendar, view))
        text = write_calendar(context, builder, *calendar, method, error);
    talloc_free(building.context);
    return text;
}
