/* What the organiser hears at once: see news.h. */
#include "poll/news.h"

#include <string.h>

#include "base/memory.h"
#include "poll/names.h"
#include "poll/view.h"
#include "store/answer.h"
#include "store/event.h"
#include "store/person.h"
#include "text/value.h"

/* The news of one poll while they are put together. */
struct news {
    struct office *office;
    struct poll *poll;
    const char *language;
    json_t *undelivered; /* [{"name","address","status"}] */
    json_t *cannot;      /* [{"name","choices":[label],"is_all"}] */
    json_t *quorum;      /* [label] */
    bool is_complete;
};

static json_t *view_label(const struct news *news, const struct choice *choice)
{
    char *label = view_choice_label(NULL, news->poll, choice, news->language);
    json_t *view = json_pack("{s:i, s:s}", "n", choice->number, "label", label);
    talloc_free(label);
    return view_check(view);
}

/* The dates that a person cannot come to as things stand now. */
static bool add_cannot(struct news *news, const struct invitation *invitation, const char *name, struct error **error)
{
    const struct poll *poll = news->poll;
    struct vote *votes = store_list_votes(name, news->office->store, invitation->id, error);
    json_t *choices = json_array();
    for (size_t i = 0; i < memory_count(votes); i++)
        for (size_t j = 0; j < poll->choice_count; j++)
            if (poll->choices[j].id == votes[i].choice_id && mark_from_name(votes[i].mark) == MARK_NO)
                json_array_append_new(choices, view_label(news, &poll->choices[j]));
    size_t count = json_array_size(choices);
    if (count && invitation->required && invitation->state != INVITATION_REMOVED) /* it may have changed since */
        json_array_append_new(news->cannot, json_pack("{s:s, s:O, s:b}", "name", name, "choices", choices, "is_all",
                                                      count == poll->choice_count));
    json_decref(choices);
    return votes != NULL;
}

static bool is_told(const json_t *list, const char *name)
{
    size_t index;
    json_t *entry;
    json_array_foreach(list, index, entry) if (strcmp(json_string_value(json_object_get(entry, "name")), name) == 0)
        return true;
    return false;
}

static bool add_person(void *context, struct news *news, const struct poll_event *event, struct error **error)
{
    struct invitation *invitation =
        store_load_invitation(context, news->office->store, event->invitation_id, error);
    if (!invitation)
        return false;
    char *name = view_person_name(context, invitation->name, invitation->address);
    if (event->kind == EVENT_CANNOT)
        return is_told(news->cannot, name) || add_cannot(news, invitation, name, error);
    if (invitation->state == INVITATION_UNDELIVERED)
        json_array_append_new(news->undelivered, json_pack("{s:s, s:s, s:o}", "name", name, "address",
                                                           invitation->address, "status", view_text(event->detail)));
    return true;
}

static bool collect(void *context, struct news *news, const struct poll_event *events, struct error **error)
{
    bool done = true;
    for (size_t i = 0; done && i < memory_count(events); i++) {
        const struct poll_event *event = &events[i];
        if (event->invitation_id)
            done = add_person(context, news, event, error);
        else if (event->kind == EVENT_COMPLETE)
            news->is_complete = true;
        else
            for (size_t j = 0; j < news->poll->choice_count; j++)
                if (news->poll->choices[j].id == event->choice_id)
                    json_array_append_new(news->quorum, view_label(news, &news->poll->choices[j]));
    }
    return done;
}

/* The dates at which nobody who is required is ×. */
static json_t *view_left(void *context, const struct news *news, struct error **error)
{
    int64_t *blocked = store_list_blocked_choices(context, news->office->store, news->poll->id, error);
    json_t *left = blocked ? json_array() : NULL;
    for (size_t i = 0; blocked && i < news->poll->choice_count; i++) {
        bool is_blocked = false;
        for (size_t j = 0; j < memory_count(blocked); j++)
            is_blocked = is_blocked || blocked[j] == news->poll->choices[i].id;
        if (!is_blocked)
            json_array_append_new(left, view_label(news, &news->poll->choices[i]));
    }
    return left;
}

/* What the result tells to everybody when the poll has closed meanwhile is no news. */
static bool is_worth_a_mail(const struct news *news)
{
    if (json_array_size(news->undelivered))
        return true;
    return news->poll->state == POLL_OPEN &&
           (json_array_size(news->cannot) || json_array_size(news->quorum) || news->is_complete);
}

static bool queue(void *context, struct news *news, const struct person *organiser, const char *address,
                  struct error **error)
{
    struct office *office = news->office;
    const struct poll *poll = news->poll;
    bool is_open = poll->state == POLL_OPEN;
    json_t *left = view_left(context, news, error);
    if (!left || !store_count_news(office->store, news->poll, error)) {
        json_decref(left);
        return false;
    }
    json_t *view = view_poll(poll, view_person_name(context, organiser->name, address), news->language);
    json_t *own = json_pack("{s:O, s:O, s:O, s:o, s:b, s:b, s:b, s:b, s:b}", "undelivered", news->undelivered, "cannot",
                            news->cannot, "quorum", news->quorum, "left", left, "is_complete", news->is_complete && is_open,
                            "any_undelivered", json_array_size(news->undelivered) > 0, "any_cannot",
                            is_open && json_array_size(news->cannot) > 0, "is_open", is_open, "any_quorum",
                            is_open && json_array_size(news->quorum) > 0);
    json_object_update(view, view_check(own));
    json_decref(own);
    struct outgoing outgoing = {.template = "news",
                                .language = organiser->language,
                                .name = organiser->name,
                                .address = address,
                                .reference = office_reference(context, office, poll->code, 0, poll->edition),
                                .dedupe = memory_format(context, "news/%s/%d", poll->code, poll->told),
                                .view = view};
    bool done = office_queue(office, &outgoing, error);
    json_decref(view);
    return done;
}

static bool tell(void *context, struct office *office, int64_t id, struct error **error)
{
    struct news news = {.office = office, .undelivered = json_array(), .cannot = json_array(), .quorum = json_array()};
    news.poll = store_load_poll(context, office->store, id, error);
    struct person *organiser =
        news.poll ? store_load_person(context, office->store, news.poll->organiser_id, error) : NULL;
    char *address = organiser ? store_first_address(context, office->store, organiser->id, error) : NULL;
    struct poll_event *events = address ? store_list_events(context, office->store, id, error) : NULL;
    bool done = events != NULL;
    if (done) {
        news.language = office_language(office, organiser->language);
        done = collect(context, &news, events, error) &&
               (!is_worth_a_mail(&news) || queue(context, &news, organiser, address, error)) &&
               store_drop_events(office->store, id, error);
    }
    json_decref(news.undelivered);
    json_decref(news.cannot);
    json_decref(news.quorum);
    return done;
}

static bool tell_one(struct office *office, int64_t id, struct error **error)
{
    if (!store_begin(office->store, error))
        return false;
    void *context = talloc_new(NULL);
    bool done = tell(context, office, id, error) && store_commit(office->store, error);
    if (!done)
        store_rollback(office->store);
    talloc_free(context);
    return done;
}

bool news_run(struct office *office, struct error **error)
{
    void *context = talloc_new(NULL);
    int64_t *ids = store_list_polls_with_events(context, office->store, error);
    bool done = ids != NULL;
    for (size_t i = 0; i < memory_count(ids); i++) {
        struct error *reason = NULL;
        if (tell_one(office, ids[i], &reason))
            continue;
        done = false;
        if (error && !*error)
            *error = reason;
        else
            error_free(&reason);
    }
    talloc_free(context);
    return done;
}
