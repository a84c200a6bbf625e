/*
 * Replies taken apart: the lines are those of the text in their order, none is lost, and what is new is made of them.
 *
 * Seeds: mail/quote.jsonl text; mail/replies.jsonl text
 */
#include <string.h>

#include "fuzz.h"
#include "mail/quote.h"

void fuzz_one(const void *context, const char *bytes, size_t length)
{
    char *text = fuzz_text(context, bytes, length);
    struct reply *reply = reply_split(context, text);
    const char *at = text;
    for (size_t i = 0; i < reply->count; i++) {
        const struct reply_line *line = &reply->lines[i];
        FUZZ_DEMAND(line->text >= at && strspn(at, "\r\n") >= (size_t)(line->text - at));
        FUZZ_DEMAND(line->unquoted >= line->text && line->unquoted <= line->text + line->length);
        FUZZ_DEMAND(!memchr(line->text, '\n', line->length));
        at = line->text + line->length;
    }
    FUZZ_DEMAND(strspn(at, "\r\n") == strlen(at));
    FUZZ_DEMAND(strlen(reply->new_text) <= strlen(text) + 1 && fuzz_is_text(reply->new_text));
    FUZZ_DEMAND(strlen(reply->signature) <= strlen(text) + 1 && fuzz_is_text(reply->signature));
}
