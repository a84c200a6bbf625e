/* Commands about who is asked: reminding, requiring, inviting, removing, answering for somebody. */
#include <string.h>

#include "base/limits.h"
#include "base/memory.h"
#include "poll/ballot.h"
#include "poll/command_list.h"
#include "poll/form_seats.h"
#include "poll/invite.h"
#include "poll/participants.h"
#include "poll/people.h"
#include "poll/view.h"
#include "poll/vote.h"
#include "store/choice.h"
#include "text/fold.h"
#include "text/value.h"

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
    if (done && *arguments && commanding->poll->options.is_anonymous) { /* it would show who has answered */
        command_tell(commanding, "not_anonymously", NULL);
    } else if (done && !*arguments) {
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

static json_t *view_names(const struct invitation *people)
{
    json_t *names = json_array();
    for (size_t i = 0; i < memory_count(people); i++) {
        char *name = view_person_name(NULL, people[i].name, people[i].address);
        json_array_append_new(names, json_string(name));
        talloc_free(name);
    }
    return json_pack("{s:o}", "names", names);
}

/* Those whom the words name; who is not found has been told of. NULL when the store failed. */
static struct invitation *choose(const void *context, struct commanding *commanding, const char *words,
                                 struct error **error)
{
    struct invitation *all =
        store_list_invitations(context, commanding->office->store, commanding->poll->id, LIMIT_PARTICIPANTS, error);
    if (!all)
        return NULL;
    struct people_choice chosen = people_choose(context, all, words);
    if (chosen.unknown)
        command_tell(commanding, "unknown_name", people_view_unknown(&chosen));
    else if (!memory_count(chosen.people))
        command_tell(commanding, "needs_name", NULL);
    return chosen.people;
}

static bool set_required(struct commanding *commanding, const char *words, bool required, struct error **error)
{
    if (commanding->poll->options.is_anonymous && required)
        return command_tell(commanding, "not_anonymously", NULL);
    void *context = talloc_new(NULL);
    struct invitation *people = choose(context, commanding, words, error);
    bool done = people != NULL;
    for (size_t i = 0; done && i < memory_count(people); i++)
        done = command_touch_draft(commanding, error) &&
               store_set_required(commanding->office->store, people[i].id, required, error);
    if (done && memory_count(people))
        command_tell(commanding, required ? "required" : "optional", view_names(people));
    talloc_free(context);
    return done;
}

bool command_require(struct commanding *commanding, const char *arguments, struct error **error)
{
    return set_required(commanding, arguments, true, error);
}

bool command_release(struct commanding *commanding, const char *arguments, struct error **error)
{
    return set_required(commanding, arguments, false, error);
}

static void append_person(void *context, struct invitation **list, const struct invitation *invitation)
{
    size_t count = memory_count(*list);
    *list = memory_resize(context, *list, struct invitation, count + 1);
    (*list)[count] = *invitation;
}

/* 「招待 tanaka@…、gijutsu」: addresses and circles, as an opening mail names them. */
bool command_invite(struct commanding *commanding, const char *arguments, struct error **error)
{
    void *context = talloc_new(NULL);
    struct office *office = commanding->office;
    struct poll *poll = commanding->poll;
    struct draft *draft = memory_new(context, struct draft);
    struct people_choice words = {NULL, NULL};
    struct invitation *invited = memory_array(context, struct invitation, 0);
    participants_add_words(draft, office->config, arguments);
    for (size_t i = 0; i < draft->problem_count; i++)
        people_add_unknown(context, &words, draft->problems[i].line);
    bool done = true;
    if (words.unknown)
        command_tell(commanding, "unknown_participant", people_view_unknown(&words));
    else if (!draft->participant_count)
        command_tell(commanding, "needs_name", NULL);
    else if (poll->invited + (long)draft->participant_count > LIMIT_PARTICIPANTS)
        command_tell(commanding, "too_many_people", NULL);
    else
        for (size_t i = 0; done && i < draft->participant_count; i++) {
            struct invitation *invitation;
            bool is_new = false;
            done = command_touch_draft(commanding, error) &&
                   invite_participant(context, office, poll, &draft->participants[i], &invitation, &is_new, error);
            if (done && is_new)
                append_person(context, &invited, invitation);
            else if (done)
                command_tell(commanding, "invited_already", NULL);
        }
    long queued;
    if (done && memory_count(invited)) {
        command_tell(commanding, "invited", view_names(invited));
        done = store_recount_poll(office->store, poll->id, error) &&
               (poll->state == POLL_DRAFT ||
                ballot_invite(office, poll, invited, commanding->incoming->id, &queued, error));
    }
    talloc_free(context);
    return done;
}

static bool tell_removed(const void *context, struct commanding *commanding, const struct invitation *invitation,
                         struct error **error)
{
    struct office *office = commanding->office;
    const struct poll *poll = commanding->poll;
    const char *language = office_language(office, invitation->language);
    char *organiser = ballot_organiser(context, office, poll, error);
    if (!organiser)
        return false;
    json_t *view = view_poll(poll, organiser, language);
    json_object_set_new(view, "person", json_string(view_person_name(context, invitation->name, invitation->address)));
    struct outgoing outgoing = {.template = "removed",
                                .language = invitation->language,
                                .name = invitation->name,
                                .address = invitation->address,
                                .dedupe = memory_format(context, "removed/%s/%d/%lld", poll->code, invitation->number,
                                                        (long long)commanding->incoming->id),
                                .view = view};
    bool done = office_queue(office, &outgoing, error);
    json_decref(view);
    return done;
}

/* Whoever waited for the place of one who was removed moves up. */
static bool move_up(const void *context, struct commanding *commanding, const struct seat *before, struct error **error)
{
    struct office *office = commanding->office;
    if (!before || commanding->poll->state != POLL_OPEN)
        return true;
    struct seat *after = seats_list(context, office, commanding->poll, error);
    return after && seats_tell(office, commanding->poll, before, after, 0, commanding->incoming->id, error);
}

/* Whether the next result would tell what they had answered: whose line is gone from an anonymous one. */
static bool would_show_answers(const struct poll *poll, const struct invitation *people)
{
    bool any = false;
    for (size_t i = 0; i < memory_count(people); i++)
        any = any || people[i].state != INVITATION_UNDELIVERED;
    return any && poll->options.is_anonymous && poll->state == POLL_OPEN;
}

bool command_remove(struct commanding *commanding, const char *arguments, struct error **error)
{
    void *context = talloc_new(NULL);
    struct office *office = commanding->office;
    struct poll *poll = commanding->poll;
    struct invitation *people = choose(context, commanding, arguments, error);
    bool is_limited = seats_are_limited(poll);
    struct seat *seats = is_limited ? seats_list(context, office, poll, error) : NULL;
    bool done = people && (seats || !is_limited);
    if (done && (long)memory_count(people) >= poll->invited)
        done = command_tell(commanding, "last_person", NULL);
    else if (done && would_show_answers(poll, people))
        done = command_tell(commanding, "removal_shows", NULL);
    else
        for (size_t i = 0; done && i < memory_count(people); i++) {
            enum invitation_state before = people[i].state;
            people[i].state = INVITATION_REMOVED;
            done = command_touch_draft(commanding, error) &&
                   store_update_invitation(office->store, &people[i], before, error) &&
                   (poll->state == POLL_DRAFT || before == INVITATION_UNDELIVERED ||
                    tell_removed(context, commanding, &people[i], error));
            if (done)
                poll->invited--;
            if (done && i + 1 == memory_count(people)) {
                command_tell(commanding, "removed", view_names(people));
                done = store_recount_poll(office->store, poll->id, error);
            }
        }
    done = done && move_up(context, commanding, seats, error);
    talloc_free(context);
    return done;
}

/* The person whom a line begins with, as long a name as there is, and the answer behind it. */
static const struct invitation *split_proxy(const void *context, const struct invitation *all, const char *arguments,
                                            const char **answer)
{
    const struct invitation *found = NULL;
    for (size_t length = strcspn(arguments, " \t"); arguments[length];) {
        const struct invitation *person = people_find(all, memory_copy_bytes(context, arguments, length));
        size_t next = length + strspn(arguments + length, " \t:");
        if (person) {
            found = person;
            *answer = arguments + next;
        }
        length = next + strcspn(arguments + next, " \t");
    }
    return found;
}

/* 「代理 佐藤 ○×○」: who was told on the telephone is told by mail what was entered for them. */
bool command_proxy(struct commanding *commanding, const char *arguments, struct error **error)
{
    if (commanding->poll->options.is_anonymous)
        return command_tell(commanding, "not_anonymously", NULL);
    void *context = talloc_new(NULL);
    struct office *office = commanding->office;
    struct invitation *all =
        store_list_invitations(context, office->store, commanding->poll->id, LIMIT_PARTICIPANTS, error);
    const char *answer = "";
    struct folded *folded = text_fold(context, arguments, strlen(arguments));
    const struct invitation *person = all ? split_proxy(context, all, folded->text, &answer) : NULL;
    bool done = all != NULL;
    if (done && !person) {
        command_tell(commanding, "unclear_proxy", NULL);
    } else if (done) {
        struct invitation invitation = *person;
        struct proxy proxy = {.poll = commanding->poll,
                              .invitation = &invitation,
                              .words = arguments + folded->origin[answer - folded->text]};
        done = vote_take_proxy(context, office, commanding->incoming, &proxy, error);
        if (done && proxy.marks)
            command_tell(commanding, "proxied",
                         json_pack("{s:s, s:s}", "name", view_person_name(context, person->name, person->address), "marks",
                                   proxy.marks));
        else if (done)
            command_tell(commanding, "unclear_proxy", NULL);
    }
    talloc_free(context);
    return done;
}
