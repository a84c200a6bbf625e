/* Absences: see absence.h. */
#include "poll/absence.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/event.h"
#include "store/person.h"
#include "store/poll.h"
#include "store/reminder.h"

/* The invitation that a token proves, when the letter comes from the invited person; NULL: it proves none. */
static bool find_invitation(const void *context, struct office *office, const struct incoming *incoming, struct poll **poll,
                            struct invitation **invitation, struct error **error)
{
    const struct reference *reference = &incoming->route->reference;
    bool own = false;
    *invitation = NULL;
    if (!store_find_poll(context, office->store, reference->code, poll, error))
        return false;
    if (!*poll || !office_reference_is_genuine(office, (*poll)->code, reference->number, reference->token))
        return true;
    if (!store_find_invitation(context, office->store, (*poll)->id, reference->number, invitation, error))
        return false;
    if (*invitation && !store_has_address(office->store, (*invitation)->person_id, incoming_sender(incoming)->address,
                                          &own, error))
        return false;
    if (!own)
        *invitation = NULL;
    return true;
}

/* A day that has passed tells of an absence that is over. */
static bool is_over(const struct office *office, const char *until)
{
    time_t last_day;
    if (!clock_parse(until, &last_day))
        return false;
    return civil_day_number(clock_to_civil(last_day)) < civil_day_number(clock_to_civil(office->now));
}

/* Not every robot speaks for somebody who is away: one may only say that the mail has come. */
static bool tells_of_absence(const struct letter *letter)
{
    static const char *const words[] = {"不在", "休暇", "休業", "休み", "出張", "離席", "out of office", "out of the office",
                                        "away",  "vacation", "holiday", "on leave", "absent", "absence"};
    char *text = memory_format(NULL, "%s\n%s", letter->subject, letter->new_text);
    bool tells = letter->away_until != NULL;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        tells = tells || strcasestr(text, words[i]);
    talloc_free(text);
    return tells;
}

bool absence_take(struct office *office, struct incoming *incoming, struct error **error)
{
    const struct letter *letter = incoming->letter;
    const char *until = letter->away_until ? letter->away_until : "";
    if (!incoming->route->reference.token || !letter->from.count || !tells_of_absence(letter) || is_over(office, until))
        return incoming_settle(incoming, "ignored", letter->class_reason);
    void *context = talloc_new(NULL);
    struct poll *poll;
    struct invitation *invitation;
    bool done = find_invitation(context, office, incoming, &poll, &invitation, error);
    if (done && invitation) {
        done = store_set_away(office->store, invitation->person_id, until, error) &&
               store_touch_poll(office->store, poll->id, error) &&
               incoming_settle(incoming, "absent", letter->class_reason);
    } else if (done) {
        incoming_settle(incoming, "ignored", letter->class_reason);
    }
    talloc_free(context);
    return done;
}
