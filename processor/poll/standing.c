/* How a poll stands: see standing.h. */
#include "poll/standing.h"

#include <string.h>

#include "base/memory.h"
#include "mail/reply.h"
#include "poll/result.h"
#include "text/fold.h"
#include "text/value.h"

bool standing_is_asked(const char *new_text)
{
    static const char *const words[] = {"状況",     "途中経過", "状況を教えてください", "結果", "集計", "status", "result",
                                        "results", "the results", "how does it stand"};
    if (strlen(new_text) > 200)
        return false;
    char *key = text_fold_key(NULL, new_text);
    key[strcspn(key, "?")] = '\0';
    size_t length = strlen(key);
    while (length && strchr(" .!", key[length - 1]))
        key[--length] = '\0';
    bool asks = false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        asks = asks || strcmp(key, words[i]) == 0;
    talloc_free(key);
    return asks;
}

static bool may_see(const struct poll *poll, const struct invitation *invitation)
{
    if (poll->options.results == RESULTS_OPEN || invitation->person_id == poll->organiser_id)
        return true;
    return poll->options.results == RESULTS_CLOSED && poll->state == POLL_CLOSED;
}

bool standing_tell(struct office *office, struct incoming *incoming, const struct poll *poll,
                   const struct invitation *invitation, struct error **error)
{
    void *context = talloc_new(NULL);
    bool sees = may_see(poll, invitation);
    json_t *view = result_view(office, poll, office_language(office, invitation->language), poll->state == POLL_OPEN, error);
    bool done = view != NULL;
    if (done) {
        json_object_set_new(view, "is_shown", json_boolean(sees));
        json_object_set_new(view, "person",
                            json_string(view_person_name(context, invitation->name, invitation->address)));
        struct outgoing outgoing = {
            .template = "standing",
            .language = invitation->language,
            .name = invitation->name,
            .address = incoming_sender(incoming)->address,
            .reference = office_reference(context, office, poll->code, invitation->number, poll->edition),
            .dedupe = memory_format(context, "standing/%lld", (long long)incoming->id),
            .view = view};
        done = reply_queue(office, incoming, &outgoing, error) &&
               incoming_settle(incoming, "answered", sees ? "it asked how the poll stands" : "it asked for hidden results");
    }
    json_decref(view);
    talloc_free(context);
    return done;
}
