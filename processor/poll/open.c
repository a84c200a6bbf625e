/* Opening a poll: see open.h. */
#include "poll/open.h"

#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/memory.h"
#include "poll/ballot.h"
#include "poll/invite.h"
#include "poll/preview.h"
#include "poll/remind.h"
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

/* Longer ones when the short ones are used up. */
char *poll_find_free_code(const void *context, struct office *office, struct error **error)
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

/* Why a date is not clear: the words of when.h, the one that holds true. */
static json_t *view_reason(const char *reason)
{
    static const char *const reasons[] = {"impossible", "weekday", "past",       "far", "range",
                                          "period",     "order",   "recurrence", "zone", "date"};
    json_t *view = json_object();
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        json_object_set_new(view, reasons[i], json_boolean(reason && strcmp(reason, reasons[i]) == 0));
    return view;
}

/* One object a problem, with its own name set to true, so that a template has a sentence for each. */
static json_t *view_problems(const struct draft *draft)
{
    json_t *list = json_array();
    for (size_t i = 0; i < draft->problem_count; i++) {
        json_t *problem = json_pack("{s:o}", "line", view_text(draft->problems[i].line));
        for (int kind = DRAFT_NO_CHOICES; kind <= DRAFT_UNCLEAR_QUESTION; kind++)
            json_object_set_new(problem, draft_problem_name((enum draft_problem_kind)kind),
                                json_boolean(kind == (int)draft->problems[i].kind));
        json_object_set_new(problem, "why", view_reason(draft->problems[i].reason));
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
    json_t *view = json_pack("{s:s, s:o, s:s, s:b}", "subject", reply_subject(incoming), "problems", view_problems(draft),
                             "quote", quote, "is_form", draft->is_form);
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

static bool invite_all(struct office *office, const struct draft *draft, struct poll *poll, struct error **error)
{
    bool done = true;
    for (size_t i = 0; done && i < draft->participant_count; i++) {
        struct invitation *invitation;
        bool is_new;
        done = invite_participant(poll, office, poll, &draft->participants[i], &invitation, &is_new, error);
    }
    return done;
}

static struct poll *store_draft(struct office *office, const struct incoming *incoming, const struct draft *draft,
                                const char *language, struct error **error)
{
    struct poll *poll = memory_new(draft, struct poll);
    const struct mailbox *sender = incoming_sender(incoming);
    struct person *organiser = store_meet_person(poll, office->store, sender->address, sender->name, language, error);
    poll->code = organiser ? poll_find_free_code(poll, office, error) : NULL;
    if (!poll->code)
        return NULL;
    poll->state = POLL_DRAFT;
    poll->is_form = draft->is_form;
    poll->questions = draft->questions;
    poll->title = draft->title;
    poll->description = draft->description;
    poll->place = draft->place;
    poll->organiser_id = organiser->id;
    poll->options = draft->options;
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
    return store_add_poll(office->store, poll, error) &&
                   store_set_options(office->store, poll->id, &poll->options, error) &&
                   invite_all(office, draft, poll, error) ? poll : NULL;
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
    bool done = poll && preview_queue(office, incoming, poll, &(struct preview){.draft = draft}, error);
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
           remind_plan(office, poll, error) && ballot_queue_all(office, poll, false, &queued, error);
}
