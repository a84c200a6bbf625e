/* The preview: see preview.h. */
#include "poll/preview.h"

#include "base/clock.h"
#include "base/memory.h"
#include "mail/reply.h"
#include "poll/ballot.h"
#include "poll/view.h"
#include "text/value.h"

enum { PEOPLE_SHOWN = 100 };

static json_t *view_lines(char **lines)
{
    json_t *list = json_array();
    for (size_t i = 0; i < memory_count(lines); i++)
        json_array_append_new(list, json_string(lines[i]));
    return list;
}

/* Each choice with its year, and what the organiser should look at twice. */
static void mark_choices(json_t *choices, const struct poll *poll, const struct draft *draft, const char *language)
{
    for (size_t i = 0; i < poll->choice_count; i++) {
        struct when when = draft ? draft->choices[i] : choice_to_when(&poll->choices[i]);
        int weekday = civil_weekday(when.start);
        json_t *choice = json_array_get(choices, i);
        char *label = when_format(NULL, language, &when, 0);
        json_object_set_new(choice, "label", json_string(label));
        talloc_free(label);
        json_object_set_new(choice, "is_weekend", json_boolean(weekday == 0 || weekday == 6));
        json_object_set_new(choice, "is_without_end", json_boolean(!when.has_end && !when.all_day));
        json_object_set_new(choice, "is_inferred",
                            json_boolean(when.inferred & ~(unsigned)(WHEN_INFERRED_YEAR | WHEN_INFERRED_END)));
        json_object_set_new(choice, "written", view_text(when.text));
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

static bool is_after_first_choice(const struct poll *poll)
{
    for (size_t i = 0; i < poll->choice_count; i++)
        if (civil_compare(clock_to_civil(poll->deadline), poll->choices[i].start) > 0)
            return true;
    return false;
}

static json_t *view_preview(struct office *office, const struct poll *poll, const struct preview *preview,
                            const char *language, struct error **error)
{
    void *context = talloc_new(NULL);
    const struct draft *draft = preview->draft;
    json_t *view = NULL;
    char *organiser = ballot_organiser(context, office, poll, error);
    struct invitation *shown =
        organiser ? store_list_invitations(context, office->store, poll->id, PEOPLE_SHOWN, error) : NULL;
    json_t *ballot = shown ? ballot_view(office, poll, organiser, shown, poll->code, language) : NULL;
    char *text = ballot ? ballot_render(context, office, ballot, poll->code, language, error) : NULL;
    json_decref(ballot);
    if (text) {
        view = view_poll(poll, organiser, language);
        mark_choices(json_object_get(view, "choices"), poll, draft, language);
        long more = poll->invited - (long)memory_count(shown);
        json_t *own = json_pack(
            "{s:o, s:I, s:o, s:o, s:b, s:b, s:s, s:b, s:o}", "participants", view_participants(shown),
            "participant_count", (json_int_t)poll->invited, "more_participants", more > 0 ? json_integer(more) : json_null(),
            "skipped", view_lines(draft ? draft->skipped : NULL), "deadline_inferred", draft && draft->deadline_inferred,
            "deadline_late", is_after_first_choice(poll), "ballot", text, "is_stale", preview->is_stale, "entries",
            preview->entries ? json_incref(preview->entries) : json_array());
        json_object_update(view, view_check(own));
        json_decref(own);
    }
    talloc_free(context);
    return view;
}

bool preview_queue(struct office *office, const struct incoming *incoming, const struct poll *poll,
                   const struct preview *preview, struct error **error)
{
    void *context = talloc_new(NULL);
    const struct mailbox *sender = incoming_sender(incoming);
    char *language = NULL;
    json_t *view = reply_find_language(context, office, incoming, &language, error)
                       ? view_preview(office, poll, preview, office_language(office, language), error)
                       : NULL;
    bool done = false;
    if (view) {
        struct outgoing outgoing = {.template = "preview",
                                    .language = language,
                                    .name = sender->name,
                                    .address = sender->address,
                                    .reference = office_reference(context, office, poll->code, 0, poll->edition),
                                    .dedupe = memory_format(context, "preview/%s/%lld", poll->code, (long long)incoming->id),
                                    .view = view};
        done = reply_queue(office, incoming, &outgoing, error);
    }
    json_decref(view);
    talloc_free(context);
    return done;
}
