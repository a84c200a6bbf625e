/* Bytes made fit to be taken apart: see guard.h. */
#include "mail/guard.h"

#include <string.h>

#include "base/memory.h"

char *guard_copy(const void *context, const char *bytes, size_t length, size_t *copied)
{
    if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        bytes += 3;
        length -= 3;
    }
    if (length >= 5 && memcmp(bytes, "From ", 5) == 0) {
        const char *end = memchr(bytes, '\n', length);
        size_t line = end ? (size_t)(end - bytes) + 1 : 0;
        bytes += line;
        length -= line;
    }
    while (length && (*bytes == '\r' || *bytes == '\n')) {
        bytes++;
        length--;
    }
    char *copy = memory_copy_bytes(context, bytes, length);
    char *nul = memchr(copy, '\0', length);
    if (nul) {
        char *write = nul;
        for (char *read = nul; read < copy + length; read++)
            if (*read)
                *write++ = *read;
        length = (size_t)(write - copy);
        copy[length] = '\0';
    }
    if (!memchr(copy, '\n', length))
        for (char *c = memchr(copy, '\r', length); c; c = memchr(c, '\r', length - (size_t)(c - copy)))
            *c = '\n';
    *copied = length;
    return copy;
}
