/*
 * Multiparts: the leaves of a mail lie within its body, one behind the other, and decode to no more than they are.
 *
 * Seeds: mail/structure.jsonl mail; mail/read.jsonl mail
 */
#include "base/limits.h"
#include "fuzz.h"
#include "mail/part.h"

void fuzz_one(const void *context, const char *bytes, size_t length)
{
    struct header *header = header_read(context, bytes, length, NULL, NULL);
    if (!header)
        return;
    FUZZ_DEMAND(header->body <= length);
    struct part_list *list = part_list_read(context, header, bytes, length, NULL, NULL);
    const char *at = bytes + header->body;
    for (size_t i = 0; list && i < list->count; i++) {
        const struct part *part = &list->parts[i];
        FUZZ_DEMAND(part->bytes >= at && part->bytes + part->length <= bytes + length);
        at = part->bytes + part->length;
        size_t decoded;
        part_decode(context, part, LIMIT_LETTER_BYTES, &decoded);
        FUZZ_DEMAND(decoded <= part->length);
    }
    const struct part *best = list ? part_best_text(list) : NULL;
    FUZZ_DEMAND(!best || (best >= list->parts && best < list->parts + list->count));
}
