/*
 * The people of the notes: whose letter it is, the tokens that go with what is sent to them, and answering. A member is who
 * stands in a circle or is known already.
 */
#ifndef KAIRAN_NOTE_PEOPLE_H
#define KAIRAN_NOTE_PEOPLE_H

#include "mail/incoming.h"
#include "mail/office.h"
#include "store/person.h"

/* The member with an address, below `context`; *person is NULL when there is none. */
bool people_find_member(const void *context, struct office *office, const char *address, struct person **person,
                        struct error **error);

/* Makes a person of what a circle says about them, or finds the one they are, by any of their addresses. */
struct member;
struct person *people_meet_member(const void *context, struct office *office, const struct member *member,
                                  struct error **error);

/*
 * "n12-5-<token>" below `context`: note 12 as person 5 gets it. Other kinds: 'p' a person's settings, 'r' a request,
 * 'd' a digest.
 */
char *people_make_reference(const void *context, const struct office *office, char kind, int64_t id, int64_t number);

/* Whether the token of a reference is ours. */
bool people_reference_is_genuine(const struct office *office, const struct reference *reference);

/* The reference that ends all that is sent to a person, for List-Unsubscribe. */
char *people_settings_reference(const void *context, const struct office *office, int64_t person_id);

/* An answer to a letter: template, language and view are given, what else it needs is the same for all of them. */
struct people_answer {
    const char *template;
    const char *language;  /* NULL: the center's */
    const char *reference; /* or NULL */
    json_t *view;          /* borrowed */
    const struct attachment *attachments; /* talloc array, or NULL */
};

bool people_answer(struct office *office, const struct incoming *incoming, const struct people_answer *answer,
                   struct error **error);

/*
 * Says why a letter cannot be acted on, and settles it as "refused"; who is neither known nor of the center nor holds a
 * token of ours hears nothing. `reason` is a section of the template note-refusal.
 */
bool people_refuse(struct office *office, struct incoming *incoming, const char *reason, struct error **error);

#endif
