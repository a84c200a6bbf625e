/* Lists of names: see names.h. */
#include "poll/names.h"

#include <string.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/memory.h"
#include "text/value.h"

struct names {
    struct buffer *text;
    const char *separator;
    size_t most;
    size_t found;
};

struct names *names_begin(const char *language, size_t most)
{
    struct names *names = memory_new(NULL, struct names);
    names->text = buffer_new(names, LIMIT_MAIL_OUT_BYTES);
    names->separator = strcmp(language, "ja") == 0 ? "、" : ", ";
    names->most = most;
    return names;
}

void names_add(struct names *names, const char *name, const char *remark)
{
    if (names->found++ >= names->most)
        return;
    if (names->text->length)
        buffer_add_text(names->text, names->separator);
    buffer_add_text(names->text, name);
    if (remark && *remark)
        buffer_format(names->text, "(%s)", remark);
}

json_t *names_end(struct names *names)
{
    json_t *view = json_null();
    size_t most = names->most;
    if (names->found)
        view = view_check(
            json_pack("{s:s, s:I, s:o}", "names", names->text->bytes, "count", (json_int_t)names->found, "more",
                      names->found > most ? json_integer((json_int_t)(names->found - most)) : json_null()));
    talloc_free(names);
    return view;
}
