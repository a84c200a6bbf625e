/*
 * A growing run of bytes with a maximum that is named when it is made: what strangers send can never grow
 * without bound. Overflow is sticky and drops everything that would follow; check it once, at the end.
 * Invariant: `bytes` is never NULL and bytes[length] is NUL.
 */
#ifndef KAIRAN_BASE_BUFFER_H
#define KAIRAN_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct buffer {
    char *bytes;     /* a talloc child of the buffer; steal or copy it to keep it */
    size_t length;
    size_t capacity; /* without the NUL */
    size_t maximum;
    bool overflowed; /* something did not fit: the contents are a prefix and must not be used as the whole */
};

/* An empty buffer below `context` that will hold at most `maximum` bytes. */
struct buffer *buffer_new(const void *context, size_t maximum);

void buffer_add(struct buffer *buffer, const char *bytes, size_t length);
void buffer_add_byte(struct buffer *buffer, char byte);
void buffer_add_text(struct buffer *buffer, const char *text);
void buffer_format(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Appends a Unicode code point as UTF-8; what is no scalar value becomes U+FFFD. */
void buffer_add_code_point(struct buffer *buffer, unsigned code_point);

/* Takes away what stands behind the first `length` bytes. */
void buffer_cut(struct buffer *buffer, size_t length);

/* Empties it for another use, keeping the memory. */
void buffer_clear(struct buffer *buffer);

/* Hands the bytes over to `context` (NUL-terminated) and frees the buffer. */
char *buffer_take(struct buffer *buffer, const void *context);

#endif
