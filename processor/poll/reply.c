/* Refusing a letter: see reply.h. */
#include "poll/reply.h"

#include <string.h>

#include "base/memory.h"
#include "poll/view.h"

static bool queue_refusal(const void *context, struct office *office, const struct incoming *incoming, const char *reason,
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
    return reply_refuse_by(office, incoming, reason, queue_refusal, error);
}
