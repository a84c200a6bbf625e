/* What is to be done with one letter: see take.h. */
#include "job/take.h"

#include "note/desk.h"
#include "note/minutes.h"
#include "poll/absence.h"
#include "poll/record.h"
#include "poll/reply.h"

/* Most replies to a poll are answers; one to its result may bring the minutes. */
static bool take_poll_letter(struct office *office, struct incoming *incoming, struct error **error)
{
    bool taken = false;
    if (minutes_are_in(incoming->letter, incoming->route) && !minutes_take(office, incoming, &taken, error))
        return false;
    return taken || poll_take_letter(office, incoming, error);
}

/* What of ours came back is told by its envelope sender. */
static bool take_bounce(struct office *office, struct incoming *incoming, struct error **error)
{
    const struct reference *reference = &incoming->route->reference;
    char kind;
    int64_t id;
    if (reference->code && route_parse_note_code(reference->code, &kind, &id))
        return note_take_bounce(office, incoming, error);
    return poll_take_bounce(office, incoming, error);
}

bool take_incoming(struct office *office, struct incoming *incoming, struct error **error)
{
    const struct letter *letter = incoming->letter;
    const struct route *route = incoming->route;
    if (office_is_own(office, letter))
        return incoming_settle(incoming, "ignored", "our own mail came back");
    if (letter->class == LETTER_BOUNCE)
        return take_bounce(office, incoming, error);
    if (letter->class == LETTER_AUTO_REPLY && !letter->may_count)
        return absence_take(office, incoming, error);
    if (!letter->may_count)
        return incoming_settle(incoming, "ignored", letter->class_reason);
    if (!letter->from.count)
        return incoming_settle(incoming, "ignored", "it names no sender");
    switch (route->verb) {
    case ROUTE_POLL:
        return take_poll_letter(office, incoming, error);
    case ROUTE_HELP:
        return reply_refuse(office, incoming, "no_answer", error);
    case ROUTE_BOUNCE:
        return incoming_settle(incoming, "ignored", "sent to a bounce address, but no bounce");
    case ROUTE_FORM:
        return poll_take_form(office, incoming, error);
    case ROUTE_NOTE:
        return note_take_letter(office, incoming, error);
    case ROUTE_NONE:
        break;
    }
    return incoming_settle(incoming, "ignored", "to none of our addresses");
}
