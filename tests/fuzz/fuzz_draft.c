/*
 * Notes out of letters: title, tags and text are UTF-8, tags are words of bounded length, each there once; the word of a
 * reply leads into that reply; the pieces of a text for pages are the text.
 *
 * Seeds: note/drafts.jsonl subject text; note/words.jsonl text; note/links.jsonl text
 */
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "fuzz.h"
#include "note/archive_text.h"
#include "note/draft.h"

enum { TAG_BYTES = 3 * 60, TAGS_BYTES = 2000 };

/* Folding may lengthen a tag; a blank stands between two, none at the ends, and none comes twice. */
static bool are_tags(const void *context, const char *tags)
{
    char *padded = memory_format(context, " %s ", tags);
    if (strlen(tags) > TAGS_BYTES)
        return false;
    for (const char *tag = tags; *tag;) {
        size_t length = strcspn(tag, " ");
        char *own = memory_format(context, " %.*s ", (int)length, tag);
        const char *first = strstr(padded, own);
        if (!length || length > TAG_BYTES || !first || strstr(first + length + 1, own) || (tag[length] && !tag[length + 1]))
            return false;
        tag += length + (tag[length] == ' ');
    }
    return true;
}

void fuzz_one(const void *context, const char *bytes, size_t length)
{
    char *line = fuzz_take_line(context, &bytes, &length);
    char *subject = fuzz_text(context, line, strlen(line));
    char *text = fuzz_text(context, bytes, length);
    struct note_draft *draft = note_draft_read_text(context, subject, text);
    FUZZ_DEMAND(fuzz_is_text(draft->title) && !strchr(draft->title, '\n') && strlen(draft->title) <= strlen(subject));
    FUZZ_DEMAND(fuzz_is_text(draft->text) && strlen(draft->text) <= strlen(text) + 1);
    FUZZ_DEMAND(fuzz_is_text(draft->tags) && are_tags(context, draft->tags));
    const char *rest;
    enum note_word word = note_draft_read_word(text, &rest);
    FUZZ_DEMAND(rest >= text && rest <= text + strlen(text) && (word != NOTE_WORD_NONE || rest == text));
    FUZZ_DEMAND(note_draft_read_id(subject) >= 0);
    json_t *pieces = archive_split_text(text);
    struct buffer *whole = buffer_new(context, strlen(text) + 1);
    size_t index;
    json_t *piece;
    json_array_foreach(pieces, index, piece)
        buffer_add_text(whole, json_string_value(json_object_get(piece, "text")));
    FUZZ_DEMAND(strcmp(whole->bytes, text) == 0);
    json_decref(pieces);
}
