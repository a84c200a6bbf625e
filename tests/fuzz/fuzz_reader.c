/*
 * The whole reader: whatever comes in, it is refused with a sentence, or there is a view that becomes a letter, and the
 * attachments are those that the view names.
 *
 * Seeds: mail/read.jsonl mail; mail/structure.jsonl mail; mail/senders.jsonl mail; mail/classify.jsonl mail
 */
#include <jansson.h>
#include <string.h>

#include "base/buffer.h"
#include "fuzz.h"
#include "mail/letter.h"

void fuzz_one(const void *context, const char *bytes, size_t length)
{
    struct error *error = NULL;
    char *text = NULL;
    char *answer = letter_read_view(context, bytes, length, NULL, &text, &error);
    if (!answer) {
        FUZZ_DEMAND(error != NULL && error->class == ERROR_REFUSED);
        error_free(&error);
        return;
    }
    json_t *view = json_loads(answer, 0, NULL);
    FUZZ_DEMAND(view != NULL && fuzz_is_text(text));
    json_object_set_new(view, "text", json_string(text));
    struct letter *letter = letter_from_view(context, view, &error);
    FUZZ_DEMAND(letter != NULL);
    struct buffer *contents = letter_read_attachments(context, bytes, length, NULL, NULL);
    size_t named = 0;
    for (size_t i = 0; i < letter->attachment_count; i++)
        named += letter->attachments[i].size;
    FUZZ_DEMAND(!contents || contents->length == named);
    json_decref(view);
}
