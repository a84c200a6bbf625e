/* The people of the notes: see people.h. */
#include "note/people.h"

#include <string.h>

#include "base/memory.h"
#include "mail/compose.h"
#include "mail/reply.h"
#include "store/circle.h"
#include "text/value.h"

struct person *people_meet_member(const void *context, struct office *office, const struct member *member,
                                  struct error **error)
{
    struct person *person = NULL;
    for (size_t i = 0; !person && i < memory_count(member->aliases); i++)
        if (!store_find_person(context, office->store, member->aliases[i], &person, error))
            return NULL;
    if (person && !store_add_address(office->store, person->id, member->address, error))
        return NULL;
    person = store_meet_person(context, office->store, member->address, member->name, member->language, error);
    for (size_t i = 0; person && i < memory_count(member->aliases); i++)
        if (!store_add_address(office->store, person->id, member->aliases[i], error))
            return NULL;
    return person;
}

bool people_find_member(const void *context, struct office *office, const char *address, struct person **person,
                        struct error **error)
{
    if (!store_find_person(context, office->store, address, person, error))
        return false;
    if (*person)
        return true;
    void *work = talloc_new(NULL);
    struct member *member = circle_find_member(work, office->config->circles, address);
    if (member)
        *person = people_meet_member(context, office, member, error);
    talloc_free(work);
    return !member || *person;
}

char *people_make_reference(const void *context, const struct office *office, char kind, int64_t id, int64_t number)
{
    char *code = memory_format(NULL, "%c%lld", kind, (long long)id);
    char *reference = office_reference(context, office, code, (int)number, 1);
    talloc_free(code);
    return reference;
}

bool people_reference_is_genuine(const struct office *office, const struct reference *reference)
{
    return reference->code && reference->token &&
           office_reference_is_genuine(office, reference->code, reference->number, reference->token);
}

char *people_settings_reference(const void *context, const struct office *office, int64_t person_id)
{
    return people_make_reference(context, office, 'p', person_id, 1);
}

bool people_answer(struct office *office, const struct incoming *incoming, const struct people_answer *answer,
                   struct error **error)
{
    const struct mailbox *sender = incoming_sender(incoming);
    char *dedupe = memory_format(NULL, "%s/%lld", answer->template, (long long)incoming->id);
    struct outgoing outgoing = {.template = answer->template,
                                .language = answer->language,
                                .name = sender->name,
                                .address = sender->address,
                                .desk = office->config->note_address,
                                .reference = answer->reference,
                                .attachments = answer->attachments,
                                .attachment_count = memory_count(answer->attachments),
                                .dedupe = dedupe,
                                .view = answer->view};
    bool done = reply_queue(office, incoming, &outgoing, error);
    talloc_free(dedupe);
    return done;
}

static bool queue_refusal(const void *context, struct office *office, const struct incoming *incoming, const char *reason,
                          struct error **error)
{
    static const char *const reasons[] = {"empty",    "too_much", "unknown_note", "not_author",    "is_withdrawn",
                                          "no_words", "no_text",  "which_note",   "unknown_words", "expired",
                                          "no_address", "taken_address", "asked_today"};
    char *language;
    if (!reply_find_language(context, office, incoming, &language, error))
        return false;
    json_t *view = json_pack("{s:s, s:s, s:s, s:s}", "subject", reply_subject(incoming), "administrator",
                             office->config->administrator, "note_address", office->config->note_address, "help_address",
                             office_extend_address(context, office, office->config->note_address, "help"));
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        json_object_set_new(view, reasons[i], json_boolean(strcmp(reasons[i], reason) == 0));
    struct people_answer answer = {.template = "note-refusal", .language = language, .view = view_check(view)};
    bool done = people_answer(office, incoming, &answer, error);
    json_decref(view);
    return done;
}

bool people_refuse(struct office *office, struct incoming *incoming, const char *reason, struct error **error)
{
    return reply_refuse_by(office, incoming, reason, queue_refusal, error);
}
