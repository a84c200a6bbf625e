/* Refusing a letter: see reply.h. */
#include "poll/reply.h"

#include <string.h>
#include <strings.h>

#include "base/address.h"
#include "base/log.h"
#include "base/memory.h"
#include "poll/view.h"
#include "store/circle.h"
#include "store/person.h"

static bool is_stranger(void *context, struct office *office, const struct incoming *incoming, bool *strange,
                        struct error **error)
{
    const char *address = incoming_sender(incoming)->address;
    struct person *person = NULL;
    *strange = !incoming->has_genuine_token && strcasecmp(address_domain(address), office->config->domain) != 0 &&
               !circle_find_member(context, office->config->circles, address);
    if (*strange && !store_find_person(context, office->store, address, &person, error))
        return false;
    *strange = *strange && !person;
    return true;
}

static bool queue_refusal(void *context, struct office *office, const struct incoming *incoming, const char *reason,
                          struct error **error)
{
    static const char *const reasons[] = {"not_organiser", "unknown_poll", "not_invited", "cancelled", "no_answer"};
    const struct mailbox *sender = incoming_sender(incoming);
    char *language;
    if (!reply_find_language(context, office, incoming, &language, error))
        return false;
    json_t *view = json_pack("{s:s, s:s, s:s}", "subject", reply_subject(incoming), "administrator",
                             office->config->administrator, "poll_address", office->config->poll_address);
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        json_object_set_new(view, reasons[i], json_boolean(strcmp(reasons[i], reason) == 0));
    struct outgoing refusal = {.template = "refusal",
                               .language = language,
                               .name = sender->name,
                               .address = sender->address,
                               .dedupe = memory_format(context, "refusal/%lld", (long long)incoming->id),
                               .view = view_check(view)};
    bool done = reply_queue(office, incoming, &refusal, error);
    json_decref(view);
    return done;
}

bool reply_refuse(struct office *office, struct incoming *incoming, const char *reason, struct error **error)
{
    void *context = talloc_new(NULL);
    bool strange;
    bool done = is_stranger(context, office, incoming, &strange, error);
    if (done && !strange)
        done = queue_refusal(context, office, incoming, reason, error);
    else if (done)
        log_info("%s is a stranger and gets no answer (%s)", incoming_sender(incoming)->address, reason);
    talloc_free(context);
    return done && incoming_settle(incoming, "refused", reason);
}
