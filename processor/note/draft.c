/* What a letter to the notes says: see draft.h. */
#include "note/draft.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/memory.h"
#include "mail/route.h"
#include "text/fold.h"
#include "text/width.h"

enum {
    TAG_BYTES = 60,
    TAGS_BYTES = 2000,
    TITLE_COLUMNS = 60, /* of a title that is made of the text */
    TAG_LINES = 200,    /* how far the line of tags is looked for */
};

static const char ideographic_space[] = "\xE3\x80\x80";
static const char wide_number_sign[] = "\xEF\xBC\x83";
static const char wide_colon[] = "\xEF\xBC\x9A";

static size_t blank_length(const char *text)
{
    if (*text == ' ' || *text == '\t')
        return 1;
    return strncmp(text, ideographic_space, strlen(ideographic_space)) == 0 ? strlen(ideographic_space) : 0;
}

static size_t number_sign_length(const char *text)
{
    if (*text == '#')
        return 1;
    return strncmp(text, wide_number_sign, strlen(wide_number_sign)) == 0 ? strlen(wide_number_sign) : 0;
}

static bool is_ended(const char *text)
{
    static const char *const marks[] = {"、", "。", ",", "「", "」", "[", "]", "(", ")", "（", "）", ":", "：", "\n"};
    if (!*text || blank_length(text) || number_sign_length(text))
        return true;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strncmp(text, marks[i], strlen(marks[i])) == 0)
            return true;
    return false;
}

/* The bytes of a tag at the start, 0 when there is none: digits alone are a number ("#3"), and a code is no tag. */
static size_t tag_length(const char *text)
{
    size_t length = 0;
    bool only_digits = true;
    char kind;
    int64_t id;
    while (!is_ended(text + length)) {
        only_digits = only_digits && isdigit((unsigned char)text[length]);
        length++;
        while (((unsigned char)text[length] & 0xC0) == 0x80)
            length++;
    }
    if (only_digits || length > TAG_BYTES)
        return 0;
    char *code = memory_copy_bytes(NULL, text, length);
    bool is_code = route_parse_note_code(code, &kind, &id);
    talloc_free(code);
    return is_code ? 0 : length;
}

static bool has_tag(const char *tags, const char *tag)
{
    size_t length = strlen(tag);
    for (const char *found = strstr(tags, tag); found; found = strstr(found + 1, tag))
        if ((found == tags || found[-1] == ' ') && (!found[length] || found[length] == ' '))
            return true;
    return false;
}

static void add_tag(struct buffer *tags, const char *text, size_t length)
{
    char *written = memory_copy_bytes(tags, text, length);
    char *tag = text_fold_key(tags, written);
    for (char *blank = strchr(tag, ' '); blank; blank = strchr(tag, ' '))
        memmove(blank, blank + 1, strlen(blank));
    if (*tag && !has_tag(tags->bytes, tag)) {
        if (tags->length)
            buffer_add_byte(tags, ' ');
        buffer_add_text(tags, tag);
    }
    talloc_free(written);
    talloc_free(tag);
}

/* "#tag" at the start of a word or "[tag]"; its whole length, 0 when there is none. */
static size_t take_tag(const char *text, bool at_word_start, struct buffer *tags)
{
    size_t sign = number_sign_length(text);
    if (*text == '[') {
        size_t length = tag_length(text + 1);
        if (!length || text[1 + length] != ']')
            return 0;
        add_tag(tags, text + 1, length);
        return length + 2;
    }
    size_t length = sign && at_word_start ? tag_length(text + sign) : 0;
    if (!length)
        return 0;
    add_tag(tags, text + sign, length);
    return sign + length;
}

static const char *skip_prefixes(const char *subject)
{
    static const char *const prefixes[] = {"re:", "fwd:", "fw:", "aw:", "wg:", "転送:", "転送：", "返信:", "返信："};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (strncasecmp(subject, prefixes[i], strlen(prefixes[i])) == 0) {
            subject += strlen(prefixes[i]);
            subject += strspn(subject, " \t");
            i = (size_t)-1;
        }
    return subject;
}

/* The subject without its tags; blanks around them become one. */
static char *read_title(const void *context, const char *subject, struct buffer *tags)
{
    struct buffer *title = buffer_new(context, LIMIT_FIELD_BYTES);
    bool at_word_start = true;
    bool after_blank = false;
    for (const char *c = skip_prefixes(subject); *c;) {
        size_t taken = take_tag(c, at_word_start, tags);
        size_t blank = taken ? taken : blank_length(c);
        if (blank) {
            c += blank;
            at_word_start = after_blank = true;
            continue;
        }
        if (after_blank && title->length)
            buffer_add_byte(title, ' ');
        after_blank = at_word_start = false;
        buffer_add_byte(title, *c++);
    }
    return buffer_take(title, context);
}

/* Behind "タグ:" or "Tags:" at the start of a line; NULL when it begins otherwise. */
static const char *skip_tag_label(const char *line)
{
    static const char *const labels[] = {"タグ", "tags", "tag"};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        if (strncasecmp(line, labels[i], strlen(labels[i])) != 0)
            continue;
        const char *behind = line + strlen(labels[i]);
        while (blank_length(behind))
            behind += blank_length(behind);
        if (*behind == ':')
            return behind + 1;
        if (strncmp(behind, wide_colon, strlen(wide_colon)) == 0)
            return behind + strlen(wide_colon);
    }
    return NULL;
}

static void read_tag_line(const char *line, size_t length, struct buffer *tags)
{
    const char *end = line + length;
    while (line < end) {
        size_t tag = tag_length(line);
        if (tag) {
            add_tag(tags, line, tag);
            line += tag;
            continue;
        }
        line++; /* what is between them, or no tag */
        while (line < end && ((unsigned char)*line & 0xC0) == 0x80)
            line++;
    }
}

/* The text without its first line of tags. */
static char *read_text(const void *context, const char *text, struct buffer *tags)
{
    struct buffer *kept = buffer_new(context, LIMIT_TEXT_BYTES);
    bool found = false;
    size_t lines = 0;
    while (*text) {
        size_t length = strcspn(text, "\n");
        const char *listed = found || lines++ > TAG_LINES ? NULL : skip_tag_label(text);
        if (listed) {
            read_tag_line(listed, (size_t)(text + length - listed), tags);
            found = true;
        } else {
            buffer_add(kept, text, length);
            buffer_add_byte(kept, '\n');
        }
        text += length + (text[length] == '\n');
    }
    char *all = buffer_take(kept, context);
    size_t length = strlen(all);
    while (length && strchr(" \t\n", all[length - 1]))
        all[--length] = '\0';
    char *start = all;
    for (char *line = all; (line = strchr(line, '\n')) && strspn(start, " \t\n") > (size_t)(line - start);)
        start = ++line;
    return start == all ? all : memory_copy_text(context, start);
}

char *note_draft_first_line(const void *context, const char *text)
{
    text += strspn(text, " \t\n");
    return memory_copy_bytes(context, text, strcspn(text, "\n"));
}

struct note_draft *note_draft_read_text(const void *context, const char *subject, const char *text)
{
    struct note_draft *draft = memory_new(context, struct note_draft);
    struct buffer *tags = buffer_new(draft, TAGS_BYTES);
    draft->title = read_title(draft, subject, tags);
    draft->text = read_text(draft, text, tags);
    draft->tags = tags->overflowed ? memory_copy_text(draft, "") : memory_copy_text(draft, tags->bytes);
    return draft;
}

static size_t trimmed_length(const char *text, size_t length)
{
    while (length && strchr(" \t\n", text[length - 1]))
        length--;
    return length;
}

/*
 * Only what stands behind a line of "-- " goes: what else looks like a signature may be the last lines of a table, and a
 * visiting card too many harms nobody.
 */
static char *cut_signature(const void *context, const struct letter *letter)
{
    static const char rule[] = "--";
    char *text = memory_copy_text(context, letter->text);
    size_t length = trimmed_length(text, strlen(text));
    size_t signature = strlen(letter->signature);
    if (!signature || signature > length || memcmp(text + length - signature, letter->signature, signature) != 0)
        return text;
    char *kept = memory_copy_bytes(context, text, trimmed_length(text, length - signature));
    const char *first = letter->signature;
    if (strncmp(first, rule, strlen(rule)) == 0 && first[strlen(rule) + strspn(first + strlen(rule), " ")] == '\n')
        return kept; /* the rule is part of it */
    char *line = strrchr(kept, '\n');
    line = line ? line + 1 : kept;
    if (strcmp(line, rule) != 0)
        return text;
    *line = '\0';
    return kept;
}

struct note_draft *note_draft_read(const void *context, const struct letter *letter)
{
    void *work = talloc_new(NULL);
    struct note_draft *draft = note_draft_read_text(context, letter->subject, cut_signature(work, letter));
    if (!*draft->title) {
        char *line = note_draft_first_line(work, draft->text);
        draft->title = text_width(line) > TITLE_COLUMNS ? text_pad(draft, line, TITLE_COLUMNS) : memory_copy_text(draft, line);
    }
    if (!*draft->title && letter->attachment_count)
        draft->title = memory_copy_text(draft, letter->attachments[0].name);
    talloc_free(work);
    return draft;
}

static const struct {
    const char *text; /* folded */
    enum note_word word;
} words[] = {
    {"訂正", NOTE_WORD_CORRECT},      {"訂正します", NOTE_WORD_CORRECT},     {"修正", NOTE_WORD_CORRECT},
    {"correct", NOTE_WORD_CORRECT},   {"correction", NOTE_WORD_CORRECT},     {"edit", NOTE_WORD_CORRECT},
    {"追記", NOTE_WORD_ADD},          {"追記します", NOTE_WORD_ADD},         {"add", NOTE_WORD_ADD},
    {"addition", NOTE_WORD_ADD},      {"append", NOTE_WORD_ADD},             {"取り下げ", NOTE_WORD_WITHDRAW},
    {"取下げ", NOTE_WORD_WITHDRAW},   {"取り下げます", NOTE_WORD_WITHDRAW},  {"withdraw", NOTE_WORD_WITHDRAW},
    {"通知停止", NOTE_WORD_MUTE},     {"mute", NOTE_WORD_MUTE},              {"通知再開", NOTE_WORD_UNMUTE},
    {"unmute", NOTE_WORD_UNMUTE},     {"議事録", NOTE_WORD_MINUTES},         {"minutes", NOTE_WORD_MINUTES},
};

enum note_word note_draft_read_word(const char *new_text, const char **rest)
{
    void *context = talloc_new(NULL);
    const char *start = new_text + strspn(new_text, " \t\n");
    size_t line = strcspn(start, "\n");
    size_t colon = 0;
    while (colon < line && start[colon] != ':' && strncmp(start + colon, wide_colon, strlen(wide_colon)) != 0)
        colon++;
    char *key = text_fold_key(context, memory_copy_bytes(context, start, colon));
    static const char full_stop[] = "。";
    size_t length = strlen(key);
    if (length > strlen(full_stop) && strcmp(key + length - strlen(full_stop), full_stop) == 0)
        key[length - strlen(full_stop)] = '\0';
    else if (length && strchr(".!", key[length - 1]))
        key[length - 1] = '\0';
    enum note_word word = NOTE_WORD_NONE;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(key, words[i].text) == 0)
            word = words[i].word;
    *rest = new_text;
    if (word != NOTE_WORD_NONE) {
        *rest = start + colon;
        if (colon < line)
            *rest += start[colon] == ':' ? 1 : strlen(wide_colon);
        *rest += strspn(*rest, " \t\n");
    }
    talloc_free(context);
    return word;
}

int64_t note_draft_read_id(const char *line)
{
    char *key = text_fold_key(NULL, line);
    char kind;
    int64_t id;
    size_t length = strlen(key);
    char *code = key;
    if (*code == '[' && key[length - 1] == ']') {
        key[length - 1] = '\0';
        code++;
    }
    bool is_note = route_parse_note_code(code, &kind, &id) && kind == 'n';
    talloc_free(key);
    return is_note ? id : 0;
}
