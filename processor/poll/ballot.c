/* The ballot: see ballot.h. */
#include "poll/ballot.h"

#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/memory.h"
#include "poll/form_seats.h"
#include "poll/view.h"
#include "store/person.h"
#include "store/reminder.h"

char *ballot_organiser(const void *context, struct office *office, const struct poll *poll, struct error **error)
{
    struct person *person = store_load_person(context, office->store, poll->organiser_id, error);
    char *address = person ? store_first_address(context, office->store, person->id, error) : NULL;
    return address ? view_person_name(context, person->name, address) : NULL;
}

enum { SAMPLE_CYCLE = 6 };
static const char *const sample_symbols[SAMPLE_CYCLE] = {"○", "×", "△", "○", "○", "×"};
static const char *const sample_letters[SAMPLE_CYCLE] = {"o", "x", "?", "o", "o", "x"};

/* One mark more than there are choices: a sample that can never be an answer here, even when it is left in. */
static char *sample_marks(const void *context, const char *const cycle[SAMPLE_CYCLE], size_t choice_count)
{
    char *marks = memory_copy_text(context, "");
    for (size_t i = 0; i <= choice_count; i++)
        marks = memory_format(context, "%s%s", marks, cycle[i % SAMPLE_CYCLE]);
    return marks;
}

static json_int_t last_number(const struct poll *poll)
{
    return poll->choice_count ? poll->choices[poll->choice_count - 1].number : 0;
}

/* A day of the month on which no choice falls, for the same reason. */
static int sample_day(const struct poll *poll)
{
    for (int day = 31; day > 1; day--) {
        bool used = false;
        for (size_t i = 0; i < poll->choice_count; i++)
            used = used || poll->choices[i].start.day == day || (poll->choices[i].has_end && poll->choices[i].end.day == day);
        if (!used)
            return day;
    }
    return 0;
}

static char *repeat(const void *context, char letter, size_t count)
{
    char *text = memory_copy_bytes(context, "", 0);
    text = memory_resize(context, text, char, count + 1);
    memset(text, letter, count);
    text[count] = '\0';
    return text;
}

static json_t *view_invitees(const struct invitation *shown)
{
    json_t *invitees = json_array();
    size_t count = memory_count(shown);
    if (count > BALLOT_INVITEES_SHOWN)
        count = BALLOT_INVITEES_SHOWN;
    for (size_t i = 0; i < count; i++) {
        char *name = view_person_name(NULL, shown[i].name, shown[i].address);
        json_array_append_new(invitees, json_pack("{s:s, s:b, s:b}", "name", name, "required", shown[i].required,
                                                  "is_last", i + 1 == count));
        talloc_free(name);
    }
    return invitees;
}

/* What differs from ballot to ballot. */
static void set_reference(json_t *view, struct office *office, const char *reference)
{
    char *mail_to = office_reply_address(NULL, office, reference);
    json_object_set_new(view, "mail_to", json_string(mail_to));
    talloc_free(mail_to);
}

json_t *ballot_view(struct office *office, const struct poll *poll, const char *organiser,
                    const struct invitation *shown, const char *reference, const char *language)
{
    void *context = talloc_new(NULL);
    json_t *view = view_poll(poll, organiser, language);
    size_t invitees = memory_count(shown);
    long more = poll->invited - (long)(invitees < BALLOT_INVITEES_SHOWN ? invitees : BALLOT_INVITEES_SHOWN);
    json_t *own = json_pack("{s:o, s:o, s:s, s:s, s:I, s:I, s:i, s:s, s:s, s:b}", "invitees", view_invitees(shown),
                            "more_invitees", more > 0 ? json_integer(more) : json_null(), "sample_marks",
                            sample_marks(context, sample_symbols, poll->choice_count), "sample_marks_ascii",
                            sample_marks(context, sample_letters, poll->choice_count), "sample_count",
                            (json_int_t)poll->choice_count + 1, "sample_number",
                            last_number(poll) + 4, "sample_day", sample_day(poll), "all_yes",
                            repeat(context, 'o', poll->choice_count), "all_no", repeat(context, 'x', poll->choice_count),
                            "is_reminder", false);
    json_object_update(view, memory_check(own));
    json_decref(own);
    set_reference(view, office, reference);
    talloc_free(context);
    return view;
}

char *ballot_render(const void *context, struct office *office, json_t *view, const char *reference,
                    const char *language, struct error **error)
{
    bool is_form = json_is_true(json_object_get(view, "is_form"));
    struct outgoing outgoing = {
        .template = is_form ? "form-ballot" : "ballot", .language = language, .reference = reference, .view = view};
    return office_render_text(context, office, &outgoing, error);
}

/* The views of one mailing: made once a language. */
struct mailing {
    struct office *office;
    const struct poll *poll;
    const char *organiser;
    const struct invitation *shown;
    bool is_reminder;
    bool by_clock;     /* a reminder that nobody ordered */
    int64_t letter_id; /* that invited them later; 0: none did */
    json_t *japanese;
    json_t *english;
};

/* The view of a language; the ballot's text is kept at the moment it is made. */
static json_t *make_view(const struct mailing *mailing, const char *language, struct error **error)
{
    struct office *office = mailing->office;
    json_t *view = ballot_view(office, mailing->poll, mailing->organiser, mailing->shown, "", language);
    json_object_set_new(view, "is_reminder", json_true()); /* what a reminder says more is ours as well */
    char *text = ballot_render(NULL, office, view, "", language, error);
    bool kept = text && store_keep_ballot(office->store, mailing->poll, language, text, error);
    talloc_free(text);
    if (kept && mailing->poll->is_form) /* the places that are left change, what is asked does not */
        kept = seats_set_left(view, office, mailing->poll, error);
    if (!kept) {
        json_decref(view);
        return NULL;
    }
    json_object_set_new(view, "is_reminder", json_boolean(mailing->is_reminder));
    return view;
}

/* Made when the first reader of the language comes. */
static json_t *find_view(struct mailing *mailing, const char *language, struct error **error)
{
    json_t **view = strcmp(language, "ja") == 0 ? &mailing->japanese : &mailing->english;
    if (!*view)
        *view = make_view(mailing, language, error);
    return *view;
}

static bool queue_one(struct mailing *mailing, const struct invitation *invitation, long *queued,
                      struct error **error)
{
    bool was_queued = false;
    struct office *office = mailing->office;
    void *context = talloc_new(NULL);
    json_t *view = find_view(mailing, office_language(office, invitation->language), error);
    if (!view) {
        talloc_free(context);
        return false;
    }
    char *reference = office_reference(context, office, mailing->poll->code, invitation->number,
                                       mailing->poll->edition);
    set_reference(view, office, reference);
    char *dedupe = memory_format(context, "ballot/%s/%d", mailing->poll->code, invitation->number);
    if (mailing->letter_id)
        dedupe = memory_format(context, "%s/%lld", dedupe, (long long)mailing->letter_id);
    if (mailing->is_reminder) { /* one a day at most, however often it is asked for */
        struct civil today = clock_to_civil(office->now);
        dedupe = memory_format(context, "reminder/%s/%d/%d-%02d-%02d", mailing->poll->code, invitation->number, today.year,
                               today.month, today.day);
    }
    struct outgoing outgoing = {.template = mailing->poll->is_form ? "form-ballot" : "ballot",
                                .language = invitation->language,
                                .name = invitation->name,
                                .address = invitation->address,
                                .reference = reference,
                                .dedupe = dedupe,
                                .is_broadcast = true,
                                .bounces_count = true,
                                .takes_absences = true,
                                .was_queued = &was_queued,
                                .view = view};
    bool done = office_queue(office, &outgoing, error) &&
                (!was_queued || store_note_asked(office->store, invitation->id, office->now, mailing->by_clock, error));
    *queued += was_queued;
    talloc_free(context);
    return done;
}

static bool queue_some(struct mailing mailing, const struct invitation *some, long *queued, struct error **error)
{
    void *context = talloc_new(NULL);
    struct office *office = mailing.office;
    const struct poll *poll = mailing.poll;
    mailing.organiser = ballot_organiser(context, office, poll, error);
    mailing.shown = mailing.organiser
                        ? store_list_invitations(context, office->store, poll->id, BALLOT_INVITEES_SHOWN, error)
                        : NULL;
    bool done = mailing.shown != NULL;
    *queued = 0;
    for (size_t i = 0; done && i < memory_count(some); i++) {
        bool waits = some[i].state == INVITATION_WAITING || some[i].state == INVITATION_PARTIAL;
        if (!mailing.is_reminder || waits)
            done = queue_one(&mailing, &some[i], queued, error);
    }
    json_decref(mailing.japanese);
    json_decref(mailing.english);
    talloc_free(context);
    return done;
}

bool ballot_queue_all(struct office *office, const struct poll *poll, bool reminder, long *queued,
                      struct error **error)
{
    struct invitation *all = store_list_invitations(NULL, office->store, poll->id, LIMIT_PARTICIPANTS, error);
    struct mailing mailing = {.office = office, .poll = poll, .is_reminder = reminder};
    bool done = all && queue_some(mailing, all, queued, error);
    talloc_free(all);
    return done;
}

bool ballot_remind(struct office *office, const struct poll *poll, const struct invitation *some, long *queued,
                   struct error **error)
{
    return queue_some((struct mailing){.office = office, .poll = poll, .is_reminder = true}, some, queued, error);
}

bool ballot_remind_by_clock(struct office *office, const struct poll *poll, const struct invitation *some, long *queued,
                            struct error **error)
{
    struct mailing mailing = {.office = office, .poll = poll, .is_reminder = true, .by_clock = true};
    return queue_some(mailing, some, queued, error);
}

bool ballot_invite(struct office *office, const struct poll *poll, const struct invitation *invited, int64_t letter_id,
                   long *queued, struct error **error)
{
    return queue_some((struct mailing){.office = office, .poll = poll, .letter_id = letter_id}, invited, queued, error);
}

bool ballot_keep_text(struct office *office, const struct poll *poll, const char *language, struct error **error)
{
    void *context = talloc_new(NULL);
    struct mailing mailing = {.office = office, .poll = poll};
    mailing.organiser = ballot_organiser(context, office, poll, error);
    mailing.shown = mailing.organiser
                        ? store_list_invitations(context, office->store, poll->id, BALLOT_INVITEES_SHOWN, error)
                        : NULL;
    json_t *view = mailing.shown ? make_view(&mailing, language, error) : NULL;
    json_decref(view);
    talloc_free(context);
    return view != NULL;
}
