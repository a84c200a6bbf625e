/* Minutes: see minutes.h. */
#include "note/minutes.h"

#include "base/limits.h"
#include "base/memory.h"
#include "note/draft.h"
#include "note/people.h"
#include "note/publish.h"
#include "store/poll.h"
#include "text/fold.h"

bool minutes_are_in(const struct letter *letter, const struct route *route)
{
    const char *text;
    return route->verb == ROUTE_POLL && route->reference.token &&
           note_draft_read_word(letter->new_text, &text) == NOTE_WORD_MINUTES;
}

/* The poll, when it is over and the letter carries one of its tokens; and the sender, when it concerns them. */
static bool find_meeting(void *context, struct office *office, struct incoming *incoming, struct poll **poll,
                         struct person **person, struct error **error)
{
    const struct reference *reference = &incoming->route->reference;
    struct invitation *invitation = NULL;
    if (!store_find_poll(context, office->store, reference->code, poll, error) ||
        !people_find_member(context, office, incoming_sender(incoming)->address, person, error))
        return false;
    if (!*poll || !*person || (*poll)->state != POLL_CLOSED || !people_reference_is_genuine(office, reference)) {
        *poll = NULL;
        return true;
    }
    incoming->has_genuine_token = true;
    if (!store_find_invitation_of(context, office->store, (*poll)->id, (*person)->id, &invitation, error))
        return false;
    if (!invitation && (*poll)->organiser_id != (*person)->id)
        *poll = NULL;
    return true;
}

static int64_t *list_invited(void *context, struct office *office, const struct poll *poll, struct error **error)
{
    struct invitation *invitations =
        store_list_invitations(context, office->store, poll->id, LIMIT_PARTICIPANTS, error);
    if (!invitations)
        return NULL;
    size_t count = memory_count(invitations);
    int64_t *invited = memory_array(context, int64_t, count + 1);
    for (size_t i = 0; i < count; i++)
        invited[i] = invitations[i].person_id;
    invited[count] = poll->organiser_id;
    return invited;
}

static bool publish_minutes(void *context, struct office *office, struct incoming *incoming, const struct poll *poll,
                            const struct person *person, struct error **error)
{
    const char *text;
    struct publish_files files = {0};
    struct note *note = memory_new(context, struct note);
    (void)note_draft_read_word(incoming->letter->new_text, &text);
    struct note_draft *draft = note_draft_read_text(context, "", text);
    char *code = text_fold_key(context, poll->code);
    *note = (struct note){.title = poll->title,
                          .text = draft->text,
                          .tags = *draft->tags ? memory_format(context, "%s %s", code, draft->tags) : code,
                          .poll_id = poll->id,
                          .author_id = person->id,
                          .author = person->name,
                          .address = incoming_sender(incoming)->address,
                          .created_at = incoming->received_at};
    struct publication publication = {.kind = PUBLISH_NOTE, .note = note, .letter_id = incoming->id};
    int64_t *invited = list_invited(context, office, poll, error);
    if (!invited || !publish_keep_files(context, office, incoming->letter, &files, error))
        return false;
    publication.attachments = files.kept;
    return publish(office, &publication, error) && publish_tell(office, &publication, invited, error) &&
           publish_acknowledge(office, incoming, &publication, &files, person, error) &&
           incoming_settle(incoming, "noted", "minutes");
}

bool minutes_take(struct office *office, struct incoming *incoming, bool *taken, struct error **error)
{
    void *context = talloc_new(NULL);
    struct poll *poll;
    struct person *person;
    const char *text;
    bool done = find_meeting(context, office, incoming, &poll, &person, error);
    *taken = done && poll;
    (void)note_draft_read_word(incoming->letter->new_text, &text);
    if (*taken && incoming->letter->is_cut)
        done = people_refuse(office, incoming, "too_much", error);
    else if (*taken && !*text && !incoming->letter->attachment_count)
        done = people_refuse(office, incoming, "empty", error);
    else if (*taken)
        done = publish_minutes(context, office, incoming, poll, person, error);
    talloc_free(context);
    return done;
}
