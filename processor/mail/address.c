/*
 * Addresses and message ids: see address.h. libetpan reads what is written by the book (grammar.h); for all else there is a
 * lenient reader of one pass without recursion; comments are counted.
 */
#include "mail/address.h"

#include <string.h>

#include "base/address.h"
#include "base/buffer.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "mail/grammar.h"
#include "mail/words.h"

enum { ENTRIES = 1000 };

/* One mailbox while it is being read. */
struct reading {
    const void *context;
    struct mailbox_list *list;
    struct span value;
    size_t at;
    bool is_utf8;
    bool has_angle;
    struct buffer *phrase;  /* what stands outside < > and comments, quotes undone */
    struct buffer *bare;    /* the same with quotes kept: an address without brackets */
    struct buffer *angle;   /* what stands in < > */
    struct buffer *comment; /* what stands in the outermost ( ) */
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void lower_domain(char *address)
{
    for (char *c = strchr(address, '@'); c && *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
}

static struct span strip_pair(struct span text, char open, char close)
{
    if (text.length > 1 && text.text[0] == open && text.text[text.length - 1] == close)
        text = span_trim((struct span){text.text + 1, text.length - 2});
    return text;
}

char *address_read(const void *context, struct span text)
{
    static const char link[] = "mailto:";
    text = strip_pair(strip_pair(span_trim(text), '<', '>'), '\'', '\'');
    if (span_begins(text, link))
        text = span_rest(text, sizeof link - 1);
    const char *route = text.length && text.text[0] == '@' ? memrchr(text.text, ':', text.length) : NULL;
    if (route) /* "@relay,@relay:user@host": RFC 5322 section 4.4 */
        text = (struct span){route + 1, (size_t)(text.text + text.length - route) - 1};
    char *address = memory_copy_bytes(context, text.text, text.length);
    if (strlen(address) != text.length || !address_is_valid(address)) {
        talloc_free(address);
        return NULL;
    }
    lower_domain(address);
    return address;
}

static void add_mailbox(const struct reading *reading, struct span name, char *address)
{
    struct mailbox_list *list = reading->list;
    if (list->count >= ENTRIES)
        return;
    if (list->count == memory_count(list->mailboxes))
        list->mailboxes = memory_resize(reading->context, list->mailboxes, struct mailbox, 2 * list->count + 4);
    list->mailboxes[list->count++] = (struct mailbox){words_decode(reading->context, name.text, name.length), address};
}

static void take_mailbox(void *closure, const char *phrase, const char *address)
{
    const struct reading *reading = closure;
    char *copy = memory_copy_text(reading->context, address);
    lower_domain(copy);
    add_mailbox(reading, (struct span){phrase, strlen(phrase)}, copy);
}

static struct span contents(const struct buffer *buffer)
{
    return (struct span){buffer->bytes, buffer->length};
}

/* Without the blanks around "." and "@" (RFC 5322 section 4.4). */
static void close_gaps(struct buffer *text)
{
    size_t kept = 0;
    for (size_t i = 0; i < text->length; i++) {
        char c = text->bytes[i];
        bool is_behind = kept && strchr(".@", text->bytes[kept - 1]);
        bool is_before = strchr(".@", text->bytes[i + strspn(text->bytes + i, " \t")]) && text->bytes[i];
        if (!is_space(c) || !(is_behind || is_before))
            text->bytes[kept++] = c;
    }
    text->bytes[kept] = '\0';
    text->length = kept;
}

/* "Taro Yamada taro@example.jp": the last word is the address, the others are the name. */
static char *read_bare(struct reading *reading)
{
    close_gaps(reading->bare);
    struct span bare = span_trim(contents(reading->bare));
    const char *blank = memrchr(bare.text, ' ', bare.length);
    char *address = address_read(reading->context, blank ? span_rest(bare, (size_t)(blank - bare.text) + 1) : bare);
    bool is_named = blank && address && !memchr(bare.text, '@', (size_t)(blank - bare.text));
    if (blank && !is_named)
        return NULL;
    if (is_named) {
        buffer_clear(reading->comment);
        buffer_add(reading->comment, bare.text, (size_t)(blank - bare.text));
    }
    return address;
}

/* At "," or ";" or the end: what has come together is a mailbox, or nothing. */
static void finish(struct reading *reading)
{
    char *address = reading->has_angle ? address_read(reading->context, contents(reading->angle)) : read_bare(reading);
    if (address) {
        struct span phrase = contents(reading->phrase);
        bool is_named = reading->has_angle && span_trim(phrase).length;
        add_mailbox(reading, is_named ? phrase : contents(reading->comment), address);
    }
    reading->has_angle = false;
    buffer_clear(reading->phrase);
    buffer_clear(reading->bare);
    buffer_clear(reading->angle);
    buffer_clear(reading->comment);
}

/* The bytes that belong together at this place: an encoded word, a run of ISO-2022-JP, a pair of Shift_JIS. Their
 * inner commas, quotes and brackets mean nothing. */
static size_t whole_length(const struct reading *reading)
{
    const char *start = reading->value.text + reading->at;
    size_t left = reading->value.length - reading->at;
    if (start[0] == '=') {
        size_t word = words_encoded_length(start, left);
        return word ? word : 1;
    }
    if (start[0] == 0x1B && left > 1 && start[1] == '$') {
        const char *end = memmem(start + 1, left - 1, "\x1B(", 2);
        return end && (size_t)(end - start) + 3 <= left ? (size_t)(end - start) + 3 : 1;
    }
    unsigned char byte = (unsigned char)start[0];
    bool is_lead = (byte >= 0x81 && byte <= 0x9F) || byte >= 0xE0;
    return !reading->is_utf8 && is_lead && left > 1 ? 2 : 1;
}

static void take_whole(struct reading *reading, struct buffer *into, struct buffer *also)
{
    size_t length = whole_length(reading);
    buffer_add(into, reading->value.text + reading->at, length);
    if (also)
        buffer_add(also, reading->value.text + reading->at, length);
    reading->at += length;
}

static void take_quoted(struct reading *reading)
{
    const struct span value = reading->value;
    buffer_add_byte(reading->bare, '"');
    reading->at++;
    while (reading->at < value.length && value.text[reading->at] != '"') {
        if (value.text[reading->at] == '\\' && reading->at + 1 < value.length)
            reading->at++;
        take_whole(reading, reading->phrase, reading->bare);
    }
    buffer_add_byte(reading->bare, '"');
    reading->at++;
}

static bool is_quote_closed(const struct reading *reading)
{
    struct span rest = span_rest(reading->value, reading->at + 1);
    return memchr(rest.text, '"', rest.length) != NULL;
}

static void take_comment(struct reading *reading)
{
    const struct span value = reading->value;
    size_t depth = 1;
    buffer_clear(reading->comment);
    for (reading->at++; reading->at < value.length;) {
        char c = value.text[reading->at];
        depth += c == '(';
        depth -= c == ')';
        if (!depth)
            break;
        if (c == '\\' && reading->at + 1 < value.length)
            reading->at++;
        take_whole(reading, reading->comment, NULL);
    }
    reading->at++;
}

static void take_angle(struct reading *reading)
{
    const struct span value = reading->value;
    buffer_clear(reading->angle);
    reading->has_angle = true;
    for (reading->at++; reading->at < value.length && value.text[reading->at] != '>'; reading->at++)
        if (!is_space(value.text[reading->at]) && value.text[reading->at] != '<')
            buffer_add_byte(reading->angle, value.text[reading->at]);
    while (reading->at < value.length && strchr(">.", value.text[reading->at]))
        reading->at++;
}

static void take_next(struct reading *reading)
{
    char c = reading->value.text[reading->at];
    if (reading->has_angle && memchr(reading->angle->bytes, '@', reading->angle->length) && !is_space(c) && c != '(')
        finish(reading); /* what follows is of the next one, even without a comma */
    if (c == ',' || c == ';') {
        finish(reading);
        reading->at++;
    } else if (c == '"') {
        if (is_quote_closed(reading))
            take_quoted(reading);
        else
            reading->at++;
    } else if (c == '(') {
        take_comment(reading);
    } else if (c == '<') {
        take_angle(reading);
    } else if (c == ':' && !reading->has_angle && !strchr(reading->bare->bytes, '@')) {
        buffer_clear(reading->phrase); /* the name of a group */
        buffer_clear(reading->bare);
        reading->at++;
    } else if (c == '\r' || c == '\n') {
        reading->at++;
    } else {
        take_whole(reading, reading->phrase, reading->bare);
    }
}

void address_read_list(const void *context, struct span value, struct mailbox_list *list)
{
    if (value.length > LIMIT_FIELD_BYTES)
        value.length = LIMIT_FIELD_BYTES;
    struct reading reading = {.context = context, .list = list, .value = value};
    if (grammar_read_addresses(value, take_mailbox, &reading))
        return;
    reading.is_utf8 = utf8_is_valid(value.text, value.length);
    reading.phrase = buffer_new(context, value.length);
    reading.bare = buffer_new(reading.phrase, 2 * value.length + 2);
    reading.angle = buffer_new(reading.phrase, value.length);
    reading.comment = buffer_new(reading.phrase, value.length);
    while (reading.at < value.length && list->count < ENTRIES)
        take_next(&reading);
    finish(&reading);
    talloc_free(reading.phrase);
}

static void add_id(const void *context, char ***ids, size_t *count, struct span text)
{
    if (*count == ENTRIES)
        return;
    char *id = memory_check(talloc_size(context, text.length + 1));
    size_t used = 0;
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.text[i] > ' ' && (unsigned char)text.text[i] < 0x7F && text.text[i] != '<' &&
            text.text[i] != '>')
            id[used++] = text.text[i];
    id[used] = '\0';
    if (!used)
        return;
    if (*count == talloc_array_length(*ids))
        *ids = memory_resize(context, *ids, char *, 2 * *count + 4);
    (*ids)[(*count)++] = talloc_steal(*ids, id);
}

char **address_read_ids(const void *context, struct span value)
{
    char **ids = memory_array(context, char *, 0);
    size_t count = 0;
    bool has_brackets = memchr(value.text, '<', value.length) != NULL;
    for (size_t i = 0; i < value.length;) {
        size_t start = i;
        char stop = has_brackets ? '>' : ' ';
        if (has_brackets) {
            while (start < value.length && value.text[start] != '<')
                start++;
        } else {
            while (start < value.length && is_space(value.text[start]))
                start++;
        }
        size_t end = start;
        while (end < value.length && value.text[end] != stop && (has_brackets || !is_space(value.text[end])))
            end++;
        struct span id = {value.text + start, end - start};
        if (id.length && (has_brackets || memchr(id.text, '@', id.length)))
            add_id(context, &ids, &count, id);
        i = end + 1;
    }
    return count ? memory_resize(context, ids, char *, count) : ids;
}
