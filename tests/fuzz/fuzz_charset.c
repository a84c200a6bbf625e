/*
 * The decoders of charsets: a label, a line end, bytes. What comes out is valid UTF-8 without NUL and no longer than
 * promised.
 *
 * Seeds: mail/charset.jsonl label bytes; mail/charset-standard.jsonl label bytes
 */
#include <string.h>

#include "fuzz.h"
#include "mail/charset.h"

void fuzz_one(const void *context, const char *bytes, size_t length)
{
    char *label = fuzz_take_line(context, &bytes, &length);
    struct charset_text decoded[] = {charset_decode(context, label, bytes, length),
                                     charset_decode_field(context, label, bytes, length)};
    for (size_t i = 0; i < sizeof decoded / sizeof *decoded; i++) {
        FUZZ_DEMAND(decoded[i].length == strlen(decoded[i].text));
        FUZZ_DEMAND(decoded[i].length <= 3 * length + 16);
        FUZZ_DEMAND(fuzz_is_text(decoded[i].text));
    }
}
