/* Memory: see memory.h. The only place in Kairan that meets a NULL from an allocator. */
#include "base/memory.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *memory_check(void *pointer)
{
    static const char sentence[] = "kairan: out of memory; nothing was committed, the next run goes on\n";
    if (pointer)
        return pointer;
    /* stdio may want memory itself */
    if (write(STDERR_FILENO, sentence, sizeof sentence - 1) < 0)
        abort();
    abort();
}

void memory_start(void)
{
    enum { STEP_BYTES = 1024 * 1024, KEPT_BYTES = 32 * 1024 * 1024 };
    /* refused only by a C library that knows no such settings, and then it has its own way */
    (void)mallopt(M_TOP_PAD, STEP_BYTES);
    (void)mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
}

void *memory_new_pool(const void *context)
{
    enum { POOL_BYTES = 256 * 1024 }; /* a usual letter with all that is made of it */
    return memory_check(talloc_pool(context, POOL_BYTES));
}

void *memory_resize_array(const void *context, void *array, size_t size, unsigned count, const char *type)
{
    if (count)
        return memory_check(_talloc_realloc_array(context, array, size, count, type));
    talloc_free(array); /* talloc would make nothing at all of an empty array */
    return memory_check(_talloc_zero_array(context, size, 0, type));
}

char *memory_copy_text(const void *context, const char *text)
{
    return text ? memory_check(talloc_strdup(context, text)) : NULL;
}

char *memory_copy_bytes(const void *context, const char *bytes, size_t length)
{
    char *copy = memory_check(talloc_size(context, length + 1));
    if (length)
        memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

char *memory_format_list(const void *context, const char *format, va_list arguments)
{
    return memory_check(talloc_vasprintf(context, format, arguments));
}

char *memory_format(const void *context, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = memory_format_list(context, format, arguments);
    va_end(arguments);
    return text;
}
