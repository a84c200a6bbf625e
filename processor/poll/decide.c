/* Deciding: see decide.h. */
#include "poll/decide.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/memory.h"
#include "mail/calendar.h"
#include "mail/compose.h"
#include "poll/entry.h"
#include "poll/result.h"
#include "poll/tentative.h"
#include "poll/view.h"
#include "store/decision.h"
#include "store/person.h"
#include "text/value.h"

/* What goes out to everybody about one decision. */
struct notice {
    struct office *office;
    const struct poll *poll;
    const char *template;  /* "decision" or "cancellation" */
    const char *method;    /* "REQUEST", "CANCEL"; NULL: there is no entry */
    struct entry *entry;   /* NULL with no method */
    struct entry_list tentative; /* how what somebody holds is taken back */
    const struct choice *choice; /* NULL: nothing was decided, or it is no longer asked for */
    json_t *event;      /* what was decided on, borrowed; NULL: nothing */
    json_t *before;     /* what was decided before, when that was at another time; borrowed, or NULL */
    int sequence;
    json_t *japanese; /* what the mail shows, made when the first reader of the language comes */
    json_t *english;
    long mails;
};

static const struct choice *find_choice(const struct poll *poll, int number)
{
    for (size_t i = 0; i < poll->choice_count; i++)
        if (poll->choices[i].number == number)
            return &poll->choices[i];
    return NULL;
}

/* The line of the result that a choice has, borrowed. */
static json_t *find_line(json_t *result, int number)
{
    size_t index;
    json_t *line;
    json_array_foreach(json_object_get(result, "lines"), index, line)
    {
        if (json_integer_value(json_object_get(line, "n")) == number)
            return line;
    }
    return NULL;
}

static json_t *view_label(const struct poll *poll, json_t *event, const char *language)
{
    return event ? entry_view_label(poll, event, language) : json_null();
}

/* Whether anybody was asked about a date at all: one that was moved since has no answers. */
static bool has_answers(json_t *line)
{
    return json_integer_value(json_object_get(line, "yes")) || json_integer_value(json_object_get(line, "maybe")) ||
           json_integer_value(json_object_get(line, "no"));
}

/* The result, with the line that was decided on, and what was decided before. */
static json_t *view_notice(const struct notice *notice, const char *language, struct error **error)
{
    json_t *view = result_view(notice->office, notice->poll, language, false, error);
    if (!view)
        return NULL;
    json_t *line = notice->choice ? find_line(view, notice->choice->number) : NULL;
    bool is_private = notice->poll->options.results == RESULTS_ORGANISER;
    json_object_set(view, "line", line ? line : json_null());
    json_object_set(view, "answers", has_answers(line) && !is_private ? line : json_null());
    json_object_set_new(view, "label", view_label(notice->poll, notice->event, language));
    json_object_set_new(view, "before", view_label(notice->poll, notice->before, language));
    json_object_set_new(view, "is_change", json_boolean(notice->sequence > 0));
    json_object_set_new(view, "has_entry", json_boolean(notice->entry != NULL));
    return view;
}

static json_t *find_view(struct notice *notice, const char *language, struct error **error)
{
    json_t **view = strcmp(language, "ja") == 0 ? &notice->japanese : &notice->english;
    if (!*view)
        *view = view_notice(notice, language, error);
    return *view;
}

/* Adds the file of a calendar to a mail with room for it. */
static void add_file(struct outgoing *outgoing, struct attachment *files, const char *name, const char *calendar)
{
    files[outgoing->attachment_count++] =
        (struct attachment){name, "application/ics; charset=utf-8", calendar, strlen(calendar)};
}

static bool add_entry(void *context, const struct notice *notice, const struct entry_guest *guest,
                      struct outgoing *outgoing, struct attachment *files, struct error **error)
{
    if (!notice->entry)
        return true;
    char *address = office_reply_address(context, notice->office, outgoing->reference);
    char *calendar = entry_write(context, notice->entry, guest, address, error);
    if (!calendar)
        return false;
    outgoing->calendar = calendar;
    outgoing->calendar_method = notice->method;
    add_file(outgoing, files, "invite.ics", calendar);
    return true;
}

/* What the guest holds for dates that were possible until now. */
static bool add_withdrawal(void *context, const struct notice *notice, const struct entry_guest *guest,
                           struct outgoing *outgoing, struct attachment *files, struct error **error)
{
    struct entry_list list = notice->tentative;
    char *calendar;
    list.reply_address = office_reply_address(context, notice->office, outgoing->reference);
    if (!tentative_withdraw(context, &list, guest->invitation_id, &calendar, error))
        return false;
    json_object_set_new(outgoing->view, "withdraws", json_boolean(calendar != NULL));
    if (calendar)
        add_file(outgoing, files, "withdraw.ics", calendar);
    return true;
}

static bool queue_notice(struct notice *notice, const struct entry_guest *guest, const char *language,
                         struct error **error)
{
    struct office *office = notice->office;
    json_t *view = find_view(notice, office_language(office, language), error);
    if (!view)
        return false;
    void *context = talloc_new(NULL);
    bool was_queued = false;
    char *reference = office_reference(context, office, notice->poll->code, guest->number, notice->poll->edition);
    struct outgoing outgoing = {.template = notice->template,
                                .language = language,
                                .name = guest->name,
                                .address = guest->address,
                                .reference = reference,
                                .dedupe = memory_format(context, "%s/%s/%d/%d/%lld", notice->template,
                                                        notice->poll->code, guest->number, notice->sequence,
                                                        (long long)office->now),
                                .is_broadcast = true,
                                .was_queued = &was_queued,
                                .view = view};
    struct attachment files[2];
    outgoing.attachments = files;
    bool done = add_entry(context, notice, guest, &outgoing, files, error) &&
                add_withdrawal(context, notice, guest, &outgoing, files, error) && office_queue(office, &outgoing, error);
    notice->mails += was_queued;
    talloc_free(context);
    return done;
}

/* To everybody whom mail reaches, and to the organiser. */
static bool queue_notices(struct notice *notice, const struct invitation *invitations, const struct person *organiser,
                          const char *organiser_address, struct error **error)
{
    bool invited = false;
    for (size_t i = 0; i < memory_count(invitations); i++) {
        const struct invitation *invitation = &invitations[i];
        invited = invited || invitation->person_id == organiser->id;
        struct entry_guest guest = {invitation->id, invitation->number, invitation->name, invitation->address, invitation->required};
        if (invitation->state != INVITATION_UNDELIVERED && !queue_notice(notice, &guest, invitation->language, error))
            return false;
    }
    struct entry_guest guest = {0, 0, organiser->name, organiser_address, true};
    return invited || queue_notice(notice, &guest, organiser->language, error);
}

/* Sends a notice to everybody; `event` is the calendar entry, or NULL. */
static bool send_notice(const void *context, struct notice *notice, json_t *event, struct error **error)
{
    struct office *office = notice->office;
    struct invitation *invitations =
        store_list_invitations(context, office->store, notice->poll->id, LIMIT_PARTICIPANTS, error);
    struct person *organiser =
        invitations ? store_load_person(context, office->store, notice->poll->organiser_id, error) : NULL;
    char *address = organiser ? store_first_address(context, office->store, organiser->id, error) : NULL;
    if (!address)
        return false;
    char *name = view_person_name(context, organiser->name, address);
    notice->tentative = (struct entry_list){.office = office, .writer = calendar_open_writer(context), .organiser = name};
    if (event) {
        notice->entry = entry_begin(context, office, event, notice->method, name);
        entry_invite(notice->entry, invitations, organiser, address);
    }
    bool done = queue_notices(notice, invitations, organiser, address, error);
    json_decref(notice->japanese);
    json_decref(notice->english);
    return done;
}

static bool keep_decision(struct office *office, const struct decision *decision, json_t *event, struct error **error)
{
    struct decision kept = *decision;
    char *text = memory_check(json_dumps(event, JSON_COMPACT | JSON_SORT_KEYS));
    kept.event = text;
    kept.decided_at = office->now;
    bool done = store_set_decision(office->store, &kept, error);
    free(text);
    return done;
}

/* What becomes of a decision on `choice`: the next sequence, and since when the time is this one. */
static bool next_decision(struct office *office, const struct poll *poll, const struct choice *choice, json_t *event,
                          const struct decision *before, struct decision *decision, struct error **error)
{
    json_t *earlier = before && !before->is_cancelled ? entry_load(before->event) : NULL;
    bool moves = !earlier || !entry_same_time(earlier, event);
    *decision = (struct decision){.poll_id = poll->id, .choice_id = choice->id};
    decision->sequence = before ? before->sequence + 1 : 0;
    decision->since_sequence = moves ? decision->sequence : before->since_sequence;
    json_decref(earlier);
    return (!moves || store_drop_rsvps(office->store, poll->id, error)) &&
           keep_decision(office, decision, event, error) &&
           (poll->state != POLL_OPEN || store_set_poll_state(office->store, poll->id, POLL_CLOSED, office->now, error));
}

/* How far the ○ of a line are from the quorum, or null: it is reached, or there is none. */
static json_t *view_short(json_t *result, json_t *line)
{
    json_int_t need = json_integer_value(json_object_get(json_object_get(result, "quorum"), "need"));
    json_int_t yes = json_integer_value(json_object_get(line, "yes"));
    json_int_t reach = yes + json_integer_value(json_object_get(line, "maybe"));
    if (yes >= need)
        return json_null();
    return json_pack("{s:I, s:I, s:I, s:b}", "need", need, "yes", yes, "reach", reach, "is_possible", reach >= need);
}

/* What became of a wish. */
enum outcome { OUTCOME_DECIDED, OUTCOME_UNCHANGED, OUTCOME_DOUBTFUL };

static json_t *view_report(const struct notice *notice, json_t *result, enum outcome outcome, const char *language)
{
    json_t *line = find_line(result, notice->choice->number);
    bool decided = outcome == OUTCOME_DECIDED;
    return view_check(json_pack(
        "{s:O, s:O, s:O, s:o, s:b, s:b, s:b, s:b, s:o, s:I, s:O, s:O, s:o}", "title", json_object_get(result, "title"),
        "code", json_object_get(result, "code"), "n", json_object_get(line, "n"), "label",
        view_label(notice->poll, notice->event, language), "is_first", decided && notice->sequence == 0, "is_change",
        decided && notice->sequence > 0, "is_unchanged", outcome == OUTCOME_UNCHANGED, "is_doubtful",
        outcome == OUTCOME_DOUBTFUL, "before", view_label(notice->poll, notice->before, language), "mails",
        (json_int_t)notice->mails, "blocked", json_object_get(line, "blocked"), "missing",
        json_object_get(line, "missing"), "short",
        decided && !has_answers(line) ? json_null() : view_short(result, line)));
}

/* Whether an organiser may have overlooked why a date is a bad one. */
static bool is_doubtful(json_t *result, int number)
{
    json_t *line = find_line(result, number);
    json_t *missing = view_short(result, line);
    bool is_out_of_reach = json_is_object(missing) && !json_is_true(json_object_get(missing, "is_possible"));
    json_decref(missing);
    return is_out_of_reach || json_is_string(json_object_get(line, "blocked"));
}

static bool check_decidable(const struct poll *poll, const struct choice *choice, int number, struct error **error)
{
    if (poll->state == POLL_DRAFT || poll->state == POLL_CANCELLED)
        return error_set(error, ERROR_REFUSED, "the poll %s is %s, nothing can be decided on", poll->code,
                         poll_state_name(poll->state));
    return choice || error_set(error, ERROR_REFUSED, "the poll %s has no choice %d", poll->code, number);
}

/* Keeps a decision and tells everybody. */
static bool decide(const void *context, struct notice *notice, const struct decision *before, struct error **error)
{
    struct decision decision;
    if (!next_decision(notice->office, notice->poll, notice->choice, notice->event, before, &decision, error))
        return false;
    notice->sequence = decision.sequence;
    json_object_set_new(notice->event, "sequence", json_integer(decision.sequence));
    return send_notice(context, notice, notice->event, error);
}

bool decide_choice(struct office *office, const struct poll *poll, const struct wish *wish, json_t **report,
                   struct error **error)
{
    const struct choice *choice = find_choice(poll, wish->number);
    struct decision *before;
    *report = NULL;
    void *context = talloc_new(NULL);
    json_t *result = NULL;
    if (check_decidable(poll, choice, wish->number, error) &&
        store_find_decision(context, office->store, poll->id, &before, error))
        result = result_view(office, poll, wish->language, false, error);
    if (result) {
        struct notice notice = {.office = office, .poll = poll, .template = "decision", .method = "REQUEST"};
        notice.choice = choice;
        notice.event = entry_event(office, poll, choice);
        json_t *earlier = before && !before->is_cancelled ? entry_load(before->event) : NULL;
        notice.before = earlier && !entry_same_time(earlier, notice.event) ? earlier : NULL;
        enum outcome outcome = OUTCOME_DECIDED;
        if (earlier && json_equal(earlier, notice.event))
            outcome = OUTCOME_UNCHANGED;
        else if (!wish->insists && is_doubtful(result, wish->number))
            outcome = OUTCOME_DOUBTFUL;
        if (outcome != OUTCOME_DECIDED || decide(context, &notice, before, error))
            *report = view_report(&notice, result, outcome, wish->language);
        json_decref(earlier);
        json_decref(notice.event);
    }
    json_decref(result);
    talloc_free(context);
    return *report != NULL;
}

/* The entry as it was, called off. */
static bool cancel_entry(const void *context, struct notice *notice, const struct decision *before,
                         struct error **error)
{
    json_t *event = entry_load(before->event);
    if (!event)
        return error_set(error, ERROR_TEMPORARY, "the decision on the poll %s cannot be read", notice->poll->code);
    struct decision decision = *before;
    decision.sequence++;
    decision.is_cancelled = true;
    notice->method = "CANCEL";
    notice->sequence = decision.sequence;
    notice->event = event;
    bool done = keep_decision(notice->office, &decision, event, error);
    json_object_set_new(event, "status", json_string("CANCELLED"));
    json_object_set_new(event, "sequence", json_integer(decision.sequence));
    done = done && send_notice(context, notice, event, error);
    json_decref(event);
    return done;
}

bool decide_cancel(struct office *office, const struct poll *poll, long *mails, struct error **error)
{
    *mails = 0;
    if (poll->state == POLL_CANCELLED)
        return error_set(error, ERROR_REFUSED, "the poll %s is cancelled already", poll->code);
    void *context = talloc_new(NULL);
    struct notice notice = {.office = office, .poll = poll, .template = "cancellation"};
    struct decision *before;
    bool done = store_find_decision(context, office->store, poll->id, &before, error);
    if (done && before && !before->is_cancelled)
        done = cancel_entry(context, &notice, before, error);
    else if (done && poll->state != POLL_DRAFT)
        done = send_notice(context, &notice, NULL, error);
    done = done && store_set_poll_state(office->store, poll->id, POLL_CANCELLED, office->now, error);
    *mails = notice.mails;
    talloc_free(context);
    return done;
}

bool decide_is_on(struct office *office, const struct poll *poll, const struct choice *choice, bool *is_on,
                  struct error **error)
{
    struct decision *decision;
    bool done = store_find_decision(NULL, office->store, poll->id, &decision, error);
    *is_on = done && decision && !decision->is_cancelled && decision->choice_id == choice->id;
    talloc_free(done ? decision : NULL);
    return done;
}
