/* Views of notes: see view.h. */
#include "note/view.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "text/value.h"

char *note_view_size(const void *context, size_t size)
{
    if (size < 1000)
        return memory_format(context, "%zu B", size);
    if (size < 1000 * 1000)
        return memory_format(context, "%zu kB", (size + 999) / 1000);
    return memory_format(context, "%zu.%zu MB", size / 1000000, size % 1000000 / 100000);
}

char *note_view_date(const void *context, time_t instant)
{
    struct civil civil = clock_to_civil(instant);
    return memory_format(context, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
}

static json_t *view_tags(const char *tags)
{
    json_t *list = json_array();
    while (*tags) {
        size_t length = strcspn(tags, " ");
        json_array_append_new(list, json_pack("{s:s%}", "tag", tags, length));
        tags += length + (tags[length] == ' ');
    }
    return list;
}

static json_t *view_attachments(const struct note_attachment *attachments)
{
    json_t *list = json_array();
    for (size_t i = 0; i < memory_count(attachments); i++) {
        char *size = note_view_size(NULL, attachments[i].size);
        json_array_append_new(list, json_pack("{s:i, s:s, s:s, s:s, s:I, s:s}", "n", (int)i + 1, "name",
                                              *attachments[i].name ? attachments[i].name : "-", "type",
                                              attachments[i].type, "size", size, "bytes", (json_int_t)attachments[i].size,
                                              "sha256", attachments[i].sha256));
        talloc_free(size);
    }
    return list;
}

json_t *note_view(const struct note *note, const struct note_attachment *attachments)
{
    void *context = talloc_new(NULL);
    struct civil made = clock_to_civil(note->created_at);
    json_t *view = json_pack(
        "{s:s, s:I, s:s, s:b, s:s, s:b, s:o, s:s, s:s, s:s, s:s, s:i, s:b, s:b, s:s, s:o}", "code",
        memory_format(context, "N%lld", (long long)note->id), "id", (json_int_t)note->id, "thread",
        memory_format(context, "N%lld", (long long)note->thread_id), "is_comment", note_is_comment(note), "title",
        note->title, "any_tags", *note->tags != '\0', "tags", view_tags(note->tags), "author", view_person_name(context, note->author, note->address),
        "date", note_view_date(context, note->created_at), "time",
        memory_format(context, "%02d:%02d", made.hour, made.minute), "changed", note_view_date(context, note->changed_at),
        "version", note->version, "is_changed", note->version > 1, "is_minutes", note->poll_id != 0, "text", note->text,
        "attachments", view_attachments(attachments));
    talloc_free(context);
    return view_check(view);
}
