/*
 * The anatomy of a reply: see quote.h. Passes over the lines, each of which only claims lines that are still REPLY_NEW:
 * quote marks, header blocks and delimiters, attributions, quoted lines that lost their mark, signatures and footers.
 */
#include "mail/quote.h"

#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "mail/attribution.h"
#include "mail/quote_lines.h"
#include "mail/signs.h"

enum {
    ATTRIBUTION_LINES = 4, /* a long one wraps */
    ATTRIBUTION_GAP = 2,   /* blank lines between it and the quote */
    MARKS_NEAR = 3,        /* lines such as "(snip)" between an attribution and the first marked line */
    HEADER_BLOCK_LINES = 14,
    NOTES_LINES = 5,   /* above the "To:" of Lotus Notes: who and when */
    WRAP_COLUMNS = 66, /* quoted lines at least this wide are wrapped by mail programs */
    TAIL_COLUMNS = 10, /* what is left of them, when nothing quoted follows */
    PARAGRAPH_BYTES = 1000,
};

/* Of lines first to last, line ends between them included: they lie side by side in the source. */
static struct span lines_span(const struct reply *reply, size_t first, size_t last)
{
    const struct reply_line *end = &reply->lines[last];
    return (struct span){reply->lines[first].text, (size_t)(end->text + end->length - reply->lines[first].text)};
}

static size_t skip_blank_lines(const struct reply *reply, size_t i)
{
    while (quote_is_new(reply, i) && quote_is_blank(reply, i))
        i++;
    return i;
}

/* Whether marked lines follow close by: then what carries no mark is no quote ("(snip)" above the first one). */
static bool has_marks_near(const struct reply *reply, size_t i)
{
    size_t lines = 0;
    for (; i < reply->count && lines <= MARKS_NEAR; i++) {
        if (reply->lines[i].depth)
            return true;
        lines += !quote_is_blank(reply, i);
    }
    return false;
}

/* What an attribution, a delimiter or a header block announces, when it carries no marks: all that follows. */
static void claim_announced(struct reply *reply, size_t after)
{
    size_t next = skip_blank_lines(reply, after);
    if (quote_is_new(reply, next) && !has_marks_near(reply, next))
        quote_claim(reply, next, reply->count, REPLY_QUOTED);
}

/* --- header blocks --- */

struct header_block {
    size_t end; /* behind its last label */
    unsigned labels;
    unsigned kinds;
};

/* The labelled lines from `first` on; their values may wrap, and HTML puts blank lines between them. */
static struct header_block read_block(const struct reply *reply, size_t first)
{
    struct header_block block = {.end = first};
    size_t blanks = 0;
    for (size_t i = first; quote_is_new(reply, i) && i < first + HEADER_BLOCK_LINES && blanks < 2; i++) {
        if (quote_is_blank(reply, i)) {
            blanks++;
            continue;
        }
        unsigned label = attribution_header_label(quote_line(reply, i));
        if (!label && blanks)
            break;
        blanks = 0;
        if (!label)
            continue;
        block.kinds += !(block.labels & label);
        block.labels |= label;
        block.end = i + 1;
    }
    return block;
}

/* Lotus Notes writes sender and date without labels above "To:": the first of those lines, or `first`. */
static size_t notes_start(const struct reply *reply, size_t first)
{
    size_t start = first;
    bool is_dated = false;
    for (size_t i = first; i > 0 && i + NOTES_LINES > first && quote_is_new(reply, i - 1); i--) {
        struct span line = quote_line(reply, i - 1);
        bool has_date = attribution_is_dated(line);
        if (!has_date && !attribution_holds_address(line) && !quote_is_blank(reply, i - 1))
            break;
        if (has_date || (is_dated && attribution_holds_address(line)))
            start = i - 1;
        is_dated = is_dated || has_date;
    }
    return start;
}

/* Where the block that holds the label at `first` begins, or SIZE_MAX when it is none. */
static size_t block_start(const struct reply *reply, size_t first, const struct header_block *block)
{
    if ((block->labels & HEADER_FROM) && block->kinds >= 3)
        return first;
    struct span lines = lines_span(reply, first, block->end - 1);
    bool is_sure = attribution_is_dated(lines) && attribution_holds_address(lines);
    if ((block->labels & HEADER_DATE) && (block->labels & (HEADER_FROM | HEADER_TO)) && is_sure)
        return first;
    if ((block->labels & HEADER_TO) && (block->labels & HEADER_SUBJECT)) {
        size_t start = notes_start(reply, first);
        return start < first ? start : SIZE_MAX;
    }
    return SIZE_MAX;
}

/* The delimiters above a header block belong to it, and one rule: a second one closes a visiting card. */
static void claim_delimiters_above(struct reply *reply, size_t first)
{
    bool is_near = true;
    bool has_rule = false;
    for (size_t i = first; i > 0 && quote_is_new(reply, i - 1); i--) {
        struct span line = quote_line(reply, i - 1);
        bool is_rule = sign_is_rule(line, 3);
        bool is_alone = is_near || i == 1 || quote_is_blank(reply, i - 2);
        if (quote_is_blank(reply, i - 1)) {
            is_near = false;
            continue;
        }
        if (is_rule ? has_rule || !is_alone : !attribution_is_delimiter(line) && !attribution_is_framed(line))
            return;
        has_rule = has_rule || is_rule;
        reply->lines[i - 1].kind = REPLY_DELIMITER;
    }
}

static void claim_block(struct reply *reply, size_t first)
{
    if (!attribution_header_label(quote_line(reply, first)))
        return;
    struct header_block block = read_block(reply, first);
    size_t start = block_start(reply, first, &block);
    if (start == SIZE_MAX)
        return;
    claim_delimiters_above(reply, start);
    quote_claim(reply, start, block.end, REPLY_ATTRIBUTION);
    claim_announced(reply, block.end);
}

/* "-----Original Message-----" with whatever labels are below. */
static void claim_delimiter(struct reply *reply, size_t i)
{
    reply->lines[i].kind = REPLY_DELIMITER;
    claim_delimiters_above(reply, i);
    size_t first = skip_blank_lines(reply, i + 1);
    struct header_block block = {.end = i + 1};
    if (quote_is_new(reply, first) && attribution_header_label(quote_line(reply, first)))
        block = read_block(reply, first);
    if (block.kinds)
        quote_claim(reply, first, block.end, REPLY_ATTRIBUTION);
    claim_announced(reply, block.end);
}

static void find_header_blocks(struct reply *reply)
{
    for (size_t i = 0; i < reply->count; i++) {
        if (!quote_is_new(reply, i))
            continue;
        if (attribution_is_delimiter(quote_line(reply, i)))
            claim_delimiter(reply, i);
        else
            claim_block(reply, i);
    }
}

/* --- attributions --- */

/* Whether lines first to last make at least such an attribution. */
static bool is_attribution(const struct reply *reply, size_t first, size_t last, enum attribution least)
{
    struct span paragraph = lines_span(reply, first, last);
    return paragraph.length <= PARAGRAPH_BYTES && attribution_judge(paragraph) >= least;
}

/* "From: …" and "Date: …" above the quote, as Mew writes them: the first of these lines, or `last` + 1. */
static size_t labels_start(const struct reply *reply, size_t last)
{
    unsigned labels = 0;
    size_t first = last + 1;
    while (first > 0 && last + 1 - first < HEADER_BLOCK_LINES && quote_holds_text(reply, first - 1)) {
        unsigned label = attribution_header_label(quote_line(reply, first - 1));
        if (!label)
            break;
        labels |= label;
        first--;
    }
    return labels & (HEADER_FROM | HEADER_DATE | HEADER_SUBJECT) ? first : last + 1;
}

/* The first line of the attribution that ends at `last`: the fewest lines that make one, then those above that one
 * begins with ("On Sat, 10 Jan 2026 Yamada", wrapped before "<…> wrote:"). `last` + 1 when it is none. */
static size_t attribution_start(const struct reply *reply, size_t last, enum attribution least)
{
    size_t first = labels_start(reply, last);
    if (first <= last)
        return first;
    first = last;
    size_t lowest = last + 1 >= ATTRIBUTION_LINES ? last + 1 - ATTRIBUTION_LINES : 0;
    while (!is_attribution(reply, first, last, least)) {
        if (first == lowest || !quote_holds_text(reply, first - 1))
            return last + 1;
        first--;
    }
    bool is_dated = attribution_is_dated(lines_span(reply, first, last));
    size_t start = first;
    for (size_t i = first; i > lowest && quote_holds_text(reply, i - 1); i--) {
        struct span line = quote_line(reply, i - 1);
        if (!attribution_is_head(line) && (is_dated || !attribution_begins(line)))
            continue;
        start = i - 1;
        is_dated = is_dated || attribution_is_dated(line);
    }
    return start;
}

static void find_attributions_above_quotes(struct reply *reply)
{
    enum attribution least = ATTRIBUTION_ABOVE_FIRST;
    for (size_t i = 1; i < reply->count; i++) {
        if (reply->lines[i - 1].depth)
            least = ATTRIBUTION_ABOVE_QUOTE;
        if (!reply->lines[i].depth || !quote_is_new(reply, i - 1))
            continue;
        size_t last = i - 1;
        while (last > 0 && i - last <= ATTRIBUTION_GAP && quote_is_new(reply, last) && quote_is_blank(reply, last))
            last--;
        if (quote_holds_text(reply, last))
            quote_claim(reply, attribution_start(reply, last, least), last + 1, REPLY_ATTRIBUTION);
    }
}

/* The unmistakable ones, whatever follows: a quote without marks (Yahoo, some phones), or "(snip)". */
static void find_attributions_anywhere(struct reply *reply)
{
    for (size_t i = 0; i < reply->count; i++) {
        if (!quote_holds_text(reply, i) || !attribution_begins(quote_line(reply, i)))
            continue;
        for (size_t last = i; last < i + ATTRIBUTION_LINES && quote_holds_text(reply, last); last++) {
            if (!is_attribution(reply, i, last, ATTRIBUTION_ANYWHERE))
                continue;
            quote_claim(reply, i, last + 1, REPLY_ATTRIBUTION);
            claim_announced(reply, last + 1);
            break;
        }
    }
}

/* Whether an attribution stands right above line i, or above one blank line. */
static bool is_attributed(const struct reply *reply, size_t i)
{
    size_t last = i - 1;
    if (last > 0 && quote_is_new(reply, last) && quote_is_blank(reply, last))
        last--;
    return quote_holds_text(reply, last) && is_attribution(reply, last, last, ATTRIBUTION_ABOVE_QUOTE);
}

/* Marks that only an attribution above makes credible: "|text", "}text", ":text". The lines that begin as the first
 * line below it does are the quote, and so are those further down that begin with that mark and a blank. */
static void find_marks_below_attributions(struct reply *reply)
{
    char known = '\0';
    for (size_t i = 1; i < reply->count; i++) {
        if (!quote_holds_text(reply, i) || !strchr(":|}]%", reply->lines[i].text[0]))
            continue;
        char mark = reply->lines[i].text[0];
        size_t end = i;
        while (quote_holds_text(reply, end) && reply->lines[end].text[0] == mark)
            end++;
        bool is_below = is_attributed(reply, i);
        if (is_below)
            known = mark;
        if (is_below || (mark == known && reply->lines[i].length > 1 && reply->lines[i].text[1] == ' '))
            quote_add_mark(reply, i, end, 1);
        i = end - 1;
    }
}

/* --- quoted lines that were wrapped after they had been marked --- */

static bool ends_sentence(struct span line)
{
    static const char *const ends[] = {"。", "．", ".", "?", "？", "!", "！", "」", ")", "）", ":", "：", NULL};
    return span_ends_any(span_trim(line), ends);
}

static bool begins_answer(struct span line)
{
    static const char *const words[] = {"はい", "いいえ", "OK", "ok",  "NG", "了解", "○",
                                        "×",    "△",      "◯",  "yes", "no", "同",   NULL};
    return span_begins_any(span_trim(line), words);
}

/* Their tail stands alone between two marked lines; or it is a mere syllable. */
static void find_lost_tails(struct reply *reply)
{
    for (size_t i = 1; i < reply->count; i++) {
        const struct reply_line *above = &reply->lines[i - 1];
        if (!quote_holds_text(reply, i) || !above->depth)
            continue;
        size_t width = span_width(quote_line(reply, i - 1));
        size_t tail = span_width(quote_line(reply, i));
        if (width < WRAP_COLUMNS || ends_sentence(quote_line(reply, i - 1)) || begins_answer(quote_line(reply, i)))
            continue;
        bool is_between = i + 1 < reply->count && reply->lines[i + 1].depth == above->depth;
        if (is_between ? tail < width / 2 : tail <= TAIL_COLUMNS)
            reply->lines[i].kind = REPLY_QUOTED;
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
        bool is_empty = quote_is_blank(reply, i);
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
    quote_find_marks(reply, text);
    find_marks_below_attributions(reply);
    find_header_blocks(reply);
    find_attributions_above_quotes(reply);
    find_attributions_anywhere(reply);
    find_lost_tails(reply);
    quote_find_signatures(reply);
    size_t room = strlen(text) + 1;
    reply->new_text = join_kind(reply, reply, REPLY_NEW, room);
    reply->signature = join_kind(reply, reply, REPLY_SIGNATURE, room);
    return reply;
}
