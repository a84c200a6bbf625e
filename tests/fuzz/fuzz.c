/* The frame of every fuzzer: see fuzz.h. */
#include "fuzz.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "mail/charset.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

void fuzz_demand(bool is_kept, const char *promise, const char *file, int line)
{
    if (is_kept)
        return;
    fprintf(stderr, "%s:%d: broken promise: %s\n", file, line, promise);
    abort();
}

char *fuzz_text(const void *context, const char *bytes, size_t length)
{
    return charset_decode(context, "utf-8", bytes, length).text;
}

bool fuzz_is_text(const char *text)
{
    return utf8_is_valid(text, strlen(text));
}

bool fuzz_is_line(const char *text)
{
    for (const char *c = text; *c; c++)
        if (utf8_control_length(c))
            return false;
    return fuzz_is_text(text);
}

char *fuzz_take_line(const void *context, const char **bytes, size_t *length)
{
    const char *end = memchr(*bytes, '\n', *length);
    size_t line = end ? (size_t)(end - *bytes) : *length;
    size_t taken = line + (end != NULL);
    char *text = memory_copy_bytes(context, *bytes, line);
    *bytes += taken;
    *length -= taken;
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    void *context = talloc_new(NULL);
    fuzz_one(context, memory_copy_bytes(context, (const char *)bytes, length), length);
    talloc_free(context);
    return 0;
}
