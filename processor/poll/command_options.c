/* Commands about the options of a poll: quorum, limit, who sees results, anonymity, place, duration, notes. */
#include "base/memory.h"
#include "poll/command_list.h"
#include "poll/option.h"
#include "store/choice.h"
#include "text/value.h"

/* All options as they are now: one sentence shows what has changed and what else holds. */
static bool tell_options(struct commanding *commanding)
{
    const struct poll *poll = commanding->poll;
    json_t *view = option_view(&poll->options);
    json_object_set_new(view, "place", view_text(poll->place));
    json_object_set_new(view, "minutes", poll->options.minutes ? json_integer(poll->options.minutes) : json_null());
    json_object_set_new(view, "description", view_text(poll->description));
    return command_tell(commanding, "options_set", view);
}

static bool set_option(struct commanding *commanding, enum option_kind kind, const char *arguments, struct error **error)
{
    struct poll *poll = commanding->poll;
    if (!option_read(poll, &poll->options, kind, arguments))
        return command_tell(commanding, "unclear_option", NULL);
    return command_touch_draft(commanding, error) &&
           store_set_options(commanding->office->store, poll->id, &poll->options, error) && tell_options(commanding);
}

/* Counted anew: nobody counted while there was no quorum. */
bool command_set_quorum(struct commanding *commanding, const char *arguments, struct error **error)
{
    return set_option(commanding, OPTION_QUORUM, arguments, error) &&
           store_recount_yes(commanding->office->store, commanding->poll->id, error);
}

bool command_set_limit(struct commanding *commanding, const char *arguments, struct error **error)
{
    return set_option(commanding, OPTION_LIMIT, arguments, error);
}

bool command_set_results(struct commanding *commanding, const char *arguments, struct error **error)
{
    return set_option(commanding, OPTION_RESULTS, arguments, error);
}

/* Who cannot be missed would be named when they are. */
bool command_set_anonymous(struct commanding *commanding, const char *arguments, struct error **error)
{
    const struct poll *poll = commanding->poll;
    return set_option(commanding, OPTION_ANONYMOUS, *arguments ? arguments : "yes", error) &&
           (!poll->options.is_anonymous || store_clear_required(commanding->office->store, poll->id, error));
}

bool command_set_recurrence(struct commanding *commanding, const char *arguments, struct error **error)
{
    return set_option(commanding, OPTION_RECURRENCE, arguments, error);
}

/* For dates that are added from now on. */
bool command_set_duration(struct commanding *commanding, const char *arguments, struct error **error)
{
    return set_option(commanding, OPTION_DURATION, arguments, error);
}

bool command_set_place(struct commanding *commanding, const char *arguments, struct error **error)
{
    struct poll *poll = commanding->poll;
    if (!*arguments)
        return command_tell(commanding, "unclear_option", NULL);
    poll->place = memory_copy_text(poll, arguments);
    commanding->change->has_new_place = true;
    return command_touch_draft(commanding, error) &&
           store_set_poll_texts(commanding->office->store, poll, error) && tell_options(commanding);
}

bool command_add_note(struct commanding *commanding, const char *arguments, struct error **error)
{
    struct poll *poll = commanding->poll;
    if (!*arguments)
        return command_tell(commanding, "unclear_option", NULL);
    poll->description = memory_format(poll, "%s%s%s", poll->description, *poll->description ? "\n" : "", arguments);
    return command_touch_draft(commanding, error) &&
           store_set_poll_texts(commanding->office->store, poll, error) && tell_options(commanding);
}
