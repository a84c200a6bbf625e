/* Growing bytes with a maximum: see buffer.h. */
#include "base/buffer.h"

#include <stdarg.h>
#include <string.h>

#include "base/memory.h"

enum { FIRST_CAPACITY = 256 };

struct buffer *buffer_new(const void *context, size_t maximum)
{
    struct buffer *buffer = memory_new(context, struct buffer);
    buffer->maximum = maximum;
    buffer->capacity = maximum < FIRST_CAPACITY ? maximum : FIRST_CAPACITY;
    buffer->bytes = memory_check(talloc_size(buffer, buffer->capacity + 1));
    buffer->bytes[0] = '\0';
    return buffer;
}

static bool make_room(struct buffer *buffer, size_t length)
{
    if (buffer->overflowed || length > buffer->maximum - buffer->length) {
        buffer->overflowed = true;
        return false;
    }
    size_t needed = buffer->length + length;
    if (needed <= buffer->capacity)
        return true;
    size_t capacity = buffer->capacity < buffer->maximum / 2 ? buffer->capacity * 2 : buffer->maximum;
    if (capacity < needed)
        capacity = needed;
    buffer->bytes = memory_check(talloc_realloc_size(buffer, buffer->bytes, capacity + 1));
    buffer->capacity = capacity;
    return true;
}

void buffer_add(struct buffer *buffer, const char *bytes, size_t length)
{
    if (!length || !make_room(buffer, length))
        return;
    memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
    buffer->bytes[buffer->length] = '\0';
}

void buffer_add_byte(struct buffer *buffer, char byte)
{
    buffer_add(buffer, &byte, 1);
}

void buffer_add_text(struct buffer *buffer, const char *text)
{
    buffer_add(buffer, text, strlen(text));
}

void buffer_format(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = memory_format_list(NULL, format, arguments);
    va_end(arguments);
    buffer_add_text(buffer, text);
    talloc_free(text);
}

void buffer_add_code_point(struct buffer *buffer, unsigned code_point)
{
    if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF))
        code_point = 0xFFFD;
    char utf8[4];
    size_t length;
    if (code_point < 0x80) {
        utf8[0] = (char)code_point;
        length = 1;
    } else if (code_point < 0x800) {
        utf8[0] = (char)(0xC0 | code_point >> 6);
        utf8[1] = (char)(0x80 | (code_point & 0x3F));
        length = 2;
    } else if (code_point < 0x10000) {
        utf8[0] = (char)(0xE0 | code_point >> 12);
        utf8[1] = (char)(0x80 | (code_point >> 6 & 0x3F));
        utf8[2] = (char)(0x80 | (code_point & 0x3F));
        length = 3;
    } else {
        utf8[0] = (char)(0xF0 | code_point >> 18);
        utf8[1] = (char)(0x80 | (code_point >> 12 & 0x3F));
        utf8[2] = (char)(0x80 | (code_point >> 6 & 0x3F));
        utf8[3] = (char)(0x80 | (code_point & 0x3F));
        length = 4;
    }
    buffer_add(buffer, utf8, length);
}

void buffer_cut(struct buffer *buffer, size_t length)
{
    if (length >= buffer->length)
        return;
    buffer->length = length;
    buffer->bytes[length] = '\0';
}

void buffer_clear(struct buffer *buffer)
{
    buffer->length = 0;
    buffer->overflowed = false;
    buffer->bytes[0] = '\0';
}

char *buffer_take(struct buffer *buffer, const void *context)
{
    char *bytes = talloc_steal(context, buffer->bytes);
    talloc_free(buffer);
    return bytes;
}
