/* Proposals: see proposal.h. Kept as {"mail": message id, "alone": bool, "marks": [name or null, …]}. */
#include "poll/proposal.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

char *proposal_write(const void *context, const struct proposal *proposal)
{
    json_t *marks = json_array();
    for (size_t i = 0; i < proposal->count; i++) {
        const char *name = mark_name(proposal->marks[i]);
        json_array_append_new(marks, name ? json_string(name) : json_null());
    }
    json_t *kept = json_pack("{s:s, s:b, s:i, s:o, s:s?}", "mail", proposal->message_id, "alone", !proposal->previous,
                             "edition", proposal->edition, "marks", marks, "words", proposal->words);
    char *text = memory_check(json_dumps(memory_check(kept), JSON_COMPACT));
    char *copy = memory_copy_text(context, text);
    free(text); /* jansson speaks malloc */
    json_decref(kept);
    return copy;
}

/* The parent is what In-Reply-To names; some mail programs send References only, the parent last (RFC 5322 3.6.4). */
static bool answers_mail(const struct letter *letter, const char *message_id)
{
    size_t parents = memory_count(letter->in_reply_to);
    for (size_t i = 0; i < parents; i++)
        if (strcmp(letter->in_reply_to[i], message_id) == 0)
            return true;
    size_t ancestors = memory_count(letter->references);
    return !parents && ancestors && strcmp(letter->references[ancestors - 1], message_id) == 0;
}

static bool names_no_mail(const struct letter *letter)
{
    return !memory_count(letter->in_reply_to) && !memory_count(letter->references);
}

/* Whether the letter answers the mail that proposes, or can mean no other. */
static bool confirms(const struct letter *letter, json_t *proposal)
{
    const char *message_id = json_string_value(json_object_get(proposal, "mail"));
    bool alone = json_is_true(json_object_get(proposal, "alone"));
    return message_id && (answers_mail(letter, message_id) || (alone && names_no_mail(letter)));
}

enum mark *proposal_confirm(const void *context, const char *kept, const struct letter *letter, int *edition)
{
    json_t *proposal = kept ? json_loads(kept, 0, NULL) : NULL;
    json_t *list = json_object_get(proposal, "marks");
    size_t count = json_array_size(list);
    enum mark *marks = NULL;
    if (count && confirms(letter, proposal)) {
        *edition = (int)json_integer_value(json_object_get(proposal, "edition"));
        marks = memory_array(context, enum mark, count);
        for (size_t i = 0; i < count; i++)
            marks[i] = mark_from_name(json_string_value(json_array_get(list, i)));
    }
    json_decref(proposal);
    return marks;
}

char *proposal_confirm_words(const void *context, const char *kept, const struct letter *letter)
{
    json_t *proposal = kept ? json_loads(kept, 0, NULL) : NULL;
    const char *words = json_string_value(json_object_get(proposal, "words"));
    char *copy = words && confirms(letter, proposal) ? memory_copy_text(context, words) : NULL;
    json_decref(proposal);
    return copy;
}
