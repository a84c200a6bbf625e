/*
 * mail/calendar_read: cases of tests/vectors/mail/calendar_replies.jsonl, and what they become when they are cut anywhere.
 * mail/calendar_build: cases of tests/vectors/mail/calendar.jsonl, and what must hold for every calendar: CRLF, lines of
 * at most 75 bytes (RFC 5545 section 3.1), no character cut in two, libical's own check of the rules of RFC 5546, every
 * zone that is named described.
 */
#include <libical/ical.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "mail/calendar.h"
#include "mail/calendar_build.h"
#include "mail/calendar_read.h"
#include "unit.h"

/* The calendar with its folded lines made whole and plain line ends; NULL when it breaks a rule of lines. */
static char *unfold(const void *context, const char *calendar)
{
    struct buffer *out = buffer_new(context, 1 << 20);
    for (const char *line = calendar; *line;) {
        const char *end = strstr(line, "\r\n");
        size_t length = end ? (size_t)(end - line) : 0;
        if (!end || length == 0 || length > 75 || memchr(line, '\n', length) || !utf8_is_valid(line, length)) {
            fprintf(stderr, "a line that breaks the rules: %.100s\n", line);
            return NULL;
        }
        if (*line != ' ' && out->length)
            buffer_add_byte(out, '\n');
        buffer_add(out, line + (*line == ' '), length - (*line == ' '));
        line = end + 2;
    }
    buffer_add_byte(out, '\n');
    return out->bytes;
}

static bool has_line(const char *text, const char *line)
{
    size_t length = strlen(line);
    for (const char *found = strstr(text, line); found; found = strstr(found + 1, line))
        if ((found == text || found[-1] == '\n') && found[length] == '\n')
            return true;
    fprintf(stderr, "missing: %s\nin:\n%s\n", line, text);
    return false;
}

/* What another reader of the same bytes would demand. */
static bool is_sound(const char *calendar, const char *unfolded)
{
    icalcomponent *component = icalparser_parse_string(calendar);
    bool sound = component && icalrestriction_check(component) && icalcomponent_count_errors(component) == 0;
    if (component)
        icalcomponent_free(component);
    if (strstr(unfolded, ";TZID=") && !strstr(unfolded, "\nBEGIN:VTIMEZONE\n"))
        sound = false;
    return sound;
}

/* One for the whole table, as in the helper: a calendar that kept the rules lets no other one pass. */
static struct calendar_builder *builder;

static bool check_case(json_t *entry)
{
    struct error *error = NULL;
    void *context = talloc_new(NULL);
    char *calendar = calendar_build(context, builder, json_object_get(entry, "view"), &error);
    bool right = !calendar == json_is_true(json_object_get(entry, "refused")) && !calendar == (error != NULL);
    char *lines = calendar ? unfold(context, calendar) : NULL;
    if (calendar)
        right = right && lines && is_sound(calendar, lines);
    size_t index;
    json_t *line;
    json_array_foreach(json_object_get(entry, "has"), index, line)
    {
        right = right && has_line(lines, json_string_value(line));
    }
    json_array_foreach(json_object_get(entry, "has_not"), index, line)
    {
        right = right && !strstr(lines, json_string_value(line));
    }
    error_free(&error);
    talloc_free(context);
    return right;
}

START_TEST(cases_come_out_as_written)
{
    builder = calendar_open_builder(NULL);
    unit_check_vectors("mail/calendar.jsonl", check_case);
    talloc_free(builder);
}
END_TEST

/* Texts of every length, so that a fold falls at every place of a character. */
START_TEST(no_fold_cuts_a_character)
{
    static const char *const units[] = {"会", "é", "a", "😀", ",", "\n", "か\u3099"};
    for (size_t unit = 0; unit < sizeof units / sizeof *units; unit++)
        for (size_t count = 1; count < (size_t)unit_rounds(120); count++) {
            void *context = talloc_new(NULL);
            struct buffer *text = buffer_new(context, 4096);
            for (size_t i = 0; i < count; i++)
                buffer_add_text(text, units[unit]);
            json_t *view = json_pack("{s:s, s:n, s:[{s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:{s:s, s:s}, s:[]}]}", "method",
                                     "PUBLISH", "zone", "events", "uid", "u@d", "sequence", 0, "stamp",
                                     "2025-12-18T01:00:00Z", "status", "TENTATIVE", "summary", text->bytes, "description",
                                     text->bytes, "place", text->bytes, "start", "2026-01-31", "organiser", "name", "o",
                                     "address", "o@d", "attendees");
            ck_assert_ptr_nonnull(view);
            char *calendar = calendar_build(context, calendar_open_builder(context), view, NULL);
            ck_assert_ptr_nonnull(calendar);
            char *lines = unfold(context, calendar);
            ck_assert_ptr_nonnull(lines);
            icalcomponent *read = icalparser_parse_string(calendar);
            ck_assert_str_eq(icalcomponent_get_summary(icalcomponent_get_inner(read)), text->bytes);
            icalcomponent_free(read);
            json_decref(view);
            talloc_free(context);
        }
}
END_TEST

START_TEST(zones_without_summer_time_are_named)
{
    time_t start;
    ck_assert(clock_parse("2026-01-15T04:00:00Z", &start));
    ck_assert(clock_set_zone("Asia/Tokyo", NULL));
    json_t *zone = calendar_zone("Asia/Tokyo", start);
    ck_assert_str_eq(json_string_value(json_object_get(zone, "name")), "JST");
    ck_assert_int_eq(json_integer_value(json_object_get(zone, "offset")), 32400);
    json_decref(zone);
    ck_assert(clock_set_zone("Europe/Paris", NULL));
    ck_assert(json_is_null(calendar_zone("Europe/Paris", start)));
}
END_TEST

static bool check_reply(json_t *entry)
{
    void *context = talloc_new(NULL);
    json_t *expected = json_object_get(entry, "reply");
    const char *text = json_string_value(json_object_get(entry, "calendar"));
    struct calendar_reply *reply = calendar_read_reply(context, text, strlen(text));
    json_t *actual = json_null();
    if (reply)
        actual = json_pack("{s:s, s:s, s:i, s:s?, s:s, s:s, s:s, s:s?, s:s?}", "method", reply->method, "uid", reply->uid,
                           "sequence", reply->sequence, "stamp", reply->stamp, "attendee", reply->attendee, "partstat",
                           reply->partstat, "comment", reply->comment, "start", reply->start, "end", reply->end);
    bool right = json_equal(actual, expected);
    if (!right) {
        char *dumped = json_dumps(actual, JSON_ENCODE_ANY);
        fprintf(stderr, "read: %s\n", dumped);
        free(dumped);
    }
    for (size_t length = 0; length < strlen(text); length++) /* must neither crash nor read beyond the end */
        calendar_read_reply(context, text, length);
    json_decref(actual);
    talloc_free(context);
    return right;
}

START_TEST(answers_of_calendars_are_read)
{
    unit_check_vectors("mail/calendar_replies.jsonl", check_reply);
}
END_TEST

static Suite *calendar_suite(void)
{
    Suite *suite = suite_create("mail/calendar");
    TCase *cases = tcase_create("calendar");
    suite_add_tcase(suite, cases);
    tcase_add_test(cases, cases_come_out_as_written);
    tcase_add_test(cases, no_fold_cuts_a_character);
    tcase_add_test(cases, answers_of_calendars_are_read);
    tcase_add_test(cases, zones_without_summer_time_are_named);
    return suite;
}

UNIT_MAIN(calendar_suite())
