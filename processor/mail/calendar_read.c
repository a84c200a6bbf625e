/* Reading what calendars answer: see calendar_read.h. */
#include "mail/calendar_read.h"

#include <libical/ical.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "mail/calendar_library.h"

enum { UID_BYTES = 255, ADDRESS_BYTES = 320, WORD_BYTES = 32, COMMENT_BYTES = 2000 };

/* One calendar while it is being read. */
struct answering {
    const void *context;
    icalcomponent *calendar;
    icalcomponent *event;
};

static int free_calendar(icalcomponent **calendar)
{
    if (*calendar)
        icalcomponent_free(*calendar);
    return 0;
}

/* A copy that any line may hold: cut to `most` bytes, controls turned into blanks; "" for what is no UTF-8. */
static char *clean(const void *context, const char *text, size_t most)
{
    if (!text || !utf8_is_valid(text, strlen(text)))
        text = "";
    char *copy = memory_copy_bytes(context, text, utf8_cut(text, most));
    for (char *c = copy; *c;) {
        size_t control = utf8_control_length(c);
        if (control)
            memset(c, ' ', control);
        c += control ? control : 1;
    }
    return copy;
}

static int hex_digit(char digit)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = digit ? strchr(digits, digit) : NULL;
    return found ? (int)((found - digits) % 16) : -1;
}

/* "mailto:a%25b@c" as an address; other URIs name nobody that mail knows. */
static char *read_address(const void *context, const char *uri)
{
    static const char scheme[] = "mailto:";
    if (!uri || strncasecmp(uri, scheme, sizeof scheme - 1) != 0)
        return memory_copy_text(context, "");
    char *address = memory_copy_text(context, uri + sizeof scheme - 1);
    char *to = address;
    for (const char *from = address; *from; from++) {
        int high = *from == '%' ? hex_digit(from[1]) : -1;
        int low = high >= 0 ? hex_digit(from[2]) : -1;
        bool is_escape = low >= 0 && high * 16 + low != 0;
        *to++ = is_escape ? (char)(high * 16 + low) : *from;
        from += is_escape ? 2 : 0;
    }
    *to = '\0';
    char *cleaned = clean(context, address, ADDRESS_BYTES);
    talloc_free(address);
    return cleaned;
}

static icalproperty *find(const struct answering *answering, icalproperty_kind kind)
{
    return icalcomponent_get_first_property(answering->event, kind);
}

/* The time of a property as text, in UTC wherever it says how; NULL when there is none that could be. */
static char *read_time(const struct answering *answering, icalproperty *property, int days_later)
{
    if (!property)
        return NULL;
    icalvalue *value = icalproperty_get_value(property);
    icalvalue_kind kind = value ? icalvalue_isa(value) : ICAL_NO_VALUE;
    if (kind != ICAL_DATETIME_VALUE && kind != ICAL_DATE_VALUE)
        return NULL;
    struct icaltimetype time = kind == ICAL_DATE_VALUE ? icalvalue_get_date(value) : icalvalue_get_datetime(value);
    if (icaltime_is_null_time(time) || time.year < 1970 || time.year > 9000 || time.month < 1 || time.month > 12)
        return NULL;
    icalparameter *zone_name = icalproperty_get_first_parameter(property, ICAL_TZID_PARAMETER);
    icaltimezone *zone = NULL;
    if (zone_name && icalparameter_get_tzid(zone_name) && !time.is_date)
        zone = icalcomponent_get_timezone(answering->calendar, icalparameter_get_tzid(zone_name));
    if (zone) {
        time = icaltime_set_timezone(&time, zone);
        time = icaltime_convert_to_zone(time, icaltimezone_get_utc_timezone());
    }
    if (time.is_date) {
        icaltime_adjust(&time, days_later, 0, 0, 0);
        return memory_format(answering->context, "%04d-%02d-%02d", time.year, time.month, time.day);
    }
    bool in_utc = zone || icaltime_is_utc(time);
    return memory_format(answering->context, "%04d-%02d-%02dT%02d:%02d:%02d%s", time.year, time.month, time.day,
                         time.hour, time.minute, time.second, in_utc ? "Z" : "");
}

/* Several COMMENTs are lines of one. */
static char *read_comment(const struct answering *answering)
{
    char *comment = memory_copy_text(answering->context, "");
    for (icalproperty *property = find(answering, ICAL_COMMENT_PROPERTY);
         property && strlen(comment) < COMMENT_BYTES;
         property = icalcomponent_get_next_property(answering->event, ICAL_COMMENT_PROPERTY)) {
        char *line = clean(answering->context, icalproperty_get_comment(property), COMMENT_BYTES);
        comment = memory_format(answering->context, "%s%s%s", comment, *comment && *line ? " " : "", line);
    }
    return clean(answering->context, comment, COMMENT_BYTES);
}

static void read_attendee(const struct answering *answering, struct calendar_reply *reply)
{
    icalproperty *attendee = find(answering, ICAL_ATTENDEE_PROPERTY);
    icalparameter *partstat = attendee ? icalproperty_get_first_parameter(attendee, ICAL_PARTSTAT_PARAMETER) : NULL;
    reply->attendee = read_address(answering->context, attendee ? icalproperty_get_attendee(attendee) : NULL);
    icalparameter_partstat word = partstat ? icalparameter_get_partstat(partstat) : ICAL_PARTSTAT_NONE;
    reply->partstat = word == ICAL_PARTSTAT_NONE || word == ICAL_PARTSTAT_X
                          ? ""
                          : clean(answering->context, icalparameter_enum_to_string((int)word), WORD_BYTES);
}

/* Whether an end goes with a start: two instants or two days. */
static bool same_kind(const char *start, const char *end)
{
    return start && end && !strchr(start, 'T') == !strchr(end, 'T');
}

static struct calendar_reply *read_event(const struct answering *answering, const char *method)
{
    icalproperty *uid = find(answering, ICAL_UID_PROPERTY);
    icalproperty *sequence = find(answering, ICAL_SEQUENCE_PROPERTY);
    if (!uid)
        return NULL;
    struct calendar_reply *reply = memory_new(answering->context, struct calendar_reply);
    reply->method = method;
    reply->uid = clean(reply, icalproperty_get_uid(uid), UID_BYTES);
    if (!*reply->uid)
        return NULL;
    reply->sequence = sequence ? icalproperty_get_sequence(sequence) : 0;
    if (reply->sequence < 0) /* or one that no int holds: of which edition it speaks is not known */
        return NULL;
    reply->stamp = read_time(answering, find(answering, ICAL_DTSTAMP_PROPERTY), 0);
    reply->comment = read_comment(answering);
    read_attendee(answering, reply);
    if (strcmp(method, "COUNTER") == 0) {
        reply->start = read_time(answering, find(answering, ICAL_DTSTART_PROPERTY), 0);
        reply->end = read_time(answering, find(answering, ICAL_DTEND_PROPERTY), -1);
        if (!same_kind(reply->start, reply->end))
            reply->end = NULL;
    }
    return reply;
}

/* What stands in a part; other methods are no answers: a REQUEST of somebody's own, a CANCEL, a DECLINECOUNTER. */
struct calendar_reply *calendar_read_reply(const void *context, const char *bytes, size_t length)
{
    if (memchr(bytes, '\0', length))
        return NULL;
    calendar_prepare_library();
    icalcomponent **calendar = memory_new(context, icalcomponent *);
    talloc_set_destructor(calendar, free_calendar);
    char *text = memory_copy_bytes(calendar, bytes, length);
    *calendar = icalparser_parse_string(text);
    struct calendar_reply *reply = NULL;
    if (*calendar && icalcomponent_isa(*calendar) == ICAL_VCALENDAR_COMPONENT) {
        icalproperty_method method = icalcomponent_get_method(*calendar);
        struct answering answering = {context, *calendar,
                                      icalcomponent_get_first_component(*calendar, ICAL_VEVENT_COMPONENT)};
        if (answering.event && method == ICAL_METHOD_REPLY)
            reply = read_event(&answering, "REPLY");
        else if (answering.event && method == ICAL_METHOD_COUNTER)
            reply = read_event(&answering, "COUNTER");
    }
    talloc_free(calendar);
    return reply;
}
