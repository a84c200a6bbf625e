/* poll/schedule: a poll's whole life by the clock, for one person who never answers (tests/vectors/poll/schedule.jsonl). */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "poll/schedule.h"
#include "unit.h"

enum { TICK = 30 * 60 };

static const char *text_of(json_t *entry, const char *name)
{
    return json_string_value(json_object_get(entry, name));
}

static time_t instant_of(json_t *entry, const char *name)
{
    time_t instant = 0;
    const char *text = text_of(entry, name);
    ck_assert(!text || clock_parse(text, &instant));
    return instant;
}

static enum invitation_state state_of(json_t *entry)
{
    const char *name = text_of(entry, "state");
    for (int state = INVITATION_WAITING; name && state <= INVITATION_REMOVED; state++)
        if (strcmp(invitation_state_name((enum invitation_state)state), name) == 0)
            return (enum invitation_state)state;
    return INVITATION_WAITING;
}

/* The times at which the person is reminded; `ticks`: every half hour is looked at, else only when it was said to. */
static json_t *play(json_t *entry, bool ticks)
{
    time_t opened = instant_of(entry, "opened");
    time_t deadline = instant_of(entry, "deadline");
    time_t asked_again = instant_of(entry, "asked_again");
    struct schedule schedule = schedule_make(NULL, opened, deadline);
    struct invitation invitation = {.state = state_of(entry),
                                    .asked_at = opened,
                                    .promised = memory_copy_text(NULL, text_of(entry, "promised")),
                                    .away_until = memory_copy_text(NULL, text_of(entry, "away"))};
    json_t *reminded = json_array();
    for (time_t now = opened; now && now < deadline;) {
        time_t next = 0;
        if (asked_again && now >= asked_again && invitation.asked_at < asked_again)
            invitation.asked_at = asked_again;
        if (schedule_is_office_time(NULL, now) && schedule_judge(&schedule, &invitation, now, &next)) {
            char text[64];
            struct civil at = clock_to_civil(now);
            snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d", at.year, at.month, at.day, at.hour, at.minute);
            json_array_append_new(reminded, json_string(text));
            invitation.asked_at = now;
            invitation.reminded++;
        }
        now = ticks ? now + TICK : schedule_is_office_time(NULL, now) ? next : schedule_next_office_time(NULL, now);
    }
    talloc_free(invitation.promised);
    talloc_free(invitation.away_until);
    return reminded;
}

static bool check_case(json_t *entry)
{
    bool right = true;
    for (int ticks = 0; ticks < 2; ticks++) {
        json_t *reminded = play(entry, ticks);
        if (!json_equal(reminded, json_object_get(entry, "reminded"))) {
            char *text = json_dumps(reminded, JSON_COMPACT);
            fprintf(stderr, "%s (%s): %s\n", text_of(entry, "case"), ticks ? "every tick" : "as planned", text);
            free(text);
            right = false;
        }
        json_decref(reminded);
    }
    return right;
}

START_TEST(reminders_come_when_they_should)
{
    ck_assert(clock_set_zone("Asia/Tokyo", NULL));
    unit_check_vectors("poll/schedule.jsonl", check_case);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("poll/schedule");
    TCase *tests = tcase_create("schedule");
    tcase_add_test(tests, reminders_come_when_they_should);
    suite_add_tcase(suite, tests);
    return suite;
}

UNIT_MAIN(suite())
