/* Copies of polls: see clone.h. */
#include "poll/clone.h"

#include "base/limits.h"
#include "base/memory.h"
#include "poll/open.h"

struct poll *clone_begin(const void *context, const struct office *office, const struct poll *poll)
{
    struct poll *copy = memory_new(context, struct poll);
    *copy = *poll;
    copy->choices = NULL;
    copy->choice_count = 0;
    copy->invited = 0;
    copy->waiting = 0;
    copy->reopened = 0;
    copy->told = 0;
    copy->state = POLL_DRAFT;
    copy->created_at = office->now;
    return copy;
}

static bool copy_people(struct office *office, const struct poll *poll, struct poll *copy, struct error **error)
{
    struct invitation *people = store_list_invitations(copy, office->store, poll->id, LIMIT_PARTICIPANTS, error);
    bool done = people != NULL;
    for (size_t i = 0; done && i < memory_count(people); i++) {
        struct invitation invitation = people[i];
        invitation.poll_id = copy->id;
        invitation.number = (int)i + 1;
        done = store_add_invitation(office->store, &invitation, error);
        copy->invited += done;
    }
    return done;
}

bool clone_add(struct office *office, struct poll *copy, const struct poll *original, struct error **error)
{
    copy->code = poll_find_free_code(copy, office, error);
    return copy->code && store_add_poll(office->store, copy, error) &&
           store_set_options(office->store, copy->id, &copy->options, error) &&
           copy_people(office, original, copy, error);
}
