/* Inviting: see invite.h. */
#include "poll/invite.h"

#include <string.h>

#include "base/memory.h"
#include "store/choice.h"
#include "store/person.h"

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

/* Numbers are part of tokens: that of somebody who was removed is not given again. */
static bool add_invitation(struct office *office, struct poll *poll, struct invitation *invitation, struct error **error)
{
    int last;
    if (!store_last_invitation_number(office->store, poll->id, &last, error))
        return false;
    invitation->number = last + 1;
    return store_add_invitation(office->store, invitation, error);
}

static bool invite_again(struct office *office, struct invitation *invitation, struct error **error)
{
    invitation->state = INVITATION_WAITING;
    return store_update_invitation(office->store, invitation, INVITATION_REMOVED, error) &&
           store_recount_poll(office->store, invitation->poll_id, error);
}

bool invite_participant(const void *context, struct office *office, struct poll *poll,
                        const struct participant *participant, struct invitation **invitation, bool *is_new,
                        struct error **error)
{
    struct person *person = meet_participant(context, office, participant, error);
    if (!person || !store_find_invitation_of(context, office->store, poll->id, person->id, invitation, error))
        return false;
    *is_new = !*invitation || (*invitation)->state == INVITATION_REMOVED;
    if (!*is_new) /* the same person, perhaps under another address */
        return true;
    bool done;
    if (*invitation) {
        done = invite_again(office, *invitation, error);
    } else {
        *invitation = memory_new(context, struct invitation);
        **invitation = (struct invitation){.poll_id = poll->id,
                                           .person_id = person->id,
                                           .address = participant->address,
                                           .name = *person->name ? person->name : participant->name,
                                           .language = person->language,
                                           .required = participant->required && !poll->options.is_anonymous};
        done = add_invitation(office, poll, *invitation, error);
    }
    poll->invited += done;
    return done;
}
