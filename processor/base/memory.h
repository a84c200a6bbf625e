/*
 * Memory: talloc, with one rule more. Allocation never returns NULL to a caller: when memory is exhausted the
 * program says so and aborts, here and nowhere else. One context belongs to one unit of work (a letter, a job,
 * a command) and is freed once, at its end; everything made for that work hangs below it.
 */
#ifndef KAIRAN_BASE_MEMORY_H
#define KAIRAN_BASE_MEMORY_H

#include <stdarg.h>
#include <stddef.h>
#include <talloc.h>

/*
 * For programs that do the same work many times, at their start: what one round of it frees is kept for the next, for
 * giving it back to the kernel and faulting it in again costs more than the work.
 */
void memory_start(void);

/* A zeroed object of `type` below `context` (NULL: a root of its own, to be freed with talloc_free). */
#define memory_new(context, type) ((type *)memory_check(_talloc_zero(context, sizeof(type), #type)))

/*
 * One block for many rounds of work, below `context`: what hangs below it comes out of the block as long as that lasts. A
 * round takes talloc_new() of it and frees that at its end; when nothing hangs below the pool the block is whole again.
 */
void *memory_new_pool(const void *context);

/* A zeroed array of `count` objects of `type`; a product that overflows aborts. */
#define memory_array(context, type, count) \
    ((type *)memory_check(_talloc_zero_array(context, sizeof(type), (unsigned)(count), #type)))

/* `array` (NULL: none yet) made `count` objects long; the old contents stay, what is new is not zeroed. */
#define memory_resize(context, array, type, count)                                                                     \
    ((type *)memory_resize_array(context, array, sizeof(type), (unsigned)(count), #type))
void *memory_resize_array(const void *context, void *array, size_t size, unsigned count, const char *type)
    __attribute__((returns_nonnull));

/* How many objects an array of memory_array() or memory_resize() holds; 0 for NULL. */
#define memory_count(array) ((array) ? talloc_array_length(array) : (size_t)0)

/* Returns `pointer`, or aborts with a sentence on standard error when it is NULL. */
void *memory_check(void *pointer) __attribute__((returns_nonnull));

/* A copy of a NUL-terminated text; NULL gives NULL. */
char *memory_copy_text(const void *context, const char *text);

/* A copy of `length` bytes with a NUL behind them (the bytes may hold NULs themselves). */
char *memory_copy_bytes(const void *context, const char *bytes, size_t length);

/* printf into a fresh text. */
char *memory_format(const void *context, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *memory_format_list(const void *context, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

#endif
