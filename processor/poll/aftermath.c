/* What an answer brings about: see aftermath.h. */
#include "poll/aftermath.h"

#include "poll/option.h"
#include "poll/schedule.h"
#include "store/event.h"
#include "store/reminder.h"

/* Whoever answers is there, and has kept the promise or made another one. */
static bool keep_presence(struct office *office, const struct aftermath *aftermath, struct error **error)
{
    const struct invitation *invitation = aftermath->invitation;
    if (!aftermath->is_proxy && invitation->away_until &&
        !store_set_away(office->store, invitation->person_id, NULL, error))
        return false;
    if (!aftermath->promised && !invitation->promised)
        return true;
    if (!store_set_promise(office->store, invitation->id, aftermath->promised, error))
        return false;
    time_t morning = schedule_morning_of(office->almanac, aftermath->promised);
    return !morning || store_hasten_reminders(office->store, aftermath->poll->id, morning, error);
}

/* A required person who said × where there was none. */
static bool is_blocking(const struct aftermath *aftermath)
{
    for (size_t i = 0; aftermath->invitation->required && !aftermath->poll->options.is_anonymous && i < aftermath->poll->choice_count; i++)
        if (aftermath->after[i] == MARK_NO && aftermath->before[i] != MARK_NO)
            return true;
    return false;
}

static bool is_yes(enum mark mark)
{
    return mark == MARK_YES || mark == MARK_BEST;
}

/* A choice that has come to as many ○ as the quorum asks for is told once. */
static bool keep_count(struct office *office, const struct aftermath *aftermath, struct error **error)
{
    const struct poll *poll = aftermath->poll;
    long quorum = option_quorum(&poll->options, poll->invited);
    bool done = true;
    for (size_t i = 0; quorum && done && i < poll->choice_count; i++) {
        struct poll_event event = {.poll_id = poll->id, .kind = EVENT_QUORUM, .choice_id = poll->choices[i].id};
        int change = is_yes(aftermath->after[i]) - is_yes(aftermath->before[i]);
        long yes = 0;
        bool is_new = false;
        if (!change)
            continue;
        done = store_count_yes(office->store, event.choice_id, change, &yes, error) &&
               (change < 0 || yes < quorum || store_note_quorum(office->store, event.choice_id, &is_new, error)) &&
               (!is_new || store_add_event(office->store, &event, error));
    }
    return done;
}

static bool is_waited_for(enum invitation_state state)
{
    return state == INVITATION_WAITING || state == INVITATION_PARTIAL;
}

/* A poll that was opened again does not close when the last answer comes: its organiser is told instead. */
static bool is_last(const struct aftermath *aftermath)
{
    return aftermath->poll->reopened && aftermath->poll->waiting == 1 && is_waited_for(aftermath->state_before) &&
           !is_waited_for(aftermath->invitation->state);
}

bool aftermath_keep(struct office *office, const struct aftermath *aftermath, struct error **error)
{
    struct poll_event event = {.poll_id = aftermath->poll->id};
    if (!store_touch_poll(office->store, event.poll_id, error) || !keep_presence(office, aftermath, error) ||
        !keep_count(office, aftermath, error))
        return false;
    if (is_last(aftermath)) {
        event.kind = EVENT_COMPLETE;
        if (!store_add_event(office->store, &event, error))
            return false;
    }
    if (!is_blocking(aftermath))
        return true;
    event.kind = EVENT_CANNOT;
    event.invitation_id = aftermath->invitation->id;
    return store_add_event(office->store, &event, error);
}
