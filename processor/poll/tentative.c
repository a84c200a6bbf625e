/* Tentative entries: see tentative.h. */
#include "poll/tentative.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "mail/compose.h"
#include "mail/reply.h"
#include "poll/answer.h"
#include "poll/ballot.h"
#include "poll/view.h"
#include "store/answer.h"
#include "store/decision.h"
#include "text/value.h"

/* The entries of one person while they are being made. */
struct holding {
    struct office *office;
    const struct poll *poll;
    const struct invitation *invitation;
    struct vote *votes;     /* talloc arrays */
    struct tentative *kept; /* what was sent before */
    json_t *held;           /* events that go out, and what the mail says of them: [{"n","label"}] */
    json_t *held_labels;
    json_t *taken_back;
    json_t *taken_back_labels;
};

static bool is_wanted(const struct holding *holding, int64_t choice_id)
{
    for (size_t i = 0; i < memory_count(holding->votes); i++)
        if (holding->votes[i].choice_id == choice_id) {
            enum mark mark = mark_from_name(holding->votes[i].mark);
            return mark == MARK_YES || mark == MARK_BEST;
        }
    return false;
}

/* The event as it was sent last, owned by the caller, or NULL. */
static json_t *find_kept(const struct tentative *kept, int64_t choice_id)
{
    for (size_t i = 0; i < memory_count(kept); i++)
        if (kept[i].choice_id == choice_id)
            return entry_load(kept[i].event);
    return NULL;
}

static bool is_held(json_t *event)
{
    const char *status = json_string_value(json_object_get(event, "status"));
    return status && strcmp(status, "TENTATIVE") == 0;
}

static bool keep(struct office *office, int64_t invitation_id, int64_t choice_id, json_t *event, struct error **error)
{
    char *text = memory_check(json_dumps(event, JSON_COMPACT | JSON_SORT_KEYS));
    bool done = store_set_tentative(office->store, invitation_id, &(struct tentative){choice_id, text}, error);
    free(text);
    return done;
}

/* Calls an event off and adds it to the list. */
static bool take_back(struct office *office, int64_t invitation_id, int64_t choice_id, json_t *event, json_t *list,
                      struct error **error)
{
    json_int_t sequence = json_integer_value(json_object_get(event, "sequence"));
    json_object_set_new(event, "status", json_string("CANCELLED"));
    json_object_set_new(event, "sequence", json_integer(sequence + 1));
    json_array_append(list, event);
    return keep(office, invitation_id, choice_id, event, error);
}

static json_t *view_entry(const struct holding *holding, json_t *event, int number, const char *language)
{
    return view_check(json_pack("{s:i, s:o}", "n", number, "label", entry_view_label(holding->poll, event, language)));
}

static bool hold(struct holding *holding, const struct choice *choice, const char *language, struct error **error)
{
    struct office *office = holding->office;
    json_t *before = find_kept(holding->kept, choice->id);
    json_t *event = entry_event(office, holding->poll, choice);
    char *uid = memory_format(NULL, "%s-%d-%lld@%s", holding->poll->code, holding->invitation->number,
                              (long long)choice->id, office->config->domain);
    json_int_t sequence = before ? json_integer_value(json_object_get(before, "sequence")) + 1 : 0;
    json_object_set_new(event, "uid", json_string(uid));
    json_object_set_new(event, "status", json_string("TENTATIVE"));
    json_object_set_new(event, "sequence", json_integer(sequence));
    json_array_append(holding->held, event);
    json_array_append_new(holding->held_labels, view_entry(holding, event, choice->number, language));
    bool done = keep(office, holding->invitation->id, choice->id, event, error);
    talloc_free(uid);
    json_decref(event);
    json_decref(before);
    return done;
}

static const struct choice *find_choice(const struct poll *poll, int64_t id)
{
    for (size_t i = 0; i < poll->choice_count; i++)
        if (poll->choices[i].id == id)
            return &poll->choices[i];
    return NULL;
}

/* What was sent before and is no longer wanted, or no longer asked for. */
static bool release(struct holding *holding, const struct tentative *kept, const char *language, struct error **error)
{
    const struct choice *choice = find_choice(holding->poll, kept->choice_id);
    json_t *event = entry_load(kept->event);
    bool done = true;
    if (is_held(event) && (!choice || !is_wanted(holding, kept->choice_id))) {
        json_array_append_new(holding->taken_back_labels, view_entry(holding, event, choice ? choice->number : 0, language));
        done = take_back(holding->office, holding->invitation->id, kept->choice_id, event, holding->taken_back, error);
    }
    json_decref(event);
    return done;
}

static bool settle_entries(void *context, struct holding *holding, const char *language, struct error **error)
{
    struct store *store = holding->office->store;
    holding->votes = store_list_votes(context, store, holding->invitation->id, error);
    holding->kept = holding->votes ? store_list_tentative(context, store, holding->invitation->id, error) : NULL;
    bool done = holding->kept != NULL;
    for (size_t i = 0; done && i < holding->poll->choice_count; i++)
        if (is_wanted(holding, holding->poll->choices[i].id))
            done = hold(holding, &holding->poll->choices[i], language, error);
    for (size_t i = 0; done && i < memory_count(holding->kept); i++)
        done = release(holding, &holding->kept[i], language, error);
    return done;
}

static bool add_file(void *context, struct entry_list *list, const char *method, const char *name, json_t *events,
                     struct attachment **files, struct error **error)
{
    if (!json_array_size(events))
        return true;
    size_t count = memory_count(*files);
    list->method = method;
    char *calendar = entry_write_list(context, list, events, error);
    if (!calendar)
        return false;
    *files = memory_resize(context, *files, struct attachment, count + 1);
    (*files)[count] = (struct attachment){name, "application/ics; charset=utf-8", calendar, strlen(calendar)};
    return true;
}

static json_t *view_holding(const void *context, const struct holding *holding, const char *organiser,
                            const char *language)
{
    const struct invitation *invitation = holding->invitation;
    json_t *view = view_poll(holding->poll, organiser, language);
    json_t *own = json_pack("{s:s, s:O, s:O, s:b, s:b, s:b}", "person",
                            view_person_name(context, invitation->name, invitation->address), "entries",
                            holding->held_labels, "withdrawn", holding->taken_back_labels, "any_entry",
                            json_array_size(holding->held) > 0, "any_withdrawn", json_array_size(holding->taken_back) > 0,
                            "is_decided", false);
    json_object_update(view, view_check(own));
    json_decref(own);
    return view;
}

static bool send(void *context, struct holding *holding, struct incoming *incoming, bool is_decided, struct error **error)
{
    struct office *office = holding->office;
    const struct invitation *invitation = holding->invitation;
    char *organiser = ballot_organiser(context, office, holding->poll, error);
    if (!organiser)
        return false;
    char *reference =
        office_reference(context, office, holding->poll->code, invitation->number, holding->poll->edition);
    struct entry_list list = {office, calendar_open_writer(context), "", organiser,
                              office_reply_address(context, office, reference)};
    struct attachment *files = memory_array(context, struct attachment, 0);
    if (!add_file(context, &list, "PUBLISH", "tentative.ics", holding->held, &files, error) ||
        !add_file(context, &list, "CANCEL", "withdraw.ics", holding->taken_back, &files, error))
        return false;
    json_t *view = view_holding(context, holding, organiser, office_language(office, invitation->language));
    json_object_set_new(view, "is_decided", json_boolean(is_decided));
    struct outgoing outgoing = {.template = "tentative",
                                .language = invitation->language,
                                .name = invitation->name,
                                .address = incoming_sender(incoming)->address,
                                .reference = reference,
                                .dedupe = memory_format(context, "tentative/%lld", (long long)incoming->id),
                                .attachments = files,
                                .attachment_count = memory_count(files),
                                .view = view};
    bool done = reply_queue(office, incoming, &outgoing, error);
    json_decref(view);
    return done;
}

bool tentative_is_asked(const char *new_text)
{
    static const char *const words[] = {"仮予定", "仮の予定", "仮押さえ", "tentative", "hold"};
    char *bare = reply_read_bare(NULL, new_text);
    bool asked = false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        asked = asked || strcmp(words[i], bare) == 0;
    talloc_free(bare);
    return asked;
}

bool tentative_take_request(struct office *office, struct incoming *incoming, const struct poll *poll,
                            const struct invitation *invitation, struct error **error)
{
    void *context = talloc_new(NULL);
    struct decision *decision;
    struct holding holding = {.office = office, .poll = poll, .invitation = invitation};
    holding.held = json_array();
    holding.held_labels = json_array();
    holding.taken_back = json_array();
    holding.taken_back_labels = json_array();
    bool done = store_find_decision(context, office->store, poll->id, &decision, error);
    bool is_decided = done && decision && !decision->is_cancelled;
    if (done && !is_decided)
        done = settle_entries(context, &holding, office_language(office, invitation->language), error);
    done = done && send(context, &holding, incoming, is_decided, error);
    json_decref(holding.held);
    json_decref(holding.held_labels);
    json_decref(holding.taken_back);
    json_decref(holding.taken_back_labels);
    talloc_free(context);
    return done && incoming_settle(incoming, "tentative", "");
}

bool tentative_withdraw(const void *context, const struct entry_list *list, int64_t invitation_id, char **calendar,
                        struct error **error)
{
    void *work = talloc_new(NULL);
    struct tentative *kept = store_list_tentative(work, list->office->store, invitation_id, error);
    json_t *events = json_array();
    bool done = kept != NULL;
    *calendar = NULL;
    for (size_t i = 0; done && i < memory_count(kept); i++) {
        json_t *event = entry_load(kept[i].event);
        if (is_held(event))
            done = take_back(list->office, invitation_id, kept[i].choice_id, event, events, error);
        json_decref(event);
    }
    if (done && json_array_size(events)) {
        struct entry_list cancelling = *list;
        cancelling.method = "CANCEL";
        *calendar = entry_write_list(context, &cancelling, events, error);
        done = *calendar != NULL;
    }
    json_decref(events);
    talloc_free(work);
    return done;
}
