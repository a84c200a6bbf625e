/* Opening a poll: see open.h. */
#include "poll/open.h"

#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/memory.h"
#include "poll/ballot.h"
#include "poll/reply.h"
#include "poll/view.h"
#include "store/person.h"
#include "text/fold.h"

enum { CODE_LETTERS = 4, CODE_TRIES = 200 };

bool poll_may_open(const struct config *config, const char *address)
{
    const char *domain = strrchr(address, '@');
    char *list = memory_copy_text(NULL, config->organisers);
    char *save = NULL;
    bool may = false;
    for (char *word = strtok_r(list, ", \t", &save); word && domain && !may; word = strtok_r(NULL, ", \t", &save)) {
        if (strcmp(word, "@domain") == 0)
            may = strcasecmp(domain + 1, config->domain) == 0;
        else
            may = strcasecmp(word, *word == '@' ? domain : address) == 0;
    }
    talloc_free(list);
    return may;
}

/* Letter, digit, letter, digit …: without those that look alike or could be read as marks (i l n o v x y 0 1). */
static bool make_code(char *code, size_t length, struct error **error)
{
    static const char letters[] = "abcdefghjkmpqrstuwz";
    static const char digits[] = "23456789";
    unsigned char random[16];
    if (getrandom(random, length, 0) != (ssize_t)length)
        return error_set_errno(error, "cannot draw a random number");
    for (size_t i = 0; i < length; i++)
        code[i] = i % 2 ? digits[random[i] % (sizeof digits - 1)] : letters[random[i] % (sizeof letters - 1)];
    code[length] = '\0';
    return true;
}

/* A code that no poll has yet; longer ones when the short ones are used up. */
static char *find_free_code(const void *context, struct office *office, struct error **error)
{
    for (size_t tries = 0; tries < CODE_TRIES; tries++) {
        char code[CODE_LETTERS + 2 * 2 + 1];
        struct poll *taken;
        if (!make_code(code, CODE_LETTERS + (tries / (CODE_TRIES / 3)) * 2, error) ||
            !store_find_poll(context, office->store, code, &taken, error))
            return NULL;
        if (!taken)
            return memory_copy_text(context, code);
    }
    error_set(error, ERROR_TEMPORARY, "no free code for a poll was found");
    return NULL;
}

static json_t *view_lines(char **lines)
{
    json_t *list = json_array();
    for (size_t i = 0; i < memory_count(lines); i++)
        json_array_append_new(list, json_string(lines[i]));
    return list;
}

/* One object a problem, with its own name set to true, so that a template has a sentence for each. */
static json_t *view_problems(const struct draft *draft)
{
    json_t *list = json_array();
    for (size_t i = 0; i < draft->problem_count; i++) {
        json_t *problem = json_pack("{s:o}", "line", view_text(draft->problems[i].line));
        for (int kind = DRAFT_NO_CHOICES; kind <= DRAFT_UNSUPPORTED; kind++)
            json_object_set_new(problem, draft_problem_name((enum draft_problem_kind)kind),
                                json_boolean(kind == (int)draft->problems[i].kind));
        json_array_append_new(list, problem);
    }
    return list;
}

static bool queue_problems(struct office *office, const struct incoming *incoming, const struct draft *draft,
                           struct error **error)
{
    const struct mailbox *sender = incoming_sender(incoming);
    char *quote = view_quote(NULL, incoming->letter->new_text, 60);
    char *language;
    if (!reply_find_language(quote, office, incoming, &language, error)) {
        talloc_free(quote);
        return false;
    }
    json_t *view = json_pack("{s:s, s:o, s:s}", "subject", reply_subject(incoming), "problems", view_problems(draft),
                             "quote", quote);
    char *dedupe = memory_format(quote, "unclear-opening/%lld", (long long)incoming->id);
    bool done = reply_queue(office, incoming, &(struct outgoing){.template = "unclear-opening",
                                                                 .language = language,
                                                                 .name = sender->name,
                                                                 .address = sender->address,
                                                                 .dedupe = dedupe,
                                                                 .view = memory_check(view)},
                            error);
    json_decref(view);
    talloc_free(quote);
    return done;
}

/* By any of their addresses: an alias that a circle tells later must not make two people of one. */
static bool find_participant(const void *context, struct office *office, const struct participant *participant,
                             struct person **person, struct error **error)
{
    if (!store_find_person(context, office->store, participant->address, person, error))
        return false;
    for (size_t i = 0; !*person && i < memory_count(participant->aliases); i++)
        if (!store_find_person(context, office->store, participant->aliases[i], person, error))
            return false;
    return true;
}

/* What a circle says about a person holds; what a mail says (anybody can write one) stays with its invitation. */
static bool tell_person(struct office *office, const struct participant *participant, struct person *person,
                        struct error **error)
{
    if (!participant->is_known)
        return true;
    const char *language = participant->language ? participant->language : person->language;
    bool same_language = language == person->language || (person->language && strcmp(language, person->language) == 0);
    if (strcmp(person->name, participant->name) == 0 && same_language)
        return true;
    person->name = participant->name;
    person->language = memory_copy_text(person, language);
    return store_update_person(office->store, person, error);
}

static struct person *meet_participant(const void *context, struct office *office,
                                       const struct participant *participant, struct error **error)
{
    struct person *person;
    if (!find_participant(context, office, participant, &person, error))
        return NULL;
    if (!person)
        person = store_meet_person(context, office->store, participant->address, NULL, NULL, error);
    if (!person || !tell_person(office, participant, person, error) ||
        !store_add_address(office->store, person->id, participant->address, error))
        return NULL;
    for (size_t i = 0; i < memory_count(participant->aliases); i++)
        if (!store_add_address(office->store, person->id, participant->aliases[i], error))
            return NULL;
    return person;
}

static bool invite_all(struct office *office, const struct draft *draft, struct poll *poll, struct error **error)
{
    for (size_t i = 0; i < draft->participant_count; i++) {
        const struct participant *participant = &draft->participants[i];
        struct person *person = meet_participant(poll, office, participant, error);
        struct invitation *other;
        if (!person || !store_find_invitation_of(poll, office->store, poll->id, person->id, &other, error))
            return false;
        if (other) /* the same person under another address */
            continue;
        struct invitation invitation = {.poll_id = poll->id,
                                        .person_id = person->id,
                                        .number = (int)poll->invited + 1,
                                        .address = participant->address,
                                        .name = participant->name,
                                        .required = participant->required};
        if (!store_add_invitation(office->store, &invitation, error))
            return false;
        poll->invited++;
    }
    return true;
}

static struct poll *store_draft(struct office *office, const struct incoming *incoming, const struct draft *draft,
                                const char *language, struct error **error)
{
    struct poll *poll = memory_new(draft, struct poll);
    const struct mailbox *sender = incoming_sender(incoming);
    struct person *organiser = store_meet_person(poll, office->store, sender->address, sender->name, language, error);
    poll->code = organiser ? find_free_code(poll, office, error) : NULL;
    if (!poll->code)
        return NULL;
    poll->state = POLL_DRAFT;
    poll->title = draft->title;
    poll->description = draft->description;
    poll->place = draft->place;
    poll->organiser_id = organiser->id;
    poll->deadline = clock_from_civil(draft->deadline);
    poll->created_at = office->now;
    poll->choice_count = draft->choice_count;
    poll->choices = memory_array(poll, struct choice, poll->choice_count);
    for (size_t i = 0; i < poll->choice_count; i++) {
        const struct when *when = &draft->choices[i];
        poll->choices[i] = (struct choice){.number = (int)i + 1,
                                           .start = when->start,
                                           .end = when->end,
                                           .has_end = when->has_end,
                                           .all_day = when->all_day,
                                           .note = when->note};
    }
    return store_add_poll(office->store, poll, error) && invite_all(office, draft, poll, error) ? poll : NULL;
}

/* Each choice with its year, and what the organiser should look at twice. */
static void mark_choices(json_t *choices, const struct draft *draft, const char *language)
{
    for (size_t i = 0; i < draft->choice_count; i++) {
        const struct when *when = &draft->choices[i];
        int weekday = civil_weekday(when->start);
        json_t *choice = json_array_get(choices, i);
        char *label = when_format(NULL, language, when, 0);
        json_object_set_new(choice, "label", json_string(label));
        talloc_free(label);
        json_object_set_new(choice, "is_weekend", json_boolean(weekday == 0 || weekday == 6));
        json_object_set_new(choice, "is_without_end", json_boolean(!when->has_end && !when->all_day));
        json_object_set_new(choice, "is_inferred",
                            json_boolean(when->inferred & ~(unsigned)(WHEN_INFERRED_YEAR | WHEN_INFERRED_END)));
        json_object_set_new(choice, "written", json_string(when->text));
    }
}

static json_t *view_participants(const struct invitation *invitations)
{
    json_t *list = json_array();
    for (size_t i = 0; i < memory_count(invitations); i++) {
        char *name = view_person_name(NULL, invitations[i].name, invitations[i].address);
        json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "name", name, "address", invitations[i].address,
                                              "required", invitations[i].required));
        talloc_free(name);
    }
    return list;
}

static json_t *view_preview(struct office *office, const struct draft *draft, const struct poll *poll,
                            const char *language, struct error **error)
{
    void *context = talloc_new(NULL);
    json_t *view = NULL;
    char *organiser = ballot_organiser(context, office, poll, error);
    struct invitation *shown =
        organiser ? store_list_invitations(context, office->store, poll->id, 100, error) : NULL;
    if (shown) {
        json_t *ballot = ballot_view(office, poll, organiser, shown, poll->code, language);
        char *text = ballot_render(context, office, ballot, poll->code, language, error);
        json_decref(ballot);
        view = view_poll(poll, organiser, language);
        mark_choices(json_object_get(view, "choices"), draft, language);
        long more = poll->invited - (long)memory_count(shown);
        bool late = draft->choice_count && civil_compare(draft->deadline, draft->choices[0].start) > 0;
        json_t *own = json_pack("{s:o, s:I, s:o, s:o, s:b, s:b, s:s}", "participants", view_participants(shown),
                                "participant_count", (json_int_t)poll->invited, "more_participants",
                                more > 0 ? json_integer(more) : json_null(), "skipped", view_lines(draft->skipped),
                                "deadline_inferred", draft->deadline_inferred, "deadline_late", late, "ballot",
                                text ? text : "");
        json_object_update(view, memory_check(own));
        json_decref(own);
        if (!text) {
            json_decref(view);
            view = NULL;
        }
    }
    talloc_free(context);
    return view;
}

bool poll_take_opening(struct office *office, struct incoming *incoming, const struct draft *draft,
                       struct error **error)
{
    const struct mailbox *sender = incoming_sender(incoming);
    if (!incoming->letter->may_answer) /* a draft that nobody hears of helps nobody */
        return incoming_settle(incoming, "ignored", "it opens a poll, but must not be answered");
    if (!poll_may_open(office->config, sender->address))
        return reply_refuse(office, incoming, "not_organiser", error);
    if (draft->problem_count)
        return queue_problems(office, incoming, draft, error) &&
               incoming_settle(incoming, "unclear", "the opening mail leaves questions");
    void *context = talloc_new(NULL);
    char *language = NULL;
    struct poll *poll = reply_find_language(context, office, incoming, &language, error)
                            ? store_draft(office, incoming, draft, language, error)
                            : NULL;
    json_t *view = poll ? view_preview(office, draft, poll, office_language(office, language), error) : NULL;
    bool done = false;
    if (view) {
        struct outgoing preview = {.template = "preview",
                                   .language = language,
                                   .name = sender->name,
                                   .address = sender->address,
                                   .reference = office_reference(context, office, poll->code, 0, poll->edition),
                                   .dedupe = memory_format(context, "preview/%s", poll->code),
                                   .view = view};
        done = reply_queue(office, incoming, &preview, error);
    }
    json_decref(view);
    talloc_free(context);
    return done && incoming_settle(incoming, "drafted", "");
}

bool poll_open(struct office *office, const struct poll *poll, struct error **error)
{
    long queued;
    if (poll->state != POLL_DRAFT)
        return error_set(error, ERROR_REFUSED, "the poll %s is %s, only a draft can be opened", poll->code,
                         poll_state_name(poll->state));
    if (poll->deadline <= office->now)
        return error_set(error, ERROR_REFUSED, "the deadline of the poll %s has passed; it was not opened", poll->code);
    return store_set_poll_state(office->store, poll->id, POLL_OPEN, office->now, error) &&
           ballot_queue_all(office, poll, false, &queued, error);
}
