/* Moving to another address: see move.h. */
#include "note/move.h"

#include <string.h>

#include "base/address.h"
#include "base/memory.h"
#include "note/people.h"
#include "note/request.h"
#include "text/value.h"

/* What a mail about the move says: which of the addresses it is about, and to whom. */
static json_t *view_move(const char *old, const char *new, const char *word)
{
    static const char *const words[] = {"is_asked", "asks", "is_done", "was_done"};
    json_t *view = json_pack("{s:s, s:s, s:n}", "old", old, "new", new, "reference");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        json_object_set_new(view, words[i], json_boolean(strcmp(words[i], word) == 0));
    return view_check(view);
}

/* A mail to an address of the person that did not write: it answers nothing, but counts as an answer. */
static bool tell_address(struct office *office, const struct person *person, const struct outgoing *mail, json_t *view,
                         struct error **error)
{
    struct outgoing outgoing = *mail;
    outgoing.template = "note-move";
    outgoing.language = person->language;
    outgoing.name = person->name;
    outgoing.desk = office->config->note_address;
    outgoing.is_capped = true;
    outgoing.view = view;
    bool done = office_queue(office, &outgoing, error);
    json_decref(view);
    return done;
}

static bool answer(struct office *office, struct incoming *incoming, const struct person *person, json_t *view,
                   struct error **error)
{
    void *context = talloc_new(NULL);
    struct people_answer answered = {.template = "note-move",
                                     .language = person->language,
                                     .reference = people_settings_reference(context, office, person->id),
                                     .view = view};
    bool done = people_answer(office, incoming, &answered, error);
    json_decref(view);
    talloc_free(context);
    return done;
}

/* Nobody's mail is led away: the address must be valid and nobody else's, and it is asked once a day. */
static bool may_move(void *context, struct office *office, const struct person *person, const char *address,
                     const char **refusal, struct error **error)
{
    struct person *owner = NULL;
    bool may = false;
    *refusal = NULL;
    if (!address_is_valid(address)) {
        *refusal = "no_address";
        return true;
    }
    if (!store_find_person(context, office->store, address, &owner, error))
        return false;
    if (owner && owner->id != person->id)
        *refusal = "taken_address";
    else if (!request_may_ask(office, address, &may, error))
        return false;
    else if (!may)
        *refusal = "asked_today";
    return true;
}

bool move_ask(struct office *office, struct incoming *incoming, const struct person *person, const char *address,
              struct error **error)
{
    void *context = talloc_new(NULL);
    const char *refusal;
    char *new = address_lower(context, address);
    char *old = store_first_address(context, office->store, person->id, error);
    bool done = old && may_move(context, office, person, new, &refusal, error);
    if (done && refusal) {
        done = people_refuse(office, incoming, refusal, error);
    } else if (done) {
        json_t *detail = json_pack("{s:I, s:s}", "person", (json_int_t)person->id, "address", new);
        int64_t id;
        done = request_enter(office, REQUEST_MOVE, new, detail, &id, error);
        struct outgoing question = {.address = new};
        if (done) {
            question.reference = people_make_reference(context, office, 'r', id, 0);
            question.dedupe = memory_format(context, "note-move/%lld", (long long)id);
        }
        done = done && tell_address(office, person, &question, view_move(old, new, "is_asked"), error) &&
               answer(office, incoming, person, view_move(old, new, "asks"), error) &&
               incoming_settle(incoming, "held", "the new address is asked first");
    }
    talloc_free(context);
    return done;
}

bool move_carry_out(struct office *office, struct incoming *incoming, const json_t *detail, struct error **error)
{
    void *context = talloc_new(NULL);
    const char *new = json_string_value(json_object_get(detail, "address"));
    int64_t id = json_integer_value(json_object_get(detail, "person"));
    struct person *person = store_load_person(context, office->store, id, error);
    char *old = person ? store_first_address(context, office->store, id, error) : NULL;
    bool owns = false;
    bool done = old && store_set_first_address(office->store, id, new, error) &&
                store_has_address(office->store, id, new, &owns, error);
    if (done && !owns) {
        done = people_refuse(office, incoming, "taken_address", error);
    } else if (done) {
        struct outgoing notice = {.address = old,
                                  .dedupe = memory_format(context, "note-move/%lld/done", (long long)incoming->id)};
        done = tell_address(office, person, &notice, view_move(old, new, "was_done"), error) &&
               answer(office, incoming, person, view_move(old, new, "is_done"), error) &&
               incoming_settle(incoming, "changed", "another address");
    }
    talloc_free(context);
    return done;
}
