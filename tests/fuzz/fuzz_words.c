/*
 * Encoded words and parameters: a header section in, whose every field is read in every way. What comes out is one line of
 * valid UTF-8.
 *
 * Seeds: mail/words.jsonl raw; mail/parameters.jsonl header
 */
#include <string.h>

#include "fuzz.h"
#include "mail/header.h"
#include "mail/words.h"

static void read_parameters(const void *context, const struct header *header, const char *name)
{
    struct header_parameters parameters = header_parameters(context, header, name);
    for (size_t i = 0; i < parameters.count; i++) {
        char key[32] = "";
        memcpy(key, parameters.parameters[i].name, strcspn(parameters.parameters[i].name, "*") % sizeof key);
        char *value = words_decode_parameter(context, parameters.parameters, parameters.count, key);
        FUZZ_DEMAND(!value || fuzz_is_line(value));
        char *file = words_file_name(context, value ? value : "");
        FUZZ_DEMAND(fuzz_is_line(file) && !strpbrk(file, "/\\") && *file != '.');
    }
}

void fuzz_one(const void *context, const char *bytes, size_t length)
{
    FUZZ_DEMAND(fuzz_is_line(words_decode(context, bytes, length)));
    struct header *header = header_read(context, bytes, length, NULL, NULL);
    if (!header)
        return;
    read_parameters(context, header, "Content-Type");
    read_parameters(context, header, "Content-Disposition");
    const char *subject = header_text(context, header, "Subject");
    FUZZ_DEMAND(!subject || fuzz_is_line(subject));
}
