/*
 * Dates found in texts, as candidates and in prose: each is a day of the calendar, does not end before it begins, and is
 * quoted as it stands there.
 *
 * Seeds: text/candidates.jsonl line; text/sentences.jsonl line; text/texts.jsonl line; text/silence.jsonl line
 */
#include <string.h>

#include "base/memory.h"
#include "fuzz.h"
#include "text/when_text.h"

void fuzz_one(const void *context, const char *bytes, size_t length)
{
    static const char *const verdicts[] = {"none", "ok", "inferred", "ask"};
    char *text = fuzz_text(context, bytes, length);
    struct when_context about = {.now = {2025, 12, 18, 10, 0}, .zone = 540};
    struct when_result *result = when_read_text(context, text, &about);
    FUZZ_DEMAND((size_t)result->verdict < sizeof verdicts / sizeof *verdicts);
    FUZZ_DEMAND((result->verdict == WHEN_ASK) == (result->reason != NULL));
    for (size_t i = 0; i < result->count; i++) {
        const struct when *when = &result->dates[i];
        FUZZ_DEMAND(civil_is_valid(when->start) || when->start.year <= 0);
        FUZZ_DEMAND(!when->has_end || civil_compare(when->start, when->end) <= 0);
        FUZZ_DEMAND(strstr(text, when->text) != NULL);
    }
    json_decref(when_to_view(result));
}
