/* Values of views: see value.h. */
#include "text/value.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/memory.h"

json_t *view_check(json_t *view)
{
    static const char sentence[] = "kairan: a view could not be made (a text in it is not UTF-8?)\n";
    if (view)
        return view;
    if (write(STDERR_FILENO, sentence, sizeof sentence - 1) < 0)
        abort();
    abort();
}

json_t *view_text(const char *text)
{
    return text && *text ? json_string(text) : json_null();
}

char *view_person_name(const void *context, const char *name, const char *address)
{
    if (name && *name)
        return memory_copy_text(context, name);
    return memory_copy_bytes(context, address, strcspn(address, "@"));
}

char *view_quote(const void *context, const char *text, size_t most)
{
    struct buffer *quoted = buffer_new(context, 2 * LIMIT_TEXT_BYTES);
    size_t count = 0;
    for (const char *line = text; *line && count < most; count++) {
        size_t length = strcspn(line, "\n");
        buffer_add_text(quoted, length ? "> " : ">");
        buffer_add(quoted, line, length);
        buffer_add_byte(quoted, '\n');
        line += length + (line[length] == '\n');
    }
    return buffer_take(quoted, context);
}
