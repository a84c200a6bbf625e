/*
 * The anatomy of a reply: see quote.h. Passes over the lines, each of which only claims lines that are still REPLY_NEW:
 * quote marks, header blocks and delimiters, attributions, quoted lines that lost their mark, signatures.
 */
#include "mail/quote.h"

#include <string.h>

#include "base/memory.h"
#include "mail/signs.h"

enum {
    ATTRIBUTION_LINES = 4, /* a long one wraps */
    ATTRIBUTION_GAP = 2,   /* blank lines between it and the quote */
    HEADER_BLOCK_LINES = 10,
    SIGNATURE_LINES = 16,
    RULE_COLUMNS = 8,
    WRAP_COLUMNS = 66, /* quoted lines at least this wide are wrapped by mail programs */
    PARAGRAPH_BYTES = 1000,
};

static struct span line_span(const struct reply *reply, size_t i)
{
    return (struct span){reply->lines[i].text, reply->lines[i].length};
}

/* Of lines first to last, line ends between them included: they lie side by side in the source. */
static struct span lines_span(const struct reply *reply, size_t first, size_t last)
{
    const struct reply_line *end = &reply->lines[last];
    return (struct span){reply->lines[first].text, (size_t)(end->text + end->length - reply->lines[first].text)};
}

static bool is_blank_line(const struct reply *reply, size_t i)
{
    return span_trim(line_span(reply, i)).length == 0;
}

static bool is_new(const struct reply *reply, size_t i)
{
    return i < reply->count && reply->lines[i].kind == REPLY_NEW;
}

static void mark(struct reply *reply, size_t first, size_t end, enum reply_kind kind)
{
    for (size_t i = first; i < end; i++)
        if (reply->lines[i].kind == REPLY_NEW)
            reply->lines[i].kind = kind;
}

/* The bytes of one quote mark at the start ("> ", "＞", "》", "| "), 0 when there is none. */
static size_t quote_mark_length(struct span span, bool is_first)
{
    size_t blanks = 0;
    while (blanks < span.length && blanks < 3 && span.text[blanks] == ' ')
        blanks++;
    struct span rest = {span.text + blanks, span.length - blanks};
    if (span_begins(rest, ">"))
        return blanks + 1;
    if (span_begins(rest, "＞") || span_begins(rest, "》"))
        return blanks + strlen("＞");
    if (!span_begins(rest, "|") || (rest.length > 1 && rest.text[1] != ' '))
        return 0;
    bool is_table = is_first && rest.length > 1 && memchr(rest.text + 1, '|', rest.length - 1) != NULL;
    return is_table ? 0 : blanks + 1;
}

static void measure_depth(struct reply_line *line)
{
    struct span rest = {line->text, line->length};
    size_t length;
    while ((length = quote_mark_length(rest, line->depth == 0)) > 0) {
        rest.text += length;
        rest.length -= length;
        line->depth++;
    }
    line->unquoted = line->depth && span_begins(rest, " ") ? rest.text + 1 : rest.text;
    line->kind = line->depth ? REPLY_QUOTED : REPLY_NEW;
}

static void split_lines(struct reply *reply, const char *text)
{
    size_t count = 1;
    for (const char *c = strchr(text, '\n'); c; c = strchr(c + 1, '\n'))
        count++;
    reply->lines = memory_array(reply, struct reply_line, count);
    while (*text) {
        size_t length = strcspn(text, "\n");
        struct reply_line *line = &reply->lines[reply->count++];
        line->text = text;
        line->length = length && text[length - 1] == '\r' ? length - 1 : length;
        measure_depth(line);
        text += length + (text[length] == '\n');
    }
}

/* The end of a header block that begins at `first` (differing labels, the sender's among them), or 0. */
static size_t header_block_end(const struct reply *reply, size_t first)
{
    unsigned seen = 0;
    unsigned kinds = 0;
    size_t end = first;
    size_t blanks = 0;
    for (size_t i = first; is_new(reply, i) && i < first + HEADER_BLOCK_LINES && blanks < 2; i++) {
        if (is_blank_line(reply, i)) {
            blanks++;
            continue;
        }
        unsigned label = sign_header_label(line_span(reply, i));
        if (!label && blanks)
            break;
        blanks = 0;
        if (!label)
            continue;
        kinds += !(seen & label);
        seen |= label;
        end = i + 1;
    }
    return (seen & HEADER_FROM) && kinds >= 3 ? end : 0;
}

static size_t skip_blank_lines(const struct reply *reply, size_t i)
{
    while (is_new(reply, i) && is_blank_line(reply, i))
        i++;
    return i;
}

/* What an attribution, a delimiter or a header block announces, when it carries no marks: all that follows. */
static void mark_announced(struct reply *reply, size_t after)
{
    size_t next = skip_blank_lines(reply, after);
    if (is_new(reply, next))
        mark(reply, next, reply->count, REPLY_QUOTED);
}

/* The rules and delimiters directly above a header block belong to it. */
static void mark_delimiters_above(struct reply *reply, size_t first)
{
    for (size_t i = first; i > 0 && is_new(reply, i - 1); i--) {
        struct span line = line_span(reply, i - 1);
        if (sign_is_rule(line, 3) || sign_is_delimiter(line))
            reply->lines[i - 1].kind = REPLY_DELIMITER;
        else if (!is_blank_line(reply, i - 1))
            return;
    }
}

static void find_header_blocks(struct reply *reply)
{
    for (size_t i = 0; i < reply->count; i++) {
        if (!is_new(reply, i))
            continue;
        bool is_delimiter = sign_is_delimiter(line_span(reply, i));
        size_t first = is_delimiter ? skip_blank_lines(reply, i + 1) : i;
        size_t end = is_new(reply, first) && sign_header_label(line_span(reply, first)) ? header_block_end(reply, first)
                                                                                        : 0;
        if (!end && !is_delimiter)
            continue;
        if (is_delimiter)
            reply->lines[i].kind = REPLY_DELIMITER;
        mark_delimiters_above(reply, i);
        mark(reply, first, end, REPLY_ATTRIBUTION);
        mark_announced(reply, end ? end : i + 1);
    }
}

static enum attribution judge(const struct reply *reply, size_t first, size_t last)
{
    struct span paragraph = lines_span(reply, first, last);
    return paragraph.length <= PARAGRAPH_BYTES ? sign_attribution(paragraph) : ATTRIBUTION_NONE;
}

static bool holds_text(const struct reply *reply, size_t i)
{
    return is_new(reply, i) && !is_blank_line(reply, i);
}

/* The first line of the attribution that ends at `last`: the fewest lines that make one, then those above that one
 * begins with ("On Sat, 10 Jan 2026 Yamada", wrapped before "<…> wrote:"). `last` + 1 when it is none. */
static size_t attribution_start(const struct reply *reply, size_t last)
{
    size_t first = last;
    size_t lowest = last + 1 >= ATTRIBUTION_LINES ? last + 1 - ATTRIBUTION_LINES : 0;
    while (judge(reply, first, last) == ATTRIBUTION_NONE) {
        if (first == lowest || !holds_text(reply, first - 1))
            return last + 1;
        first--;
    }
    if (sign_begins_attribution(line_span(reply, first)))
        return first;
    for (size_t i = first; i > lowest && holds_text(reply, i - 1); i--)
        if (sign_begins_attribution(line_span(reply, i - 1)))
            return i - 1;
    return first;
}

static void find_attributions_above_quotes(struct reply *reply)
{
    for (size_t i = 1; i < reply->count; i++) {
        if (!reply->lines[i].depth || !is_new(reply, i - 1))
            continue;
        size_t last = i - 1;
        while (last > 0 && i - last <= ATTRIBUTION_GAP && is_new(reply, last) && is_blank_line(reply, last))
            last--;
        if (!holds_text(reply, last))
            continue;
        size_t first = attribution_start(reply, last);
        mark(reply, first, last + 1, REPLY_ATTRIBUTION);
    }
}

/* Attributions over a quote without marks (Yahoo, some phones): only the unmistakable ones. */
static void find_attributions_anywhere(struct reply *reply)
{
    for (size_t i = 0; i < reply->count; i++) {
        if (!holds_text(reply, i) || !sign_begins_attribution(line_span(reply, i)))
            continue;
        for (size_t last = i; last < i + ATTRIBUTION_LINES && holds_text(reply, last); last++) {
            if (judge(reply, i, last) != ATTRIBUTION_ANYWHERE)
                continue;
            mark(reply, i, last + 1, REPLY_ATTRIBUTION);
            mark_announced(reply, last + 1);
            break;
        }
    }
}

/* A quoted line that was wrapped after it was marked: its tail stands alone between two marked lines. */
static void find_lost_tails(struct reply *reply)
{
    for (size_t i = 1; i + 1 < reply->count; i++) {
        const struct reply_line *above = &reply->lines[i - 1];
        const struct reply_line *below = &reply->lines[i + 1];
        if (!holds_text(reply, i) || !above->depth || below->depth != above->depth)
            continue;
        size_t width = sign_width(line_span(reply, i - 1));
        if (width >= WRAP_COLUMNS && sign_width(line_span(reply, i)) < width / 2)
            reply->lines[i].kind = REPLY_QUOTED;
    }
}

/* The end of what belongs to a visiting card that begins with the rule at `rule`: its last contact or rule. */
static size_t card_end(const struct reply *reply, size_t rule, size_t end)
{
    bool has_contact = false;
    size_t last = rule;
    for (size_t i = rule + 1; i < end && i <= rule + SIGNATURE_LINES; i++) {
        struct span line = line_span(reply, i);
        bool is_rule = sign_is_rule(line, RULE_COLUMNS);
        if (is_rule && !has_contact)
            return rule; /* what stands between two rules may be the answer itself */
        if (sign_is_contact(line))
            has_contact = true;
        else if (!is_rule)
            continue;
        last = i;
    }
    if (!has_contact)
        return rule;
    while (last + 1 < end && !is_blank_line(reply, last + 1))
        last++;
    return last + 1;
}

static bool is_signature_mark(struct span line)
{
    return (line.length == 2 || (line.length == 3 && line.text[2] == ' ')) && memcmp(line.text, "--", 2) == 0;
}

/* Contact lines at the very end of a zone, without anything that sets them apart. */
static void find_bare_contacts(struct reply *reply, size_t first, size_t end)
{
    size_t start = end;
    for (size_t i = end; i > first; i--) {
        if (sign_is_contact_alone(line_span(reply, i - 1)))
            start = i - 1;
        else if (!is_blank_line(reply, i - 1))
            break;
    }
    mark(reply, start, end, REPLY_SIGNATURE);
}

/* One zone: lines first to end - 1 that this person wrote without a quote between. */
static void find_signature(struct reply *reply, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        struct span line = line_span(reply, i);
        if (is_signature_mark(line)) {
            mark(reply, i, end, REPLY_SIGNATURE);
            return;
        }
        if (sign_is_device_line(line)) {
            reply->lines[i].kind = REPLY_SIGNATURE;
        } else if (sign_is_rule(line, RULE_COLUMNS)) {
            size_t card = card_end(reply, i, end);
            if (card > i) {
                mark(reply, i, card, REPLY_SIGNATURE);
                i = card - 1;
            }
        }
    }
    find_bare_contacts(reply, first, end);
}

static void find_signatures(struct reply *reply)
{
    for (size_t first = 0; first < reply->count; first++) {
        size_t end = first;
        while (is_new(reply, end))
            end++;
        if (end == first)
            continue;
        find_signature(reply, first, end);
        first = end;
    }
}

/* The lines of one kind, blank lines at both ends left out. */
static char *join_kind(const void *context, const struct reply *reply, enum reply_kind kind, size_t room)
{
    char *joined = memory_check(talloc_size(context, room + 1));
    size_t used = 0;
    size_t text_end = 0;
    for (size_t i = 0; i < reply->count; i++) {
        const struct reply_line *line = &reply->lines[i];
        bool is_empty = is_blank_line(reply, i);
        if (line->kind != kind || (is_empty && !text_end))
            continue;
        if (!is_empty) {
            memcpy(joined + used, line->text, line->length);
            used += line->length;
            text_end = used;
        }
        joined[used++] = '\n';
    }
    joined[text_end] = '\0';
    return joined;
}

struct reply *reply_split(const void *context, const char *text)
{
    struct reply *reply = memory_new(context, struct reply);
    split_lines(reply, text);
    find_header_blocks(reply);
    find_attributions_above_quotes(reply);
    find_attributions_anywhere(reply);
    find_lost_tails(reply);
    find_signatures(reply);
    size_t room = strlen(text) + 1;
    reply->new_text = join_kind(reply, reply, REPLY_NEW, room);
    reply->signature = join_kind(reply, reply, REPLY_SIGNATURE, room);
    return reply;
}
