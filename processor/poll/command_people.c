/* Commands about who is asked: reminding. */
#include <string.h>

#include "base/limits.h"
#include "base/memory.h"
#include "poll/ballot.h"
#include "poll/command_list.h"
#include "poll/people.h"

static bool tell_reminded(struct commanding *commanding, const struct invitation *some, struct error **error)
{
    long queued;
    if (!ballot_remind(commanding->office, commanding->poll, some, &queued, error))
        return false;
    return command_tell(commanding, "reminded", json_pack("{s:b, s:I}", "any", queued > 0, "count", (json_int_t)queued));
}

/* With names only those; each is told once a day at most, however often the organiser asks. */
bool command_remind(struct commanding *commanding, const char *arguments, struct error **error)
{
    void *context = talloc_new(NULL);
    struct invitation *all =
        store_list_invitations(context, commanding->office->store, commanding->poll->id, LIMIT_PARTICIPANTS, error);
    bool done = all != NULL;
    if (done && !*arguments) {
        done = tell_reminded(commanding, all, error);
    } else if (done) {
        struct people_choice chosen = people_choose(context, all, arguments);
        if (chosen.unknown)
            command_tell(commanding, "unknown_name", people_view_unknown(&chosen));
        if (memory_count(chosen.people))
            done = tell_reminded(commanding, chosen.people, error);
    }
    talloc_free(context);
    return done;
}
